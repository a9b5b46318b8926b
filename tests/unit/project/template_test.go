package project_test

import (
	"testing"
)

func TestVariablesAndVars(t *testing.T) {
	files := good(tree{
		"drt_project.yml": "name: shop\nprofile: ${WHO}\nvars:\n  days: 007\n  region: EU\n  debug: true\n  path: ${HOMEDIR}/x\n",
		"profiles.yml":    "crm: {type: sqlite, database: \"${DB}-{{ var('region') }}.db\"}\n",
		"syncs/users.yml": `name: users
description: "{{ var('path') }} $${DB} {{ '{{' }} $DB {x} $"
model: SELECT {{ var("days") }}, '{{ var('region') }}', {{var('n', 12)}}, {{ var('s', 'a b') }}, {{ var('debug', false) }}
destination: {type: databricks, catalog: "${CATALOG}", schema: default, table: "{{ var('table', 'users') }}", create: "${CREATE}"}
sync: {batch_size: "${N}"}
tags: ["${DB}"]
`,
	})
	s := loadOne(t, files, env("WHO=crm", "HOMEDIR=/h", "DB=a${b}", "CATALOG=12", "CREATE=true", "N=77"))
	for _, c := range [][2]string{
		{s.Description, "/h/x ${DB} {{ $DB {x} $"},
		{s.Model, "SELECT 007, 'EU', 12, a b, true"},
		{s.Destination.Target().Name, "databricks (12.default.users)"},
		{s.Tags[0], "a${b}"},
	} {
		if c[0] != c[1] {
			t.Errorf("got %q, want %q", c[0], c[1])
		}
	}
	if s.Settings.BatchSize != 77 || !s.Destination.(lake).Create {
		t.Errorf("numbers and booleans are not filled in: %+v", s)
	}
}

// --vars stands before DRT_VAR_NAME, that before the project's vars, that before the default.
func TestWhereAVarComesFrom(t *testing.T) {
	files := good(tree{
		"drt_project.yml": projectYAML + "vars: {n: project}\n",
		"syncs/users.yml": "name: users\nmodel: \"{{ var('n', 'default') }}\"\n" + destination,
	})
	for want, settings := range map[string][]setting{
		"project": nil, "environment": {env("DRT_VAR_N=environment")}, "flag": {env("DRT_VAR_N=environment"), vars("n", "flag")},
	} {
		if s := loadOne(t, files, settings...); s.Model != want {
			t.Errorf("got %q, want %q", s.Model, want)
		}
	}
	files["drt_project.yml"] = projectYAML
	if s := loadOne(t, files); s.Model != "default" {
		t.Errorf("got %q, want the default", s.Model)
	}
}

func TestTemplatesThatCannotBeFilledIn(t *testing.T) {
	_, ds := load(t, good(tree{
		"drt_project.yml": projectYAML + "vars: {region: x, other: \"{{ var('region') }}\"}\n",
		"syncs/users.yml": `name: users
model: |
  SELECT '{{ var('regoin') }}', '${NOPE}', ${A B}
  FROM {{ ref('x') }} WHERE a > {{ cursor_value }} AND b > {{watermark}} AND {{ open
` + destination + "description: ${NOPE}\n",
	}))
	const expected = "expected {{ var('name') }} or {{ var('name', default) }} | environment variables are ${NAME}; {{ '{{' }} is for the characters themselves"
	wantTold(t, ds,
		`drt_project.yml:3:27 vars.other: {{ var(...) }} is not filled in in drt_project.yml | write the value, or ${NAME} for an environment variable`,
		`syncs/users.yml:3:11 model: var "regoin" is not set and has no default | did you mean "region"?`,
		`syncs/users.yml:3:34 model: environment variable NOPE is not set | export NOPE=..., or write $${ for the characters themselves`,
		`syncs/users.yml:3:44 model: expected the name of an environment variable in ${...} | write ${NAME}, or $${ for the characters themselves`,
		`syncs/users.yml:4:8 model: `+expected,
		`syncs/users.yml:4:33 model: {{ cursor_value }} of the Python drt is not supported yet | leave it out: drt reads the rows from sync.cursor_field on by itself`,
		`syncs/users.yml:4:60 model: {{ watermark }} of the Python drt is not supported yet | leave it out: drt reads the rows from sync.cursor_field on by itself`,
		`syncs/users.yml:4:78 model: `+expected,
		`syncs/users.yml:6:14 description: environment variable NOPE is not set | export NOPE=..., or write $${ for the characters themselves`,
	)
}

// A value that is not set is told once, and what depends on it is not a mistake of its own.
func TestUnsetVariableInADestination(t *testing.T) {
	_, ds := load(t, good(tree{
		"syncs/users.yml": "name: users\nmodel: SELECT 1\ndestination: {type: databricks, catalog: \"${C}\", schema: s, table: t, creat: true}\n",
		"profiles.yml":    "crm: {type: \"${T}\", database: \"${D}\"}\n",
	}))
	wantTold(t, ds,
		`profiles.yml:1:14 crm.type: environment variable T is not set | export T=..., or write $${ for the characters themselves`,
		`profiles.yml:1:32 crm.database: environment variable D is not set | export D=..., or write $${ for the characters themselves`,
		`syncs/users.yml:3:43 destination.catalog: environment variable C is not set | export C=..., or write $${ for the characters themselves`,
		`syncs/users.yml:3:71 destination.creat: unknown key "creat" | did you mean "create"?`,
	)
}
