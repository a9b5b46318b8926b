package file

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

const runID = "01890a5d-ac96-774b-bcce-b302099a8057"

func open(t *testing.T, c Config, edits ...func(*destinations.Plan)) (destinations.Session, error) {
	t.Helper()
	c.Header = true
	d, err := New(c, connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	b := texts([]string{"a", "b"})
	defer b.Release()
	p := destinations.Plan{Mode: d.Target().Mode, Schema: b.Schema(), SyncRunID: runID}
	for _, edit := range edits {
		edit(&p)
	}
	return d.Open(context.Background(), p)
}

func mustOpen(t *testing.T, c Config, edits ...func(*destinations.Plan)) destinations.Session {
	t.Helper()
	s, err := open(t, c, edits...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func put(t *testing.T, s destinations.Session, a, b string) {
	t.Helper()
	batch := texts([]string{"a", "b"}, []string{a, b})
	defer batch.Release()
	if err := s.Write(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
}

func seed(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestPermissions(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("permissions are of Unix")
	}
	dir := t.TempDir()
	seed(t, filepath.Join(dir, "any"), "", 0o666)
	fresh, err := os.OpenFile(filepath.Join(dir, "fresh"), os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	info, _ := fresh.Stat()
	_ = fresh.Close()
	for _, tt := range []struct {
		name string
		old  fs.FileMode // 0: no file
		want fs.FileMode
	}{{"new", 0, info.Mode().Perm()}, {"kept", 0o640, 0o640}, {"open", 0o666, 0o666}} {
		path := filepath.Join(dir, tt.name+".csv")
		if tt.old != 0 {
			seed(t, path, "old", tt.old)
		}
		s := mustOpen(t, Config{Path: path})
		put(t, s, "1", "2")
		staged, err := os.Stat(filepath.Join(dir, "."+tt.name+".csv.drt-"+runID+".tmp"))
		if err != nil || staged.Mode().Perm() != 0o600 {
			t.Errorf("%s: while it is written the file is %v, want 0600 (%v)", tt.name, staged.Mode().Perm(), err)
		}
		commit(t, s)
		if now, _ := os.Stat(path); now.Mode().Perm() != tt.want {
			t.Errorf("%s: the target is %v, want %v", tt.name, now.Mode().Perm(), tt.want)
		}
	}
}

func TestFoldersAreMadeAndUnmade(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a", "b", "c.csv")
	s := mustOpen(t, Config{Path: path})
	put(t, s, "1", "2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left := list(t, dir); len(left) > 0 {
		t.Errorf("without a commit the folders go again, left: %v", left)
	}
	dry := mustOpen(t, Config{Path: path}, func(p *destinations.Plan) { p.DryRun = true })
	put(t, dry, "1", "2")
	commit(t, dry)
	if left := list(t, dir); len(left) > 0 {
		t.Errorf("a dry run makes nothing, left: %v", left)
	}
	s = mustOpen(t, Config{Path: path})
	put(t, s, "1", "2")
	commit(t, s)
	if got := written(t, path); got != "a,b\n1,2\n" {
		t.Errorf("got %q", got)
	}
}

func TestLinkIsFollowed(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "real.csv"), filepath.Join(dir, "link.csv")
	seed(t, target, "old", 0o600)
	if err := os.Symlink(target, link); err != nil {
		t.Skip("no symbolic links here")
	}
	s := mustOpen(t, Config{Path: link})
	put(t, s, "1", "2")
	commit(t, s)
	if info, _ := os.Lstat(link); info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link was replaced by a file")
	}
	if got := written(t, target); got != "a,b\n1,2\n" {
		t.Errorf("the file behind the link: %q", got)
	}
	if err := os.Remove(target); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, Config{Path: link}); connector.KindOf(err) != connector.KindNotFound {
		t.Errorf("a link to nothing: want %s, got %v", connector.KindNotFound, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "folder.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	seed(t, filepath.Join(dir, "file"), "", 0o600)
	for path, want := range map[string]connector.Kind{"folder.csv": connector.KindConfig, "file/x.csv": connector.KindPermanent} {
		if _, err := open(t, Config{Path: filepath.Join(dir, path)}); connector.KindOf(err) != want {
			t.Errorf("%s: want %s, got %v", path, want, err)
		}
	}
	if diff := cmp.Diff([]string{"file", "folder.csv"}, list(t, dir)); diff != "" {
		t.Errorf("a refused Open leaves nothing (-want +got):\n%s", diff)
	}
}

func TestInsert(t *testing.T) {
	for _, tt := range []struct{ name, file, old, want string }{
		{"missing", "x.csv", "-", "a,b\n1,2\n"},
		{"empty", "x.csv", "", "a,b\n1,2\n"},
		{"rows", "x.csv", "a,b\n0,0\n", "a,b\n0,0\n1,2\n"},
		{"no_line_end", "x.csv", "a,b\n0,0", "a,b\n0,0\n1,2\n"},
		{"bom", "x.csv", "\ufeffa,b\n0,0\n", "\ufeffa,b\n0,0\n1,2\n"},
		{"jsonl", "x.jsonl", "{\"z\":1}\n", "{\"z\":1}\n{\"a\":\"1\",\"b\":\"2\"}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), tt.file)
			if tt.old != "-" {
				seed(t, path, tt.old, 0o600)
			}
			s := mustOpen(t, Config{Path: path, Mode: destinations.ModeInsert})
			put(t, s, "1", "2")
			commit(t, s)
			if diff := cmp.Diff(tt.want, written(t, path)); diff != "" {
				t.Errorf("the file (-want +got):\n%s", diff)
			}
			if left := list(t, filepath.Dir(path)); len(left) != 1 {
				t.Errorf("left beside the file: %v", left)
			}
		})
	}
}

func TestInsertHoldsTheHeader(t *testing.T) {
	for _, header := range []string{"b,a\n", "a\n", "a,b,c\n", "A,B\n", "\"a"} {
		path := filepath.Join(t.TempDir(), "x.csv")
		seed(t, path, header, 0o600)
		_, err := open(t, Config{Path: path, Mode: destinations.ModeInsert})
		if connector.KindOf(err) != connector.KindConfig || !strings.Contains(err.Error(), `["a" "b"]`) {
			t.Errorf("header %q: want Open to refuse it and name the columns, got %v", header, err)
		}
	}
}

// TestInsertSeesAnotherWriter: what came between the copy and the rename would be lost.
func TestInsertSeesAnotherWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.csv")
	seed(t, path, "one", 0o600)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := unchanged(path, before); err != nil {
		t.Errorf("nobody wrote: %v", err)
	}
	seed(t, path, "one more", 0o600)
	for _, b := range []fs.FileInfo{before, nil} {
		if err := unchanged(path, b); connector.KindOf(err) != connector.KindConflict {
			t.Errorf("somebody wrote: want %s, got %v", connector.KindConflict, err)
		}
	}
}

// TestFailedCommitLeavesTheTarget: the temporary file is gone when it should be renamed.
func TestFailedCommitLeavesTheTarget(t *testing.T) {
	for _, mode := range []destinations.Mode{destinations.ModeReplace, destinations.ModeInsert} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.csv")
		seed(t, path, "a,b\n", 0o600)
		s := mustOpen(t, Config{Path: path, Mode: mode})
		put(t, s, "1", "2")
		if err := os.Remove(filepath.Join(dir, ".x.csv.drt-"+runID+".tmp")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Commit(t.Context(), destinations.Commit{}); connector.KindOf(err) != connector.KindNotFound {
			t.Errorf("mode %s: want %s, got %v", mode, connector.KindNotFound, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("mode %s: close: %v", mode, err)
		}
		if got := written(t, path); got != "a,b\n" {
			t.Errorf("mode %s: the target changed: %q", mode, got)
		}
		if left := list(t, dir); len(left) != 1 {
			t.Errorf("mode %s: left beside the target: %v", mode, left)
		}
	}
}

func TestRemoveTakesOnlyItsOwn(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.csv")
	for _, name := range []string{"x.csv", "y.csv", ".x.csv.drt-" + runID + ".tmp", ".x.csv.drt-" + runID + ".join.tmp",
		".y.csv.drt-" + runID + ".tmp", ".x.csv.drt-notes.tmp", ".x.csv.drt-" + runID + ".bak"} {
		seed(t, filepath.Join(dir, name), "", 0o600)
	}
	d, err := New(Config{Path: path, Header: true}, connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	cleaner := d.(destinations.Cleaner)
	found, err := cleaner.Leftovers(t.Context())
	if err != nil || len(found) != 2 {
		t.Fatalf("want the two of x.csv, got %v, %v", found, err)
	}
	for _, l := range found {
		if err := cleaner.Remove(t.Context(), l); err != nil || l.SyncRun != runID {
			t.Errorf("remove %+v: %v", l, err)
		}
	}
	for _, name := range []string{path, filepath.Join(dir, "y.csv"), filepath.Join(dir, "sub", ".x.csv.drt-"+runID+".tmp")} {
		if err := cleaner.Remove(t.Context(), destinations.Leftover{Name: name}); err == nil || errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: want it refused, got %v", name, err)
		}
	}
	if left := list(t, dir); len(left) != 5 {
		t.Errorf("removed too much, left: %v", left)
	}
}
