package project_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/project"
)

// The two blocks are as users of the Python drt write them.
const (
	mergeBlock = `destination:
  type: databricks
  host_env: DATABRICKS_HOST
  http_path_env: DATABRICKS_HTTP_PATH
  token_env: DATABRICKS_TOKEN
  catalog: main
  schema: default
  table: user_scores
  mode: merge
  upsert_key: [user_id]
`
	mirrorBlock = `destination:
  type: databricks
  host_env: DATABRICKS_HOST
  http_path_env: DATABRICKS_HTTP_PATH
  token_env: DATABRICKS_TOKEN
  catalog: main
  schema: default
  table: user_scores
  upsert_key: [user_id]
sync: {mode: mirror}
`
)

func TestBlocksOfThePythonDrtWorkAsWritten(t *testing.T) {
	for _, c := range []struct{ block, mode, target string }{{mergeBlock, "full", "merge"}, {mirrorBlock, "mirror", "insert"}} {
		s := loadOne(t, good(tree{"syncs/users.yml": "name: scores\nmodel: SELECT user_id, score FROM scores\n" + c.block}))
		want := destinations.Target{Name: "databricks (main.default.user_scores)", Mode: destinations.Mode(c.target), Key: []string{"user_id"}}
		if diff := cmp.Diff(want, s.Destination.Target()); diff != "" {
			t.Errorf("target (-want +got):\n%s", diff)
		}
		if s.Settings.Mode != c.mode {
			t.Errorf("sync.mode = %q, want %q", s.Settings.Mode, c.mode)
		}
	}
}

func TestDefaults(t *testing.T) {
	files := good(nil)
	p, ds := load(t, files)
	wantTold(t, ds)
	want := project.Settings{
		Mode: "full", BatchSize: 10_000, OnError: "fail", OnDuplicate: "last", Touch: "changed", Mirror: project.Mirror{Strategy: "destination"},
		DeadLetters: project.DeadLetters{Values: true, KeepDays: 30, MaxRows: 10_000},
	}
	if diff := cmp.Diff(want, p.Syncs[0].Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if p.Name != "shop" || p.Version != "0.1" || p.History != (project.History{Enabled: true, RetentionDays: 30, MaxEntries: 500}) {
		t.Errorf("project %+v", p)
	}
}

func TestEveryKeyReachesTheSync(t *testing.T) {
	s := loadOne(t, good(tree{"syncs/users.yml": `name: users
description: all users
profile: crm
model: |
  SELECT id
  FROM users
tags: [daily, pii]
` + destination + `sync:
  mode: incremental
  cursor_field: updated_at
  batch_size: 500
  on_error: skip
  timeout: 30 minutes
  allow_empty: true
  on_duplicate: fail
  touch: always
  mirror: {scope: [parent_id], where: "region = 'EU'", strategy: tracked, atomic: true, deletes: soft}
  replace_where: "day = '2026-01-01'"
  exactly_once: true
  guards: {max_creates: 1, max_deletes: 0, max_delete_pct: 12.5, max_updates_pct: 100}
  metadata_columns: {synced_at: at, run_id: run, sync_name: sync}
  dead_letters: {values: false, keep_days: 0, max_rows: 7}
`}))
	one, zero, part, all := int64(1), int64(0), 12.5, 100.0
	want := project.Settings{
		Mode: "incremental", CursorField: "updated_at", BatchSize: 500, OnError: "skip", Timeout: connector.Duration(30 * time.Minute),
		AllowEmpty: true, OnDuplicate: "fail", Touch: "always",
		Mirror: project.Mirror{
			Scope: []string{"parent_id"}, Where: "region = 'EU'", Strategy: "tracked", Atomic: true,
			Deletes: project.Deletes{Soft: project.DefaultSoftColumn},
		},
		ReplaceWhere: "day = '2026-01-01'", ExactlyOnce: true,
		Guards:          project.Guards{MaxCreates: &one, MaxDeletes: &zero, MaxDeletePct: &part, MaxUpdatesPct: &all},
		MetadataColumns: project.MetadataColumns{SyncedAt: "at", RunID: "run", SyncName: "sync"},
		DeadLetters:     project.DeadLetters{MaxRows: 7},
	}
	if diff := cmp.Diff(want, s.Settings); diff != "" {
		t.Errorf("settings (-want +got):\n%s", diff)
	}
	if s.Description != "all users" || s.Profile != "crm" || s.Model != "SELECT id\nFROM users\n" || s.Origin != "syncs/users.yml:4" || cmp.Diff([]string{"daily", "pii"}, s.Tags) != "" {
		t.Errorf("sync %+v", s)
	}
}

func TestSoftDeletesMayNameTheirColumn(t *testing.T) {
	s := loadOne(t, good(tree{"syncs/users.yml": syncYAML + "sync: {mirror: {deletes: {soft: gone_at}}}\n"}))
	if s.Settings.Mirror.Deletes.Soft != "gone_at" {
		t.Errorf("deletes %+v", s.Settings.Mirror.Deletes)
	}
	_, ds := load(t, good(tree{"syncs/users.yml": syncYAML + "sync: {mirror: {deletes: never}}\n"}))
	wantTold(t, ds, `syncs/users.yml:4:26 sync.mirror.deletes: expected hard, soft or {soft: column}, got "never"`)
}

// One run tells all mistakes of all files, in the order of files and lines; the good syncs are there all the same.
func TestE11_AllMistakesOfAllFilesAtOnce(t *testing.T) {
	p, ds := load(t, good(tree{
		"drt_project.yml": "name: shop\nprofle: crm\n",
		"profiles.yml":    "default: {type: sqlite, databse: x}\n",
		"syncs/a.yml":     "name: a\nmodle: SELECT 1\n" + destination,
		"syncs/b.yml":     "name: b\nmodel: SELECT 1\nprofile: crm\ndestination: {type: databricks, schema: s, table: t, mode: mrge}\nsync: {batch_size: -1, mod: full}\n",
		"syncs/c.yml":     "name: c\n\tx\n",
		"syncs/d.yml":     "name: d\nmodel: SELECT 1\nprofile: other\n" + destination,
		"syncs/users.yml": "",
		"other":           "",
	}))
	wantTold(t, ds,
		`drt_project.yml:2:1 profle: unknown key "profle" | did you mean "profile"?`,
		`profiles.yml:1:25 default.databse: unknown key "databse" | did you mean "database"?`,
		`syncs/a.yml:2:1 modle: unknown key "modle" | did you mean "model"?`,
		`syncs/b.yml:3:10 profile: profile "crm" is neither in profiles.yml nor in ~/.drt/profiles.yml | there are default`,
		`syncs/b.yml:4:1 destination.catalog: catalog is required`,
		`syncs/b.yml:4:60 destination.mode: unsupported mode: mrge | did you mean "merge"?`,
		`syncs/b.yml:5:20 sync.batch_size: batch_size must be greater than 0`,
		`syncs/b.yml:5:24 sync.mod: unknown key "mod" | did you mean "mode"?`,
		`syncs/c.yml:2:1: tab in the indentation; YAML takes spaces only | indent with spaces`,
		`syncs/d.yml:3:10 profile: profile "other" is neither in profiles.yml nor in ~/.drt/profiles.yml | there are default`,
	)
	if len(p.Syncs) != 0 {
		t.Errorf("%d syncs with mistakes are returned", len(p.Syncs))
	}
	p, ds = load(t, good(tree{"syncs/bad.yml": "nme: x\n"}))
	if len(p.Syncs) != 1 || len(ds) == 0 {
		t.Errorf("%d syncs beside a bad one, %d mistakes; want 1 sync", len(p.Syncs), len(ds))
	}
}

func TestMistakesOfAConnectorHaveTheirPlace(t *testing.T) {
	_, ds := load(t, good(tree{"syncs/users.yml": "name: users\nmodel: SELECT 1\ndestination:\n  type: databricks\n  catalog: a\n  schema: b\n  table: c\n  mode: merge\n"}))
	wantTold(t, ds, "syncs/users.yml:3:1 destination.upsert_key: upsert_key is required | write `upsert_key: [id]`")
}

// What the engine finds in a sync is told at its place in the file.
func TestDiagnoseOfFieldErrors(t *testing.T) {
	s := loadOne(t, good(tree{"syncs/users.yml": syncYAML + "sync:\n  mode: mirror\n  mirror: {scope: [a]}\n"}))
	wantTold(t, s.Diagnose(
		&connector.FieldError{Field: "sync.mode", Message: "mirror needs upsert_key", Hint: "add it"},
		&connector.FieldError{Field: "destination.upsert_key", Message: "upsert_key is required"},
		&connector.FieldError{Field: "sync.cursor_field", Message: "no"},
	),
		`syncs/users.yml:5:9 sync.mode: mirror needs upsert_key | add it`,
		`syncs/users.yml:3:1 destination.upsert_key: upsert_key is required`,
		`syncs/users.yml:4:1 sync.cursor_field: no`,
	)
	if r := s.Position("sync.mirror.scope[0]"); r.Line != 6 || r.Column != 20 {
		t.Errorf("position %d:%d", r.Line, r.Column)
	}
}

func TestFilesThatDrtWouldNotRead(t *testing.T) {
	_, ds := load(t, good(tree{
		"syncs/orders.yaml": syncYAML, "syncs/ITEMS.YML": syncYAML, "syncs/eu/more/a.yml": syncYAML, "syncs/docs/readme.md": "x",
		"syncs/models/schema.yml": "x: 1", "syncs/.hidden.yml": "x", "syncs/README.md": "x",
	}))
	wantTold(t, ds,
		`syncs/ITEMS.YML: drt reads syncs/*.yml only | rename it: mv syncs/ITEMS.YML syncs/ITEMS.yml`,
		`syncs/eu/more/a.yml: drt reads syncs/*.yml only, no sub-folders | move it into syncs/, and use tags to group syncs`,
		`syncs/orders.yaml: drt reads syncs/*.yml only | rename it: mv syncs/orders.yaml syncs/orders.yml`,
	)
	_, ds = load(t, good(tree{"drt_project.yml": "", "drt_project.yaml": projectYAML, "profiles.yml": "", "profiles.yaml": profilesYAML, "syncs/users.yml": ""}))
	for i, d := range ds {
		if d.Range.File != nil && d.Range.File.Name == "syncs" {
			ds = append(ds[:i:i], ds[i+1:]...)
			break
		}
	}
	wantTold(t, ds,
		`drt_project.yaml: drt reads drt_project.yml only | rename it: mv drt_project.yaml drt_project.yml`,
		`profiles.yaml: drt reads profiles.yml only | rename it: mv profiles.yaml profiles.yml`,
	)
}

func TestFolderThatIsNoProject(t *testing.T) {
	dir := t.TempDir()
	_, ds := loadDir(dir)
	wantTold(t, ds,
		fmt.Sprintf("drt_project.yml: no such file in %s | `drt init` makes a project; -C DIR names the folder of one", dir),
		fmt.Sprintf("syncs: no such folder in %s | put each sync into a file of its own, syncs/users.yml", dir),
	)
}

func TestNamesOfSyncs(t *testing.T) {
	_, ds := load(t, good(tree{"syncs/a.yml": syncYAML, "syncs/b.yml": strings.Replace(syncYAML, "users", `"a/b"`, 1), "syncs/c.yml": strings.Replace(syncYAML, "users", "${X}", 1)}))
	wantTold(t, ds,
		`syncs/b.yml:1:7 name: name of a sync has letters, digits, spaces, _ - and . only, at most 200`,
		`syncs/c.yml:1:7 name: name of a sync has letters, digits, spaces, _ - and . only, at most 200`,
		`syncs/users.yml:1:7 name: sync name "users" is used twice | it is in syncs/a.yml:1 already: rename one`,
	)
}

func TestE11_FilesAreBounded(t *testing.T) {
	big := "# " + strings.Repeat("x", connector.MaxFileSize)
	_, ds := load(t, good(tree{"syncs/big.yml": big, "syncs/m.yml": "name: m\nmodel: m.sql\n" + destination, "m.sql": big}))
	wantTold(t, ds,
		`m.sql: model of more than 1048576 bytes`,
		"syncs/big.yml: file of 1048577 bytes; at most 1048576 are read | move long SQL into a file of its own: `model: models/users.sql`",
	)
}
