package state

import (
	"context"
	"fmt"

	"zombiezen.com/go/sqlite"

	"github.com/drt-go/drt/connector"
)

// MaxExport bounds what Import reads: 10 million remembered rows are less.
const MaxExport = 1 << 30

// Import stores what Export wrote, all of it or nothing. What the state knows itself stays: runs and changes that it has,
// and changes that a later run of the same sync has left behind. A watermark that was saved after the one of the export
// is not replaced, and is an error, unless force is true. A live run of a sync of the export is a *HeldError.
func (s *Store) Import(ctx context.Context, text []byte, force bool) (Carried, error) {
	e, err := decodeExport(text)
	if err != nil {
		return Carried{}, &connector.Error{
			Kind: connector.KindPermanent, Op: "import state", Message: err.Error() + "; nothing was imported",
			Hint: "export it again with `drt state export FILE`, where the state is whole", Err: err,
		}
	}
	var done Carried
	err = s.write(ctx, func(conn *sqlite.Conn) error {
		done = Carried{}
		for _, name := range e.syncs() {
			if err := s.idle(conn, name); err != nil {
				return err
			}
		}
		if err := s.importWatermarks(conn, e, force, &done); err != nil {
			return err
		}
		if err := importChanges(conn, e, &done); err != nil {
			return err
		}
		return importRuns(conn, e, &done)
	})
	if err != nil {
		return Carried{}, err
	}
	return done, nil
}

func (e *export) syncs() []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	for _, w := range e.Watermarks {
		add(w.Sync)
	}
	for _, r := range e.Runs {
		add(r.Sync)
	}
	for _, c := range e.Changes {
		add(c.Sync)
	}
	return names
}

func (s *Store) importWatermarks(conn *sqlite.Conn, e *export, force bool, done *Carried) error {
	for _, w := range e.Watermarks {
		saved := ""
		err := fetch(conn, `SELECT saved_at FROM watermarks WHERE sync = ?`, func(stmt *sqlite.Stmt) { saved = stmt.ColumnText(0) }, w.Sync)
		if err != nil {
			return err
		}
		if imported := timeText(w.Saved); saved > imported && !force {
			return &connector.Error{
				Kind: connector.KindConflict, Op: "import state",
				Message: fmt.Sprintf("the watermark of sync %s was saved at %s, after the one of the export (%s); nothing was imported", w.Sync, saved, imported),
				Hint:    "rows sent since would be sent again; if that is meant: drt state import --force",
			}
		}
		if err := putWatermarkAt(conn, Run{Sync: w.Sync, SyncRunID: w.SyncRunID}, w.Watermark, w.Saved); err != nil {
			return err
		}
		done.Watermarks++
	}
	return nil
}

// importChanges comes before the runs: a change that the local history has gone beyond is settled, or was pruned.
func importChanges(conn *sqlite.Conn, e *export, done *Carried) error {
	for _, c := range e.Changes {
		mark, err := watermarkText(c.Watermark)
		if err != nil {
			return err
		}
		previous, err := watermarkText(c.Previous)
		if err != nil {
			return err
		}
		sent := timeText(c.Sent)
		err = fetch(conn, `INSERT INTO commits (sync_run_id, n, sync, mode, change, watermark, previous, sent_at, outcome, evidence)
			SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
			WHERE NOT EXISTS (SELECT 1 FROM commits WHERE sync_run_id = ?1 AND n = ?2)
			AND NOT EXISTS (SELECT 1 FROM runs WHERE sync = ?3 AND sync_run_id <> ?1 AND started_at > ?8)`, nil,
			c.SyncRunID, c.N, c.Sync, c.Mode, string(c.Change), mark, previous, sent, c.Outcome, c.Evidence)
		if err != nil {
			return err
		}
		done.Changes += conn.Changes()
	}
	return nil
}

func importRuns(conn *sqlite.Conn, e *export, done *Carried) error {
	for _, r := range e.Runs {
		if r.Status == StatusRunning {
			// Nobody here runs it.
			r.Status, r.ErrorType, r.Finished = StatusInterrupted, "interrupted", &e.Exported
			r.Error = "it was running when its state was exported; nothing here knows how it ended"
		}
		var finished any
		if r.Finished != nil {
			finished = timeText(*r.Finished)
		}
		err := fetch(conn, `INSERT OR IGNORE INTO runs (sync_run_id, run_id, sync, mode, status, started_at, finished_at, host, pid,
			error, error_type, error_stage, error_suggestion, scratch, report) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, nil,
			r.SyncRunID, r.RunID, r.Sync, r.Mode, r.Status, timeText(r.Started), finished, r.Host, r.PID,
			r.Error, r.ErrorType, r.ErrorStage, r.ErrorSuggestion, r.Scratch, string(r.Report))
		if err != nil {
			return err
		}
		done.Runs += conn.Changes()
	}
	return nil
}
