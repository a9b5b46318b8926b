package engine_test

import (
	"encoding/json"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestE3_TiesAtTheBoundaryAreNeitherLostNorSentTwice(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	const big = 9007199254740993 // beyond 2^53: as a float it is its neighbour
	w.source.rows = []row{{1, at(big - 1), "a"}, {2, at(big), "b"}, {2, at(big), "b"}}
	w.want(w.run(), engine.StatusSuccess)
	if got := w.watermark(); got != "9007199254740993" {
		t.Fatalf("watermark %s", got)
	}
	// Two late ties, one of them equal to rows that were sent, and a row that is newer by one.
	w.source.rows = append([]row{{4, at(big + 1), "d"}, {3, at(big), "late"}}, append(w.source.rows, row{2, at(big), "b"})...)
	p := w.run()
	w.want(p, engine.StatusSuccess)
	same(t, "target", []string{"1@9007199254740992=a", "2@9007199254740993=b", "2@9007199254740993=b",
		"4@9007199254740994=d", "3@9007199254740993=late", "2@9007199254740993=b"}, w.values())
	if p.RowsExtracted != 6 || p.RowsSkipped != 3 {
		t.Errorf("extracted %d, skipped %d; want 6 and 3", p.RowsExtracted, p.RowsSkipped)
	}
	if from := w.source.query.Cursor.From; from == nil || from.Text != "9007199254740993" {
		t.Errorf("the source was asked from %v", from)
	}
}

func TestNothingNewConnectsToNothing(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
	w.want(w.run(), engine.StatusSuccess)
	p := w.run()
	w.want(p, engine.StatusSuccess)
	same(t, "calls", nil, w.target.calls)
	if p.RowsSkipped != 2 || *p.RowsSynced != 0 || *p.Statements != 0 || p.Watermark.Text != "2" {
		t.Errorf("skipped %d, synced %d, statements %d, watermark %v", p.RowsSkipped, *p.RowsSynced, *p.Statements, p.Watermark)
	}
}

func TestE4_UnorderedSourceThatStopsHalfWayMovesNothing(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{9, at(9), "i"}, {1, at(1), "a"}, {5, at(5), "e"}, {2, at(2), "b"}}
	w.faults.nth = 3 // the second batch
	p := w.run()
	w.want(p, engine.StatusFailed)
	if p.Stage != "extract" || w.watermark() != "" || len(w.target.rows) != 0 {
		t.Fatalf("stage %s, watermark %q, target %v", p.Stage, w.watermark(), w.values())
	}
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target", []string{"9@9=i", "1@1=a", "5@5=e", "2@2=b"}, w.values())
	if got := w.watermark(); got != "9" {
		t.Errorf("watermark %s", got)
	}
}

func TestE1_WatermarkDoesNotPassARejectedRow(t *testing.T) {
	for _, order := range []struct {
		name string
		rows []row
	}{
		{"ordered", []row{{1, at(1), "a"}, {2, at(2), "tie"}, {3, at(2), "bad"}, {4, at(2), "tie too"}, {5, at(3), "c"}, {6, at(4), "d"}}},
		{"unordered", []row{{6, at(4), "d"}, {2, at(2), "tie"}, {5, at(3), "c"}, {4, at(2), "tie too"}, {1, at(1), "a"}, {3, at(2), "bad"}}},
	} {
		t.Run(order.name, func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.job.OnError = engine.OnErrorSkip
			w.source.rows = order.rows
			p := w.run()
			w.want(p, engine.StatusPartial)
			if p.RowsFailed != 1 || len(p.Warnings) != 1 {
				t.Errorf("failed %d, warnings %q", p.RowsFailed, p.Warnings)
			}
			sent := w.values()

			// It is still bad: read again, nothing sent twice.
			p = w.run()
			w.want(p, engine.StatusPartial)
			if from := w.source.query.Cursor.From; from.Text != "2" {
				t.Errorf("reading began at %s, behind the rejected row", from.Text)
			}
			same(t, "target while the row is bad", sent, w.values())

			// It is mended, in place, and a new row came.
			w.source.rows = append(replaceVal(w.source.rows, "bad", "mended"), row{7, at(5), "e"})
			w.want(w.run(), engine.StatusSuccess)
			got := w.values()[len(sent):]
			if len(got) != 2 {
				t.Fatalf("sent %q, want the mended and the new row", got)
			}
			w.want(w.run(), engine.StatusSuccess)
			if len(w.values()) != len(sent)+2 || w.source.query.Cursor.From.Text != "5" {
				t.Errorf("after it was mended: target %q, reading from %s", w.values(), w.source.query.Cursor.From.Text)
			}
		})
	}
}

func replaceVal(rows []row, old, new string) []row {
	out := make([]row, len(rows))
	for i, r := range rows {
		if r.Val == old {
			r.Val = new
		}
		out[i] = r
	}
	return out
}

func TestE1_RowsThatTheSourceRejectsHoldTheWatermark(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.job.OnError = engine.OnErrorSkip
	w.source.rows = []row{{1, at(1), "a"}, {3, at(3), "c"}}
	w.source.rejects = map[int][]record.Reject{0: {{Row: 2, Column: "at", Reason: "not a BIGINT"}}}
	p := w.run()
	w.want(p, engine.StatusPartial)
	if w.watermark() != "" || len(p.Warnings) != 1 {
		t.Fatalf("watermark %q, warnings %q", w.watermark(), p.Warnings)
	}
	w.source.rows = append(w.source.rows, row{4, at(4), "d"})
	w.want(w.run(), engine.StatusPartial)
	same(t, "target", []string{"1@1=a", "3@3=c", "4@4=d"}, w.values())

	w.source.rejects = nil
	w.source.rows = append(w.source.rows, row{2, at(2), "mended"})
	w.want(w.run(), engine.StatusSuccess)
	same(t, "target after the row was mended", []string{"1@1=a", "3@3=c", "4@4=d", "2@2=mended"}, w.values())
	if w.watermark() != "4" {
		t.Errorf("watermark %q", w.watermark())
	}
	w.want(w.run(), engine.StatusSuccess)
	if len(w.target.rows) != 4 {
		t.Errorf("target %q", w.values())
	}
}

func TestE3_RowsThatOneReadMissesAreStillKnown(t *testing.T) {
	a, b := row{1, at(1), "a"}, row{2, at(2), "b"}
	for name, torn := range map[string]map[int][]record.Reject{"at the watermark": nil, "beyond a held watermark": {0: {{Row: 3, Reason: "torn"}}}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.job.OnError = engine.OnErrorSkip
			w.source.rows = []row{a}
			w.want(w.run(), engine.StatusSuccess)
			w.source.rows, w.source.rejects = []row{a, b}, torn
			w.run()
			w.source.rows, w.source.rejects = []row{a}, nil // a replica that lags behind
			w.want(w.run(), engine.StatusSuccess)
			w.source.rows = []row{a, b}
			w.want(w.run(), engine.StatusSuccess)
			same(t, "target", []string{"1@1=a", "2@2=b"}, w.values())
		})
	}
}

func TestRowsWithoutACursorAreRejected(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}, {2, nil, "b"}, {3, at(3), "c"}}
	p := w.run()
	w.want(p, engine.StatusFailed)
	if kindOf(p) != "rejected_rows" || len(w.target.rows) != 0 {
		t.Errorf("on_error: fail: %v, target %q", p.Err, w.values())
	}
	w.job.OnError = engine.OnErrorSkip
	p = w.run()
	w.want(p, engine.StatusPartial)
	want := []record.Reject{{Row: 2, Column: "at", Reason: "it is NULL, so it cannot be told whether the row is new"}}
	if diff := cmp.Diff(want, p.Rejects); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
	same(t, "target", []string{"1@1=a", "3@3=c"}, w.values())
	if w.watermark() != "3" || w.target.commit.Unobserved != 1 {
		t.Errorf("watermark %q, unobserved %d", w.watermark(), w.target.commit.Unobserved)
	}
}

func TestLimitNeverMovesTheWatermark(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}, {3, at(3), "c"}}
	o := w.options()
	o.Limit = 2
	p := w.runWith(o)
	w.want(p, engine.StatusSuccess)
	if w.watermark() != "" || len(w.target.rows) != 2 || len(p.Warnings) != 1 || w.target.commit.Watermark != "" {
		t.Errorf("watermark %q, target %q, warnings %q, told %q", w.watermark(), w.values(), p.Warnings, w.target.commit.Watermark)
	}
}

func TestFullRefreshReadsFromTheBeginning(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeMerge)
	w.source.rows = []row{{1, at(1), "a"}, {2, at(2), "b"}}
	w.want(w.run(), engine.StatusSuccess)
	w.target.rows = nil
	o := w.options()
	o.FullRefresh = true
	p := w.runWith(o)
	w.want(p, engine.StatusSuccess)
	if w.source.query.Cursor.From != nil || len(w.target.rows) != 2 || w.watermark() != "2" {
		t.Errorf("from %v, target %q, watermark %q", w.source.query.Cursor.From, w.values(), w.watermark())
	}
}

func TestCursorColumnIsCheckedBeforeTheDestinationIsOpened(t *testing.T) {
	for name, change := range map[string]func(*world){
		"missing": func(w *world) { w.job.CursorField = "updated" },
		"without order": func(w *world) {
			w.source.schema = arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "at", Type: arrow.FixedWidthTypes.Boolean}}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
			w.source.rows = []row{{1, at(1), "a"}}
			change(w)
			p := w.run()
			w.want(p, engine.StatusFailed)
			if p.Stage != "config" || kindOf(p) != "config" || w.target.calls != nil {
				t.Errorf("stage %s, %v, calls %v", p.Stage, p.Err, w.target.calls)
			}
		})
	}
}

func TestAnotherCursorThanTheWatermarksIsRefused(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(1), "a"}}
	w.want(w.run(), engine.StatusSuccess)
	w.job.CursorField = "id"
	p := w.run()
	w.want(p, engine.StatusFailed)
	if p.Stage != "config" || w.watermark() != "1" {
		t.Errorf("stage %s, %v, watermark %q", p.Stage, p.Err, w.watermark())
	}
	o := w.options()
	o.FullRefresh = true
	w.want(w.runWith(o), engine.StatusSuccess)
}

func TestCommitIsToldTheWatermark(t *testing.T) {
	w := newWorld(t, engine.ModeIncremental, destinations.ModeInsert)
	w.source.rows = []row{{1, at(41), "a"}, {2, at(42), "b"}}
	w.want(w.run(), engine.StatusSuccess)
	var told state.Watermark
	if err := json.Unmarshal([]byte(w.target.commit.Watermark), &told); err != nil {
		t.Fatal(err)
	}
	saved, err := w.store.Watermark(t.Context(), "users")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(saved, &told, cmpopts.IgnoreFields(state.Watermark{}, "Sync", "SyncRunID", "Saved")); diff != "" {
		t.Errorf("the commit was told another watermark than is saved (-saved +told):\n%s", diff)
	}
}
