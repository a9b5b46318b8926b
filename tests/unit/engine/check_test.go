package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
)

// job is a valid job, of a destination whose config says mode and key.
func job(mode engine.Mode, write destinations.Mode) (*engine.Job, *target) {
	d := &target{target: destinations.Target{Name: "fake (table)", Mode: write, Set: true, Key: []string{"id"}}}
	d.can.Modes = []destinations.Mode{destinations.ModeInsert, destinations.ModeMerge, destinations.ModeMirror, destinations.ModeReplace}
	j := &engine.Job{Name: "users", Mode: mode, Source: &source{}, Destination: d, BatchSize: 1, OnError: engine.OnErrorFail}
	if mode == engine.ModeIncremental {
		j.CursorField = "at"
	}
	return j, d
}

func TestWriteMode(t *testing.T) {
	for _, test := range []struct {
		mode        engine.Mode
		destination destinations.Mode
		want        destinations.Mode
	}{
		{engine.ModeFull, destinations.ModeInsert, destinations.ModeInsert},
		{engine.ModeFull, destinations.ModeMerge, destinations.ModeMerge},
		{engine.ModeIncremental, destinations.ModeInsert, destinations.ModeInsert},
		{engine.ModeIncremental, destinations.ModeMerge, destinations.ModeMerge},
		{engine.ModeUpsert, destinations.ModeMerge, destinations.ModeMerge},
		{engine.ModeMirror, destinations.ModeInsert, destinations.ModeMirror},
		{engine.ModeMirror, destinations.ModeMerge, destinations.ModeMirror},
		{engine.ModeReplace, destinations.ModeInsert, destinations.ModeReplace},
		{engine.ModeReplace, destinations.ModeMerge, destinations.ModeReplace},
	} {
		j, _ := job(test.mode, test.destination)
		if got := j.WriteMode(); got != test.want {
			t.Errorf("sync.mode %s, destination.mode %s: %s, want %s", test.mode, test.destination, got, test.want)
		}
		if found := j.Check(engine.Options{}); len(found) != 0 {
			t.Errorf("sync.mode %s, destination.mode %s: %v", test.mode, test.destination, found[0])
		}
	}
}

func TestUpsertImpliesMergeWhereNoModeIsWritten(t *testing.T) {
	j, d := job(engine.ModeUpsert, destinations.ModeInsert)
	d.target.Set = false
	if found := j.Check(engine.Options{}); len(found) != 0 || j.WriteMode() != destinations.ModeMerge {
		t.Errorf("write mode %s, %v", j.WriteMode(), found)
	}
}

// refusal is a job that Check must refuse, and what it says: field and message.
type refusal struct {
	name   string
	mode   engine.Mode
	write  destinations.Mode
	change func(*engine.Job, *target)
	limit  int64
	want   []string
}

func refusals() []refusal {
	return []refusal{
		{name: "unknown mode", mode: "garbage", write: destinations.ModeInsert, want: []string{"sync.mode: unsupported mode: garbage"}},
		{name: "upsert into insert", mode: engine.ModeUpsert, write: destinations.ModeInsert,
			want: []string{"sync.mode: sync.mode: upsert with destination.mode: insert would quietly append"}},
		{name: "merge without key", mode: engine.ModeFull, write: destinations.ModeMerge,
			change: func(_ *engine.Job, d *target) { d.target.Key = nil }, want: []string{"destination.upsert_key: upsert_key is required"}},
		{name: "upsert without key", mode: engine.ModeUpsert, write: destinations.ModeMerge,
			change: func(_ *engine.Job, d *target) { d.target.Key = nil }, want: []string{"destination.upsert_key: upsert_key is required"}},
		{name: "mirror without key", mode: engine.ModeMirror, write: destinations.ModeInsert,
			change: func(_ *engine.Job, d *target) { d.target.Key = nil },
			want:   []string{"destination.upsert_key: mirror requires destination.upsert_key"}},
		{name: "incremental without cursor", mode: engine.ModeIncremental, write: destinations.ModeInsert,
			change: func(j *engine.Job, _ *target) { j.CursorField = "" },
			want:   []string{"sync.cursor_field: sync.mode: incremental requires cursor_field"}},
		{name: "mirror with cursor", mode: engine.ModeMirror, write: destinations.ModeMerge,
			change: func(j *engine.Job, _ *target) { j.CursorField = "at" },
			want:   []string{"sync.cursor_field: sync.mode: mirror must read the whole source, cursor_field is for sync.mode: incremental"}},
		{name: "full with cursor", mode: engine.ModeFull, write: destinations.ModeInsert,
			change: func(j *engine.Job, _ *target) { j.CursorField = "at" },
			want:   []string{"sync.cursor_field: cursor_field has no effect in sync.mode: full"}},
		{name: "incremental replace", mode: engine.ModeIncremental, write: destinations.ModeReplace,
			want: []string{"sync.mode: sync.mode: incremental with destination.mode: replace would throw away the rows of earlier runs"}},
		{name: "mirror with limit", mode: engine.ModeMirror, write: destinations.ModeMerge, limit: 10,
			want: []string{"--limit: --limit with sync.mode: mirror would delete the rows beyond the limit from the target"}},
		{name: "replace with limit", mode: engine.ModeFull, write: destinations.ModeReplace, limit: 10,
			want: []string{"--limit: --limit with destination.mode: replace would delete the rows beyond the limit from the target"}},
		{name: "mode that the destination lacks", mode: engine.ModeMirror, write: destinations.ModeInsert,
			change: func(_ *engine.Job, d *target) { d.can.Modes = []destinations.Mode{destinations.ModeInsert} },
			want:   []string{"sync.mode: fake (table) does not support the write mode mirror, which sync.mode: mirror needs"}},
		{name: "allow_empty in full", mode: engine.ModeFull, write: destinations.ModeInsert,
			change: func(j *engine.Job, _ *target) { j.AllowEmpty = true },
			want:   []string{"sync.allow_empty: allow_empty has no effect in sync.mode: full: an empty source changes nothing"}},
		{name: "no batch size", mode: engine.ModeFull, write: destinations.ModeInsert,
			change: func(j *engine.Job, _ *target) { j.BatchSize = 0 }, want: []string{"sync.batch_size: batch_size must be greater than 0"}},
		{name: "options that the destination lacks", mode: engine.ModeMirror, write: destinations.ModeMerge,
			change: func(j *engine.Job, _ *target) {
				j.Mirror = destinations.Mirror{Scope: []string{"a"}, Where: "b", Tracked: true, Atomic: true, Soft: "c"}
				j.Duplicates, j.Touch, j.ExactlyOnce = destinations.DuplicateFail, true, true
				j.Metadata.RunID, j.Guards = "run", destinations.Guards{MaxDeletes: 1}
			},
			want: []string{
				"sync.exactly_once: exactly_once is for rows that are appended: every other mode gives the same when it is run again",
				"sync.mirror.scope: fake (table) does not support sync.mirror.scope", "sync.mirror.where: fake (table) does not support sync.mirror.where",
				"sync.mirror.strategy: fake (table) does not support sync.mirror.strategy: tracked",
				"sync.mirror.atomic: fake (table) does not support sync.mirror.atomic",
				"sync.mirror.deletes: fake (table) does not support sync.mirror.deletes: soft",
				"sync.on_duplicate: fake (table) does not support sync.on_duplicate: fail", "sync.touch: fake (table) does not support sync.touch: always",
				"sync.metadata_columns: fake (table) does not support sync.metadata_columns",
				"sync.exactly_once: fake (table) does not support sync.exactly_once", "sync.guards: fake (table) does not support sync.guards",
			}},
		{name: "mirror options in full", mode: engine.ModeFull, write: destinations.ModeMerge,
			change: func(j *engine.Job, d *target) {
				j.Mirror.Atomic, j.InsertWhere = true, "a = 1"
				d.can.Options = []destinations.Option{destinations.OptionMirrorAtomic, destinations.OptionInsertWhere}
			},
			want: []string{"sync.mirror: mirror has no effect in sync.mode: full", "sync.replace_where: replace_where has no effect in write mode merge"}},
	}
}

func TestE10_CheckRefuses(t *testing.T) {
	for _, test := range refusals() {
		t.Run(test.name, func(t *testing.T) {
			j, d := job(test.mode, test.write)
			if test.change != nil {
				test.change(j, d)
			}
			var got []string
			for _, e := range j.Check(engine.Options{Limit: test.limit}) {
				got = append(got, e.Field+": "+e.Message)
				if e.Hint == "" {
					t.Errorf("%s has no hint", e.Field)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSupportedOptionsReachThePlan(t *testing.T) {
	w := newWorld(t, engine.ModeMirror, destinations.ModeMerge)
	w.source.rows = five()
	w.job.Mirror.Atomic, w.job.Guards = true, destinations.Guards{MaxDeletes: 7, MaxCreates: -1, MaxDeletePct: -1, MaxUpdatesPct: -1, AllowDeletes: -1}
	w.target.can.Options = []destinations.Option{destinations.OptionMirrorAtomic, destinations.OptionGuards}
	w.want(w.run(), engine.StatusSuccess)
	p := w.target.plan
	if !p.Mirror.Atomic || p.Guards.MaxDeletes != 7 || p.Mode != destinations.ModeMirror || p.Duplicates != destinations.DuplicateLast || p.Schema == nil {
		t.Errorf("plan %+v", p)
	}
	w.job.Guards = destinations.Guards{}
	w.want(w.run(), engine.StatusSuccess)
	if g := w.target.plan.Guards; g.MaxDeletes >= 0 || g.MaxDeletePct >= 0 || g.AllowDeletes >= 0 {
		t.Errorf("a sync without guards has %+v", g)
	}
}

// Bounds within which nothing could ever be deleted, and lifting guards that are not there, are mistakes.
func TestCheckScopeAndAllowDeletes(t *testing.T) {
	j, d := job(engine.ModeMirror, destinations.ModeMerge)
	d.can.Options = []destinations.Option{destinations.OptionMirrorScope}
	j.Mirror.Scope, j.AllowEmpty = []string{"region", "ID"}, true
	var got []string
	for _, e := range j.Check(engine.Options{AllowDeletes: destinations.Count(3)}) {
		got = append(got, e.Field)
	}
	if diff := cmp.Diff([]string{"--allow-deletes", "sync.mirror.scope", "sync.allow_empty"}, got); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
	j.Mirror.Scope, j.AllowEmpty = []string{"region"}, false
	d.can.Options = append(d.can.Options, destinations.OptionGuards)
	if found := j.Check(engine.Options{AllowDeletes: destinations.Count(3)}); len(found) != 0 {
		t.Errorf("%v", found[0])
	}
}

func TestAllowDeletesReachesThePlan(t *testing.T) {
	w := newWorld(t, engine.ModeMirror, destinations.ModeMerge)
	w.source.rows = five()
	w.target.can.Options = []destinations.Option{destinations.OptionGuards}
	o := w.options()
	o.AllowDeletes = destinations.Count(0)
	w.want(w.runWith(o), engine.StatusSuccess)
	if g := w.target.plan.Guards; g.AllowDeletes != 0 || g.MaxDeletes != -1 {
		t.Errorf("guards of the plan %+v", g)
	}
}
