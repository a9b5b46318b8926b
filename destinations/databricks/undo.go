package databricks

import (
	"context"
	"fmt"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

var _ destinations.Undoer = (*Destination)(nil)

// shownWriters is how many versions of others a refusal names.
const shownWriters = 5

// Undo implements destinations.Undoer: RESTORE to the version before the run, if all versions since are the run's own, or
// rewrite files and change no row. A run that is undone already is no error: a reply that was lost, or a state that could
// not be saved, leaves one behind.
func (d *Destination) Undo(ctx context.Context, run destinations.UndoRun) (destinations.Undone, error) {
	t := d.cfg.target()
	for _, c := range run.Changes {
		if c.Target != t.plain() {
			return destinations.Undone{}, undoError(connector.KindConflict, "undo it by hand, or with the sync as it was then",
				"run %s wrote to %s, the sync now writes to %s", run.SyncRunID, c.Target, t.plain())
		}
	}
	w, err := d.connect(ctx, queryTags(run.Sync, "", run.SyncRunID), nil)
	if err != nil {
		return destinations.Undone{}, err
	}
	defer func() { _ = w.close() }()
	w.run = run.SyncRunID
	log, err := w.history(ctx, t, 0, 0)
	if err != nil {
		return destinations.Undone{}, err
	}
	p, err := planUndo(t, log, run)
	if err != nil || p.done {
		return p.undone(nil), err
	}
	notes, err := d.forgetKeys(ctx, w, run)
	if err != nil {
		return destinations.Undone{}, err
	}
	if run.Announce != nil {
		if err := run.Announce(ctx, destinations.Change{Kind: kindRestore, Target: t.plain(), Version: &p.from, To: &p.to}); err != nil {
			return destinations.Undone{}, err
		}
	}
	if err := w.restore(ctx, p); err != nil {
		return destinations.Undone{}, err
	}
	return p.undone(notes), nil
}

// undoPlan takes the versions after to, up to from, back.
type undoPlan struct {
	from, to int64
	done     bool // it has happened
}

func (p undoPlan) undone(notes []string) destinations.Undone {
	return destinations.Undone{From: p.from, To: p.to, Notes: notes}
}

// planUndo reads in the log of t, newest first, what undoing run means.
func planUndo(t table, log []version, run destinations.UndoRun) (undoPlan, error) {
	now := standing(log)
	mine, err := versionsOf(t, now, run)
	if err != nil {
		return undoPlan{}, err
	}
	if len(mine) == 0 {
		if before, err := versionsOf(t, log, run); err == nil && len(before) > 0 {
			return undoPlan{from: newest(log), to: lowest(before) - 1, done: true}, nil
		}
		return undoPlan{}, notInLog(t, log, run)
	}
	p := undoPlan{from: newest(log), to: lowest(mine) - 1}
	var others []string
	for _, v := range now {
		if v.number > p.to && !mine[v.number] && !v.harmless() {
			others = append(others, v.describe(t))
		}
	}
	if len(others) > 0 {
		return p, writtenSince(t, run, others)
	}
	if !contains(log, p.to) {
		return p, undoError(connector.KindNotFound, "its rows have to be mended by hand",
			"version %d of %s, from before run %s, is not in its history any more", p.to, t.plain(), run.SyncRunID)
	}
	return p, nil
}

func lowest(versions map[int64]bool) int64 {
	low := int64(-1)
	for n := range versions {
		if low < 0 || n < low {
			low = n
		}
	}
	return low
}

func contains(log []version, number int64) bool {
	for _, v := range log {
		if v.number == number {
			return true
		}
	}
	return false
}

func notInLog(t table, log []version, run destinations.UndoRun) error {
	if len(log) > 0 && !contains(log, 0) {
		return undoError(connector.KindNotFound, "a version that is not in the history cannot be brought back",
			"the history of %s has no version of run %s: it was cut, and begins at version %d", t.plain(), run.SyncRunID, log[len(log)-1].number)
	}
	return undoError(connector.KindNotFound, "there is nothing to undo in it", "the history of %s has no version of run %s", t.plain(), run.SyncRunID)
}

func writtenSince(t table, run destinations.UndoRun, others []string) error {
	more := ""
	if n := len(others) - shownWriters; n > 0 {
		others, more = others[:shownWriters], fmt.Sprintf(", and %d more", n)
	}
	return undoError(connector.KindConflict, "undo what came later first (drt undo takes a run of drt), or mend the rows by hand: RESTORE would take all of that back, too",
		"others have written to %s since run %s: %s%s; nothing was changed", t.plain(), run.SyncRunID, strings.Join(others, ", "), more)
}

// versionsOf finds what run has committed: by its signature, and what cannot sign by its kind and size since the version
// that was noted before it.
func versionsOf(t table, log []version, run destinations.UndoRun) (map[int64]bool, error) {
	mine := map[int64]bool{}
	for _, v := range log {
		if v.by(run.SyncRunID) {
			mine[v.number] = true
		}
	}
	for _, c := range run.Changes {
		if c.Signature != "" {
			continue
		}
		if c.Version == nil {
			return nil, undoError(connector.KindNotFound, "mend its rows by hand", "run %s wrote to %s without a signature, and the version before it is not known", run.SyncRunID, t.plain())
		}
		like := writesLike(log, c)
		if len(like) > 1 {
			var which []string
			for _, v := range like {
				which = append(which, v.describe(t))
			}
			return nil, writtenSince(t, run, which)
		}
		for _, v := range like {
			mine[v.number] = true
		}
	}
	return mine, nil
}

// forgetKeys drops the keys that a tracked mirror remembers: they are not those of the version that comes back. The next
// run takes a baseline and deletes nothing. It comes first: a run between the two deletes too little, never too much.
func (d *Destination) forgetKeys(ctx context.Context, w *warehouse, run destinations.UndoRun) (notes []string, err error) {
	keys := d.cfg.scratchSchema()
	for _, c := range run.Changes {
		if c.Keys == "" || len(notes) > 0 {
			continue
		}
		name, ours := strings.CutPrefix(c.Keys, keys.plainNamespace()+".")
		if !ours || !strings.HasPrefix(name, sentPrefix) {
			return nil, undoError(connector.KindConflict, "drop that table, then undo", "run %s kept its keys in %s, the sync now stages in %s", run.SyncRunID, c.Keys, keys.plainNamespace())
		}
		keys.name = ident(name)
		if err := w.define(ctx, "drop "+keys.plain(), statement{text: dropSQL(keys)}, onScratch); err != nil {
			return nil, err
		}
		notes = append(notes, "mirror.strategy tracked: the keys in "+keys.plain()+" were forgotten; the next run takes them anew, and deletes nothing")
	}
	return notes, nil
}

func (t table) plainNamespace() string { return string(t.catalog) + "." + string(t.schema) }

// restoreSQL makes an old version the newest.
func restoreSQL(t table, to int64) statement {
	return statement{text: fmt.Sprintf("RESTORE TABLE %s TO VERSION AS OF %d", t, to)}
}

// restore sends p and looks at what came of it: at a reply that was lost, and at a write of somebody else which the
// history did not have when it was read.
func (w *warehouse) restore(ctx context.Context, p undoPlan) error {
	_, cause := w.commit(ctx, kindRestore, restoreSQL(w.target, p.to))
	if cause != nil && connector.KindOf(cause) != connector.KindUnknown {
		return cause
	}
	if cause != nil && !w.again(ctx) {
		return cause
	}
	log, err := w.history(ctx, w.target, 0, p.from+1)
	if err != nil {
		if cause != nil {
			return cause
		}
		return undoError(connector.KindUnknown, "run the same command again: it finds out", "the run was undone, but what others did meanwhile could not be read: %s", err)
	}
	at := restoredAt(log, p.to)
	if at < 0 {
		if cause != nil {
			return cause
		}
		return undoError(connector.KindPermanent, "look at "+historySQL(w.target, 0).text, "the history of %s does not show the RESTORE", w.target.plain())
	}
	for _, v := range log {
		if v.number < at && !v.harmless() {
			return w.giveBack(ctx, v, at)
		}
	}
	return nil
}

// giveBack brings a write back that came between the look at the history and the RESTORE.
func (w *warehouse) giveBack(ctx context.Context, v version, at int64) error {
	if _, err := w.commit(ctx, kindRestore, restoreSQL(w.target, at-1)); err != nil {
		return undoError(connector.KindPermanent, "bring it back: "+restoreSQL(w.target, at-1).text, "the undo took a write of somebody else with it, %s, which could not be brought back: %s", v.describe(w.target), err)
	}
	return undoError(connector.KindConflict, "look at what it wrote, then try again", "somebody else wrote meanwhile, %s; the table is as it was before the undo", v.describe(w.target))
}

func undoError(kind connector.Kind, hint, message string, args ...any) error {
	return &connector.Error{Kind: kind, Op: "undo", Message: fmt.Sprintf(message, args...), Hint: hint}
}
