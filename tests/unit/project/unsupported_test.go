package project_test

import (
	"bytes"
	"strings"
	"testing"
)

// What the Python drt has and we do not is refused by name: never ignored, never called a typo.
func TestE10_FieldsOfThePythonDrt(t *testing.T) {
	_, ds := load(t, good(tree{
		"drt_project.yml": projectYAML + "source: {type: sqlite}\nquery_tagging: {enabled: false}\nstate: {backend: s3}\n",
		"syncs/users.yml": syncYAML + `tests: [{row_count: {min: 1}}]
unit_tests: []
alerts: {on_failure: [{type: slack, webhook_url: "${X}", message: "{{ error }}"}]}
sync:
  replace_strategy: swap
  incremental_strategy: diff
  diff: {hash_columns: all}
  watermark: {storage: s3, lag: 5}
  match_policy: upsert
  write_policy: overwrite
  write_policy_overrides: {a: fill_empty}
  rate_limit: {requests_per_second: 1}
  retry: {max_attempts: 1}
  computed_fields: {a: "{{ row.b }}"}
  field_mappings: {a: b}
  mask: {email: hash}
  dlq: {enabled: true}
  mirror: {strategy: diff}
`,
	}))
	got := strings.Join(told(ds), "\n")
	lines := map[string]string{
		"drt_project.yml": "source query_tagging backend",
		"syncs/users.yml": "tests unit_tests alerts replace_strategy incremental_strategy diff watermark match_policy write_policy write_policy_overrides rate_limit retry computed_fields field_mappings mask dlq",
	}
	count := 1
	for file, keys := range lines {
		for _, key := range strings.Fields(keys) {
			count++
			if !strings.Contains(got, `: "`+key+`" of the Python drt is not supported yet`) || !strings.Contains(got, file+":") {
				t.Errorf("%s: %q is not named in\n%s", file, key, got)
			}
		}
	}
	if !strings.Contains(got, `syncs/users.yml:21:22 sync.mirror.strategy: mirror strategy "diff" of the Python drt is not supported yet`) {
		t.Errorf("the value diff is not named in\n%s", got)
	}
	if len(ds) != count {
		t.Errorf("%d mistakes, want %d:\n%s", len(ds), count, got)
	}
}

func TestTypesOfThePythonDrt(t *testing.T) {
	_, ds := load(t, good(tree{
		"profiles.yml":    "crm: {type: bigquery, project: x}\n",
		"syncs/users.yml": "name: users\nmodel: SELECT 1\ndestination: {type: slack, webhook_url_env: X}\n",
	}))
	wantTold(t, ds,
		`profiles.yml:1:13 crm.type: source type "bigquery" of the Python drt is not supported yet | there are duckdb, file, sqlite`,
		`syncs/users.yml:3:21 destination.type: destination type "slack" of the Python drt is not supported yet | there are databricks`,
	)
}

// A key in the wrong mapping is told where it belongs.
func TestKeyInTheWrongMapping(t *testing.T) {
	_, ds := load(t, good(tree{"syncs/users.yml": syncYAML + "mode: mirror\nsync: {tags: [a]}\n"}))
	wantTold(t, ds,
		`syncs/users.yml:4:1 mode: unknown key "mode" | it belongs under "sync"`,
		`syncs/users.yml:5:8 sync.tags: unknown key "tags" | it belongs at the top of the file`,
	)
}

func TestE12_LiteralSecretsInAProject(t *testing.T) {
	const token = "dapi0123456789abcdef0123456789abcdef"
	_, ds := load(t, good(tree{
		"drt_project.yml": projectYAML + "vars: {api_key: hunter2, note: " + token + "}\n",
		"profiles.yml":    "crm: {type: sqlite, database: x, password: hunter2}\n",
		"syncs/users.yml": strings.Replace(syncYAML, "table: users", "table: users, token: hunter2, host_env: "+token, 1) + "description: " + token + "\n",
	}))
	var out bytes.Buffer
	_ = ds.Print(&out, false)
	_ = ds.WriteJSON(&out)
	if s := out.String(); strings.Contains(s, "hunter2") || strings.Contains(s, token) {
		t.Errorf("a secret is shown:\n%s", s)
	}
	places := map[string]bool{}
	for _, d := range ds {
		if strings.HasPrefix(d.Summary, "literal ") {
			places[d.Path] = true
		}
	}
	for _, path := range []string{"vars.api_key", "vars.note", "crm.password", "destination.token", "destination.host_env", "description"} {
		if !places[path] {
			t.Errorf("the literal at %s is not refused; got %q", path, told(ds))
		}
	}
}
