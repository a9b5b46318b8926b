package state

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
)

// FuzzWatermarkJSON: what is taken for a watermark, from a journal, an export or a signature in a table's log, reads back
// as itself; nothing panics.
func FuzzWatermarkJSON(f *testing.F) {
	whole, err := json.Marshal(Watermark{
		Field: "at", Value: &record.Value{Type: record.TypeTimestamp, Text: "2026-01-02T03:04:05Z"}, Open: []record.Value{{Type: record.TypeTimestamp, Text: "x"}},
		Ahead: true, Columns: []string{"a"}, Sent: map[record.Hash]uint32{{1}: 1, {2}: 1 << 31},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	for _, text := range []string{`{}`, `null`, `{"cursor_field":1}`, `{"sent":"AQ=="}`, `{"sent":"AgAA"}`, `{"type":"","value":"x","open":["y"]}`, `[]`, `{"type":"int64","type":"string"}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var w Watermark
		if json.Unmarshal(text, &w) != nil {
			return
		}
		out, err := json.Marshal(w)
		if err != nil {
			t.Fatalf("%q cannot be written again: %v", text, err)
		}
		var again Watermark
		if err := json.Unmarshal(out, &again); err != nil {
			t.Fatalf("%q is written as %q, which is refused: %v", text, out, err)
		}
		if diff := cmp.Diff(w, again); diff != "" {
			t.Fatalf("%q is written as %q (-first +again):\n%s", text, out, diff)
		}
	})
}

// FuzzSent: hashes that are taken are written the same way again, and take no more memory than their text allows.
func FuzzSent(f *testing.F) {
	f.Add(encodeSent(map[record.Hash]uint32{{1}: 1, {2, 3}: 300}))
	f.Add([]byte{sentFormat})
	f.Add(append([]byte{sentFormat}, bytes.Repeat([]byte{0xff}, 40)...))
	f.Fuzz(func(t *testing.T, blob []byte) {
		sent, err := decodeSent(blob)
		if err != nil {
			return
		}
		if len(sent) > len(blob)/17 {
			t.Fatalf("%d hashes in %d bytes", len(sent), len(blob))
		}
		again, err := decodeSent(encodeSent(sent))
		if diff := cmp.Diff(sent, again); err != nil || diff != "" {
			t.Fatalf("%x (-first +again), %v:\n%s", blob, err, diff)
		}
	})
}

// FuzzJournal: whatever stands in the journal is read as it is, or refused with what mends it.
func FuzzJournal(f *testing.F) {
	f.Add(`{"kind":"merge"}`, `{"cursor_field":"id","type":"int64","value":"7"}`, ``)
	f.Add(`{`, `null`, `{"sent":"AQ=="}`)
	f.Add(``, ``, `[]`)
	conn, err := sqlite.OpenConn(":memory:", sqlite.OpenReadWrite|sqlite.OpenCreate)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = conn.Close() })
	s := newStore("state.db", nil)
	f.Fuzz(func(t *testing.T, change, mark, previous string) {
		var found Change
		err := s.explain("read", sqlitex.Execute(conn, `SELECT 'r' AS sync_run_id, 1 AS n, 'users' AS sync, 'merge' AS mode, ? AS change, ? AS watermark, ? AS previous,
			'x' AS sent_at, '' AS outcome, '' AS evidence`, &sqlitex.ExecOptions{Args: []any{change, mark, previous}, ResultFunc: func(stmt *sqlite.Stmt) (err error) {
			found, err = s.scanChange(stmt)
			return err
		}}))
		if err != nil {
			var e *connector.Error
			if !errors.As(err, &e) || e.Hint == "" || json.Valid([]byte(change)) && mark == "" && previous == "" {
				t.Fatalf("%q, %q, %q: %v", change, mark, previous, err)
			}
			return
		}
		if string(found.Change) != change || (found.Watermark == nil) != (mark == "") || (found.Previous == nil) != (previous == "") {
			t.Fatalf("%q, %q, %q reads as %+v", change, mark, previous, found)
		}
	})
}

// FuzzFile: a state file with a byte changed or its end cut off is read or refused with what mends it; it is never taken
// for a first run, and nothing panics (E6).
func FuzzFile(f *testing.F) {
	whole := wholeState(f)
	f.Add(0, byte(0), len(whole))
	f.Add(20, byte(0xff), len(whole))
	f.Add(100, byte(0x0d), 4096)
	f.Add(4096, byte(1), len(whole)-1)
	f.Add(60, byte(9), len(whole))
	f.Fuzz(func(t *testing.T, at int, to byte, length int) {
		dir := t.TempDir()
		text := bytes.Clone(whole)
		if at >= 0 && at < len(text) {
			text[at] = to
		}
		if length >= 0 && length < len(text) {
			text = text[:length]
		}
		if err := os.WriteFile(filepath.Join(dir, fileName), text, 0o600); err != nil {
			t.Fatal(err)
		}
		touched := !bytes.HasPrefix(whole, text)
		w, runs, err := readAll(t.Context(), dir)
		var e *connector.Error
		switch {
		case err == nil && !touched && (w == nil || w.Value == nil || w.Value.Text != "7" || runs != 1): // SQLite does not mind the end of an empty page
			t.Fatalf("cut at %d of %d, it reads as %+v, %d runs", length, len(whole), w, runs)
		case err != nil && (!errors.As(err, &e) || e.Message == ""):
			t.Fatalf("byte %d is %d, cut at %d: %v", at, to, length, err)
		case err != nil && len(text) == len(whole) && !touched:
			t.Fatalf("a whole state is refused: %v", err)
		}
	})
}

func readAll(ctx context.Context, dir string) (w *Watermark, runs int, err error) {
	s, err := Open(ctx, dir)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if w, err = s.Watermark(ctx, "users"); err != nil {
		return nil, 0, err
	}
	list, err := s.Runs(ctx, Filter{})
	return w, len(list), err
}

// wholeState is a state with a watermark and a history.
func wholeState(f *testing.F) []byte {
	dir := f.TempDir()
	s, err := Open(context.Background(), dir)
	if err != nil {
		f.Fatal(err)
	}
	r := Run{SyncRunID: "r", RunID: "i", Sync: "users", Mode: "incremental", Started: time.Unix(1700000000, 0)}
	l, err := s.Begin(context.Background(), r)
	if err != nil {
		f.Fatal(err)
	}
	r.Status, r.Finished = "success", r.Started
	err = l.Save(context.Background(), r, &Watermark{Field: "id", Value: &record.Value{Type: "int64", Text: "7"}, Sent: map[record.Hash]uint32{{}: 1}})
	err = errors.Join(err, l.Release(context.Background(), Ending{Run: r}), s.Close())
	text, readErr := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil || readErr != nil {
		f.Fatal(err, readErr)
	}
	return text
}
