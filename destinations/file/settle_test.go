package file

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// TestW17_SizeTellsWhetherARenameHappened settles an append whose process was killed around the rename.
func TestW17_SizeTellsWhetherARenameHappened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.csv")
	c := Config{Path: path, Format: "csv", Mode: destinations.ModeInsert, Header: true}
	seed(t, path, "a,b\n1,2\n", 0o600)
	var sent []destinations.Change
	s := mustOpen(t, c, func(p *destinations.Plan) {
		p.Announce = func(_ context.Context, c destinations.Change) error {
			sent = append(sent, c)
			if got, err := os.ReadFile(path); err != nil || string(got) != "a,b\n1,2\n" {
				t.Errorf("announced after the change: %q, %v", got, err)
			}
			return nil
		}
	})
	put(t, s, "3", "4")
	if _, err := s.Commit(context.Background(), destinations.Commit{}); err != nil {
		t.Fatal(err)
	}
	if len(sent) != 1 {
		t.Fatalf("announced %+v", sent)
	}
	d, err := New(c, connector.Env{})
	if err != nil {
		t.Fatal(err)
	}
	settle := func() destinations.Outcome {
		found, err := d.(*Destination).Settle(context.Background(), destinations.Unsettled{Change: sent[0]})
		if err != nil {
			t.Fatal(err)
		}
		return found.Outcome
	}
	for _, step := range []struct {
		content string
		want    destinations.Outcome
	}{{"a,b\n1,2\n3,4\n", destinations.Committed}, {"a,b\n1,2\n", destinations.NotCommitted}, {"a,b\n1,2\nby,somebody else\n", destinations.Ambiguous}} {
		seed(t, path, step.content, 0o600)
		if got := settle(); got != step.want {
			t.Errorf("%q: %s, want %s", step.content, got, step.want)
		}
	}
}
