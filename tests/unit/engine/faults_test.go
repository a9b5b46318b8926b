package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
)

// TestE5_AnyCallMayFail fails the first call that a source or a target gets, then the second, until none is left to
// fail. Each time the target is as before or as promised, state never ahead of it, and the next run converges.
func TestE5_AnyCallMayFail(t *testing.T) {
	for _, c := range []struct {
		mode  engine.Mode
		write destinations.Mode
	}{
		{engine.ModeFull, destinations.ModeInsert}, {engine.ModeUpsert, destinations.ModeMerge}, {engine.ModeMirror, destinations.ModeMerge},
		{engine.ModeReplace, destinations.ModeInsert}, {engine.ModeIncremental, destinations.ModeInsert}, {engine.ModeIncremental, destinations.ModeMerge},
	} {
		t.Run(fmt.Sprintf("%s-%s", c.mode, c.write), func(t *testing.T) {
			for nth := 1; ; nth++ {
				if fired := failNth(t, c.mode, c.write, nth); fired == "" {
					if nth < 8 {
						t.Fatalf("only %d calls were made", nth-1)
					}
					return
				}
			}
		})
	}
}

func failNth(t *testing.T, mode engine.Mode, write destinations.Mode, nth int) (fired string) {
	w := newWorld(t, mode, write)
	old := []row{{1, at(1), "old"}}
	w.source.rows = old
	w.want(w.run(), engine.StatusSuccess)
	before := w.watermark()
	w.source.rows = append(slices.Clone(old), five()[1:]...)
	w.faults.calls, w.faults.nth = 0, nth
	p := w.run()
	fired = w.faults.fired
	committed := len(w.target.rows) > 1
	switch {
	case fired == "" || fired == "close":
		w.want(p, engine.StatusSuccess)
	default:
		w.want(p, engine.StatusFailed)
		if committed || w.watermark() != before || w.lastStatus() != "failed" {
			t.Fatalf("call %d, %s failed: target %q, watermark %q, history %s", nth, fired, w.values(), w.watermark(), w.lastStatus())
		}
	}
	w.faults.nth = 0
	w.want(w.run(), engine.StatusSuccess)
	if diff := cmp.Diff(promised(mode, write, w.source.rows, committed), w.values()); diff != "" {
		t.Fatalf("call %d, %s failed, after the next run (-want +got):\n%s", nth, fired, diff)
	}
	return fired
}

// promised is the target after a first run of the first row and one more committed run of all of them; twice if it
// was committed before.
func promised(mode engine.Mode, write destinations.Mode, rows []row, before bool) []string {
	all := texts(rows)
	if mode != engine.ModeFull || write != destinations.ModeInsert {
		return all
	}
	want := append([]string{all[0]}, all...) // full and insert: appended each time
	if before {
		want = append(want, all...)
	}
	return want
}
