package cli

import (
	"time"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/project"
)

// newJob is a sync as the engine runs it.
func newJob(y *project.Sync) *engine.Job {
	s := y.Settings
	return &engine.Job{
		Name: y.Name, Model: y.Model, Origin: y.Origin, Source: y.Source, Destination: y.Destination,
		Mode: engine.Mode(s.Mode), CursorField: s.CursorField, BatchSize: s.BatchSize,
		OnError: engine.OnError(s.OnError), Timeout: time.Duration(s.Timeout),
		AllowEmpty: s.AllowEmpty, Duplicates: destinations.DuplicatePolicy(s.OnDuplicate), Touch: s.Touch == "always",
		InsertWhere: s.ReplaceWhere, ExactlyOnce: s.ExactlyOnce,
		Mirror: destinations.Mirror{
			Scope: s.Mirror.Scope, Where: s.Mirror.Where, Tracked: s.Mirror.Strategy == "tracked", Atomic: s.Mirror.Atomic,
			Soft: s.Mirror.Deletes.Soft,
		},
		Metadata: destinations.Metadata{
			SyncedAt: s.MetadataColumns.SyncedAt, RunID: s.MetadataColumns.RunID, SyncName: s.MetadataColumns.SyncName,
		},
		Guards:      newGuards(s.Guards),
		DeadLetters: engine.DeadLetters{Values: s.DeadLetters.Values, KeepDays: s.DeadLetters.KeepDays, MaxRows: s.DeadLetters.MaxRows},
		Sensitive:   s.Sensitive,
	}
}

// newGuards turns limits that are not written into none.
func newGuards(g project.Guards) destinations.Guards {
	out := destinations.NoGuards()
	if g.MaxDeletes != nil {
		out.MaxDeletes = *g.MaxDeletes
	}
	if g.MaxCreates != nil {
		out.MaxCreates = *g.MaxCreates
	}
	if g.MaxDeletePct != nil {
		out.MaxDeletePct = *g.MaxDeletePct
	}
	if g.MaxUpdatesPct != nil {
		out.MaxUpdatesPct = *g.MaxUpdatesPct
	}
	return out
}
