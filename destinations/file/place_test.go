package file

import (
	"os"
	"path/filepath"
	"testing"
)

// TestMissing: what EvalSymlinks did not find may have been put there by another run since.
func TestMissing(t *testing.T) {
	dir := t.TempDir()
	made, link, whole := filepath.Join(dir, "made"), filepath.Join(dir, "link"), filepath.Join(dir, "whole")
	if err := os.WriteFile(made, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{link: filepath.Join(dir, "nothing"), whole: made} {
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	for path, want := range map[string]struct{ since, refused bool }{
		filepath.Join(dir, "nothing"): {}, made: {since: true}, whole: {since: true}, link: {refused: true},
	} {
		if since, err := missing(path); since != want.since || (err != nil) != want.refused {
			t.Errorf("%s: there since %v, %v; want %+v", filepath.Base(path), since, err, want)
		}
	}
}
