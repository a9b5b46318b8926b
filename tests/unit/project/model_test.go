package project_test

import (
	"strings"
	"testing"
)

func withModel(model string, more tree) tree {
	files := good(tree{"syncs/users.yml": "name: users\n" + destination + "model: " + model + "\n"})
	for name, text := range more {
		files[name] = text
	}
	return files
}

func TestModels(t *testing.T) {
	for _, c := range []struct {
		name, model       string
		files             tree
		wantModel, origin string
	}{
		{"SQL", "SELECT 1", nil, "SELECT 1", "syncs/users.yml:3"},
		{"block of SQL", "|\n  SELECT 1\n  FROM a.sql", nil, "SELECT 1\nFROM a.sql\n", "syncs/users.yml:3"},
		{"SQL that ends in .sql", "SELECT * FROM dump.sql", nil, "SELECT * FROM dump.sql", "syncs/users.yml:3"},
		{"file in the project", "sql/u.sql", tree{"sql/u.sql": "SELECT {{ var('x', 2) }}\n"}, "SELECT 2\n", "sql/u.sql"},
		{"file in syncs/models", "u.sql", tree{"syncs/models/u.sql": "\ufeffSELECT 3"}, "SELECT 3", "syncs/models/u.sql"},
		{"the project's file first", "u.sql", tree{"syncs/models/u.sql": "SELECT 3", "u.sql": "SELECT 4"}, "SELECT 4", "u.sql"},
		{"ref", "ref('u')", tree{"syncs/models/u.sql": "SELECT 5"}, "SELECT 5", "syncs/models/u.sql"},
		{"ref in braces", `"{{ '{{' }} ref(\"u\") }}"`, tree{"models/u.sql": "SELECT 6"}, "SELECT 6", "models/u.sql"},
		{"ref to a table", "ref('crm.users')", nil, "SELECT * FROM crm.users", "syncs/users.yml:3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := loadOne(t, withModel(c.model, c.files))
			if s.Model != c.wantModel || s.Origin != c.origin {
				t.Errorf("model %q from %s, want %q from %s", s.Model, s.Origin, c.wantModel, c.origin)
			}
		})
	}
}

func TestModelsThatAreNotThere(t *testing.T) {
	for _, c := range []struct {
		name, model string
		files       tree
		want        []string
	}{
		{"no file", "u.sql", nil, []string{`syncs/users.yml:3:8 model: no model u.sql | drt looks for u.sql and syncs/models/u.sql`}},
		{"odd ref", "ref('a b')", nil, []string{`syncs/users.yml:3:8 model: ref("a b") names no model | write ref('users') for syncs/models/users.sql`}},
		{"dbt", "ref('u')", tree{"target/manifest.json": "{}"}, []string{`syncs/users.yml:3:8 model: ref("u"): models of a dbt project (target/manifest.json) are not supported yet | write the SQL into syncs/models/u.sql`}},
		{"template in a file", "u.sql", tree{"u.sql": "SELECT 1\nFROM ${T} -- ä {{ cursor_value }}\n"}, []string{
			`u.sql:2:6: environment variable T is not set | export T=..., or write $${ for the characters themselves`,
			`u.sql:2:16: {{ cursor_value }} of the Python drt is not supported yet | leave it out: drt reads the rows from sync.cursor_field on by itself`,
		}},
		{"not UTF-8", "u.sql", tree{"u.sql": "SELECT '\xff'"}, []string{`u.sql: model is not UTF-8 | save the file as UTF-8`}},
		{"empty", "''", nil, []string{"syncs/users.yml:3:8 model: model is required | write `model: SELECT ...`"}},
		{"empty file", "u.sql", tree{"u.sql": " \n"}, []string{"syncs/users.yml:3:8 model: model is required | write `model: SELECT ...`"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, ds := load(t, withModel(c.model, c.files))
			wantTold(t, ds, c.want...)
		})
	}
	_, ds := load(t, good(tree{"syncs/users.yml": "name: users\n" + destination}))
	wantTold(t, ds, "syncs/users.yml:1:1 model: model is required | write `model: SELECT ...`")
}

func TestSourceThatNeedsNoModel(t *testing.T) {
	s := loadOne(t, good(tree{
		"syncs/users.yml": "name: users\n" + destination,
		"profiles.yml":    "crm: {type: file, path: orders/*.csv, columns: {id: BIGINT, token: STRING}}\n",
	}))
	if s.Model != "" || !strings.HasPrefix(s.Source.Describe(), "file") {
		t.Errorf("sync %+v", s)
	}
}
