package project_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/drt-go/drt/project"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := project.Schema(registries())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("drt.json", doc); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile("drt.json")
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// example is a file of a project and whether it is right.
type example struct {
	file, text string
	valid      bool
}

func examples() []example {
	sync := func(valid bool, more ...string) (all []example) {
		for _, m := range more {
			all = append(all, example{"syncs/users.yml", syncYAML + m + "\n", valid})
		}
		return all
	}
	target := func(valid bool, more ...string) (all []example) {
		for _, m := range more {
			all = append(all, example{"syncs/users.yml", strings.Replace(syncYAML, "table: users}", "table: users, "+m+"}", 1), valid})
		}
		return all
	}
	settings := func(valid bool, more ...string) (all []example) {
		for _, m := range more {
			all = append(all, example{"drt_project.yml", projectYAML + m + "\n", valid})
		}
		return all
	}
	profiles := func(valid bool, texts ...string) (all []example) {
		for _, text := range texts {
			all = append(all, example{"profiles.yml", text + "\n", valid})
		}
		return all
	}
	var all []example
	for _, group := range [][]example{
		{{"syncs/users.yml", "name: a\nmodel: SELECT 1\n" + mergeBlock, true}, {"syncs/users.yml", "name: a\nmodel: SELECT 1\n" + mirrorBlock, true}},
		sync(true, "", "sync:", "sync: {}", "sync: {mode: full, batch_size: 1}", "sync: {batch_size: '${N}', mode: \"{{ var('m', 'full') }}\"}",
			"sync: {timeout: 2 days}", "sync: {timeout: 1h30m}", "sync: {mirror: {deletes: hard}}", "sync: {mirror: {deletes: {soft: c}}}",
			"sync: {guards: {max_delete_pct: 12.5, max_deletes: 0}}", "tags: [a, b]", "tags:", "description: x", "profile: crm"),
		sync(false, "sync: 1", "sync: []", "sync: {mode: ful}", "sync: {mode: [full]}", "sync: {batch_size: 0}", "sync: {batch_size: 1.5}",
			"sync: {batch_size: '5'}", "sync: {batch_size: 1000001}", "sync: {unknown: 1}", "sync: {timeout: 90}", "sync: {timeout: soon}", "sync: {exactly_once: 'true'}",
			"sync: {mirror: {deletes: never}}", "sync: {mirror: {deletes: {hard: c}}}", "sync: {mirror: {scope: a}}", "sync: {mirror: {scope: [a, a]}}",
			"sync: {guards: {max_delete_pct: 101}}", "sync: {guards: {max_deletes: -1}}", "sync: {metadata_columns: {run_id: 1}}", "sync: {mask: {a: hash}}",
			"tags: a", "tags: [1]", "tests: []", "description: 1", "nmae: x"),
		target(true, "upsert_key: [a, b]", "create: true", "create: '${C}'", "mode: merge, upsert_key: [a]", "token_env: TOKEN"),
		target(false, "upsert_key: a", "upsert_key: [1]", "create: 1", "mode: mrge", "token: x", "token_env: 'a b'", "upsert_keys: [a]"),
		{
			{"syncs/users.yml", "name: a\nmodel: SELECT 1\ndestination: {type: nowhere}\n", false},
			{"syncs/users.yml", "name: a\nmodel: SELECT 1\ndestination: {catalog: a, schema: b, table: c}\n", false},
			{"syncs/users.yml", "name: a\nmodel: SELECT 1\ndestination: {type: databricks, catalog: a, schema: b}\n", false},
			{"syncs/users.yml", "model: SELECT 1\n" + destination, false},
			{"syncs/users.yml", "name: 1\nmodel: SELECT 1\n" + destination, false},
		},
		settings(true, "", "version: '2'", "vars: {a: 1, b: x, c: true, d: 1.5}", "vars:", "history: {enabled: false, retention_days: 0, max_entries: 1}"),
		settings(false, "version: 2", "vars: {a: [1]}", "vars: [a]", "history: {retention_days: -1}", "history: {day: 1}", "source: {type: sqlite}", "prfile: x"),
		profiles(true, "crm: {type: sqlite}", "crm: {type: file, path: x, columns: {a: BIGINT}}", "profiles: {crm: {type: sqlite}}"),
		profiles(false, "crm: {type: sqlite, databse: x}", "crm: {type: file}", "crm: {type: nothing}", "crm: {database: x}", "crm: sqlite",
			"crm: {type: file, path: x, columns: {a: [1]}}", "profiles: {crm: {type: sqlite, x: 1}}"),
	} {
		all = append(all, group...)
	}
	return all
}

// The schema and the loader judge each example alike.
func TestSchemaSaysWhatLoadSays(t *testing.T) {
	schema := compileSchema(t)
	for _, e := range examples() {
		_, ds := load(t, good(tree{e.file: e.text}), env("N=5", "C=true"))
		if loads := len(ds) == 0; loads != e.valid {
			t.Errorf("%s: Load says %q of\n%s", e.file, told(ds), e.text)
		}
		var doc any
		if err := yaml.Unmarshal([]byte(e.text), &doc); err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); (err == nil) != e.valid {
			t.Errorf("%s: the schema says %v of\n%s", e.file, err, e.text)
		}
	}
}

func TestSchemaIsTheSameEachTime(t *testing.T) {
	first, err := project.Schema(registries())
	if err != nil {
		t.Fatal(err)
	}
	if second, _ := project.Schema(registries()); !bytes.Equal(first, second) {
		t.Error("two schemas of one registry differ")
	}
}
