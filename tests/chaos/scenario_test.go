package chaos

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// scenario is a sync: a mode with a loader.
type scenario struct {
	mode   string // as RESULTS.md names it
	loader string
	sync   string // what YAML says under `sync:`
	key    string // upsert_key
	source string // the generation of the source that the disturbed run reads: "new", or "bad" with a row that cannot be held
	model  model
	ends   string // how an undisturbed run ends
}

func (s scenario) name() string { return s.mode + ", " + s.loader }

// quick reports whether s runs without -full: every mode, with loader json; and every loader, with the mode whose
// statements depend on it the most.
func (s scenario) quick() bool { return s.loader == "json" || s.mode == "upsert" }

// incremental reports whether s keeps a watermark.
func (s scenario) incremental() bool { return strings.Contains(s.sync, "incremental") }

// scenarios are all modes with all loaders; where a mode differs from another one by what the loader does not see, with one.
func scenarios() []scenario {
	const seen = "mode: incremental, cursor_field: seen"
	var out []scenario
	for _, s := range []scenario{
		{mode: "insert", sync: "mode: full", model: appends},
		{mode: "insert exactly_once", sync: "mode: full, exactly_once: true", model: appends},
		{mode: "insert incremental", sync: seen, model: appendsNew},
		{mode: "insert incremental exactly_once", loader: "json", sync: seen + ", exactly_once: true", model: appendsNew},
		{mode: "upsert", sync: "mode: upsert", key: "id", model: upserts},
		{mode: "upsert incremental", sync: seen, key: "id", model: upserts},
		{mode: "mirror", sync: "mode: mirror", key: "id", model: mirrors},
		{mode: "mirror of a composite key", sync: "mode: mirror", key: "shop, id", model: mirrorsAtOnce},
		{mode: "mirror atomic", loader: "json", sync: "mode: mirror, mirror: {atomic: true}", key: "id", model: mirrorsAtOnce},
		{mode: "replace", sync: "mode: replace", model: replaces},
		{mode: "mirror, a bad row is skipped", sync: "mode: mirror, on_error: skip", key: "id", source: "bad", model: mirrors, ends: "partial"},
		{mode: "mirror, the guard trips", loader: "json", sync: "mode: mirror, guards: {max_deletes: 0}", key: "id", model: unchanged, ends: "failed"},
		{mode: "insert incremental, a bad row is skipped", loader: "json", sync: seen + ", on_error: skip", source: "bad", model: appendsNew, ends: "partial"},
	} {
		if s.source == "" {
			s.source = "new"
		}
		if s.ends == "" {
			s.ends = "success"
		}
		loaders := []string{"json", "values", "volume"}
		if s.loader != "" {
			loaders = []string{s.loader}
		}
		for _, s.loader = range loaders {
			out = append(out, s)
		}
	}
	return out
}

// files are the project's, but for the source.
func (s scenario) files(sources string) map[string]string {
	staging := "{loader: " + s.loader + "}"
	if s.loader == "volume" {
		staging = "{loader: volume, volume: " + volume + "}"
	}
	profiles := ""
	for _, generation := range []string{"old", "new", "bad"} {
		profiles += fmt.Sprintf("%s: {type: sqlite, database: %q}\n", generation, filepath.Join(sources, generation+".db"))
	}
	mode := "insert"
	if s.key != "" {
		mode = "merge"
	}
	catalog, _, _ := strings.Cut(schema, ".")
	return map[string]string{
		"drt_project.yml": "name: chaos\nprofile: new\n",
		"profiles.yml":    profiles,
		"syncs/t.yml": "name: t\nmodel: SELECT * FROM t ORDER BY rowid\n" +
			"destination: {type: databricks, catalog: " + catalog + ", schema: chaos, table: t, mode: " + mode + ", upsert_key: [" + s.key + "], staging: " + staging + "}\n" +
			"sync: {" + s.sync + "}\n",
	}
}

// row is one of the source and the target. Both have further columns, which hold nothing of interest: with them a
// statement of loader values takes fewer rows than a run has.
type row struct {
	id   int
	name string
	qty  int64 // the target's is an INT: what is more is a bad row
	seen int64 // the cursor
}

const (
	pads    = 9
	most    = 1<<31 - 1
	oldSeen = 8 // the greatest cursor of the old generation
)

func (r row) shop() string { return []string{"us", "eu"}[r.id%2] }
func (r row) bad() bool    { return r.qty > most }

// text is r as the target's rows are read.
func (r row) text() string {
	return fmt.Sprintf("%d|%s|%s|%d|%d", r.id, r.shop(), r.name, r.qty, r.seen)
}

const readTarget = "SELECT id, shop, name, qty, seen FROM " + target

func createTarget() string {
	columns := "id BIGINT, shop STRING, name STRING, qty INT, seen BIGINT"
	for i := range pads {
		columns += fmt.Sprintf(", p%d STRING", i)
	}
	return "CREATE TABLE " + target + " (" + columns + ") USING DELTA"
}

// generation returns the rows of the source, in its order.
//
//	old  1 to 8
//	new  without 1 and 2; 3 to 6 as they were, 7 and 8 changed, 9 to 24 new, and 9 once more
//	bad  as new, but 5 has changed to what the target cannot hold
func generation(name string) []row {
	var rows []row
	plain := func(from, to int) {
		for id := from; id <= to; id++ {
			rows = append(rows, row{id, fmt.Sprintf("n%d", id), int64(id), int64(id)})
		}
	}
	if name == "old" {
		plain(1, oldSeen)
		return rows
	}
	plain(3, 6)
	rows = append(rows, row{7, "n7 again", 107, 57}, row{8, "n8 again", 108, 58})
	plain(9, 24)
	rows = append(rows, row{9, "n9 again", 109, 60})
	if name == "bad" {
		rows[2] = row{5, "bad", most + 1, 55}
	}
	return rows
}

// writeSources makes the databases of all generations in dir.
func writeSources(t testing.TB, dir string) {
	t.Helper()
	for _, g := range []string{"old", "new", "bad"} {
		db, err := sql.Open("sqlite", filepath.Join(dir, g+".db"))
		if err != nil {
			t.Fatal(err)
		}
		text := "CREATE TABLE t (id BIGINT, shop TEXT, name TEXT, qty BIGINT, seen BIGINT"
		for i := range pads {
			text += fmt.Sprintf(", p%d TEXT", i)
		}
		text += ");"
		for _, r := range generation(g) {
			text += fmt.Sprintf("INSERT INTO t VALUES (%d, '%s', '%s', %d, %d%s);", r.id, r.shop(), r.name, r.qty, r.seen, strings.Repeat(", 'x'", pads))
		}
		if _, err := db.Exec(text); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
