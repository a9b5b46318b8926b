package state

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/record"
)

var update = flag.Bool("update", false, "write testdata/schema-N.db for the newest schema; older ones are never written again")

// TestE6_EveryOlderSchemaIsRead opens the state that each released schema has left, and finds everything in it.
func TestE6_EveryOlderSchemaIsRead(t *testing.T) {
	schema, err := migrations()
	if err != nil {
		t.Fatal(err)
	}
	for version := 1; version <= len(schema.Migrations); version++ {
		t.Run(fmt.Sprint("schema ", version), func(t *testing.T) {
			name := filepath.Join("testdata", fmt.Sprintf("schema-%d.db", version))
			if *update && version == len(schema.Migrations) {
				writeFixture(t, name)
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, fileName), text, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			checkFixture(t, s)
			if open, err := s.Unsettled(t.Context(), "users"); err != nil || (len(open) == 1) != (version >= 2) {
				t.Errorf("journal: %+v, %v", open, err)
			}
			checkFixtureLetters(t, s, version)
		})
	}
}

func fixtureRun() Run {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	return Run{
		SyncRunID: "0195d5f2-0000-7000-8000-000000000001", RunID: "0195d5f2-0000-7000-8000-000000000000", Sync: "users", Mode: "incremental",
		Status: "partial", Started: at, Finished: at.Add(time.Minute), Host: "host-1", PID: 4242, Error: "1 of 3 rows were rejected",
		ErrorType: "rejected_rows", ErrorStage: "load", ErrorSuggestion: "mend the row", Scratch: true, Report: []byte(`{"rows_failed":1}`),
	}
}

func fixtureWatermark() Watermark {
	v := record.Value{Type: record.TypeInt64, Text: "9007199254740993"}
	return Watermark{
		Field: "id", Value: &v, Open: []record.Value{{Type: record.TypeInt64, Text: "7"}, v}, Ahead: true,
		Columns: []string{"id", "name"}, Sent: map[record.Hash]uint32{{1, 2, 3}: 1, {255}: 300},
	}
}

func writeFixture(t *testing.T, name string) {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	s.holder = holder{host: "host-1", domain: "boot-1", pid: 4242, started: "99"}
	l, err := s.Begin(t.Context(), fixtureRun())
	if err != nil {
		t.Fatal(err)
	}
	w := fixtureWatermark()
	must(t, l.PutLetters(t.Context(), fixtureLetters()))
	if err := l.Save(t.Context(), fixtureRun(), &w); err != nil {
		t.Fatal(err)
	}
	must(t, l.Announce(t.Context(), Change{Mode: "merge", Change: []byte(`{"kind":"MERGE"}`), Watermark: &w}))
	die(l) // the lock stays: there is one in the fixture
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func checkFixture(t *testing.T, s *Store) {
	t.Helper()
	r, _, err := s.LastRun(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fixtureRun(), r); diff != "" {
		t.Errorf("run (-want +got):\n%s", diff)
	}
	got, err := s.Watermark(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}
	want := fixtureWatermark()
	want.Sync, want.SyncRunID, want.Saved = "users", r.SyncRunID, got.Saved
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("watermark (-want +got):\n%s", diff)
	}
	locks, err := s.Locks(t.Context())
	if err != nil || len(locks) != 1 || locks[0].Host != "host-1" || locks[0].PID != 4242 {
		t.Errorf("locks: %+v, %v", locks, err)
	}
}
