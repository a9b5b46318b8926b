package cli

import (
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/engine"
)

// runJSON is what `drt run --output json` prints: the names that scripts of the Python drt read, and more. A count
// that the destination did not report is null, never 0.
type runJSON struct {
	RunID     string     `json:"run_id"`
	Syncs     []syncJSON `json:"syncs"`
	Succeeded int        `json:"succeeded"`
	Failed    int        `json:"failed"`
	Skipped   int        `json:"skipped"`
	Total     float64    `json:"total_duration_seconds"`
	// Nothing ran: why, and every mistake in the project's files.
	Error    *string               `json:"error,omitempty"`
	Mistakes connector.Diagnostics `json:"config_errors,omitempty"`
}

type syncJSON struct {
	Name            string       `json:"name"`
	SyncRunID       string       `json:"sync_run_id"`
	Status          string       `json:"status"`
	Mode            string       `json:"mode"`
	RowsExtracted   int64        `json:"rows_extracted"`
	RowsStaged      *int64       `json:"rows_staged"`
	RowsSynced      *int64       `json:"rows_synced"`
	RowsInserted    *int64       `json:"rows_inserted"`
	RowsUpdated     *int64       `json:"rows_updated"`
	RowsDeleted     *int64       `json:"rows_deleted"`
	RowsUnchanged   *int64       `json:"rows_unchanged"`
	RowsFailed      int64        `json:"rows_failed"`
	RowsSkipped     int64        `json:"rows_skipped"`
	DeadLetters     int64        `json:"dead_letters"`
	Duplicates      *int64       `json:"duplicates"`
	Statements      *int64       `json:"statements"`
	Duration        float64      `json:"duration_seconds"`
	DryRun          bool         `json:"dry_run"`
	Error           *string      `json:"error"`
	ErrorType       *string      `json:"error_type"`
	ErrorStage      *string      `json:"error_stage"`
	ErrorSuggestion *string      `json:"error_suggestion"`
	Warnings        []string     `json:"warnings"`
	Notes           []string     `json:"notes"`
	Watermark       *string      `json:"watermark"`
	FailedRows      []rejectJSON `json:"failed_rows"`
}

type rejectJSON struct {
	Row    int64  `json:"row"`
	Column string `json:"column"`
	Reason string `json:"reason"`
	Key    string `json:"key"`
}

func newRunJSON(runID string, reports []*engine.Report, total time.Duration) runJSON {
	out := runJSON{RunID: runID, Syncs: make([]syncJSON, 0, len(reports)), Total: seconds(total)}
	for _, r := range reports {
		out.Syncs = append(out.Syncs, newSyncJSON(r))
	}
	n := tally(reports)
	out.Succeeded, out.Failed, out.Skipped = n.succeeded, n.failed, n.skipped
	return out
}

func newSyncJSON(r *engine.Report) syncJSON {
	s := syncJSON{
		Name: r.Name, SyncRunID: r.SyncRunID, Status: string(r.Status), Mode: string(r.Mode),
		RowsExtracted: r.RowsExtracted, RowsStaged: r.RowsStaged, RowsSynced: r.RowsSynced,
		RowsInserted: r.RowsInserted, RowsUpdated: r.RowsUpdated, RowsDeleted: r.RowsDeleted,
		RowsUnchanged: r.RowsUnchanged, RowsFailed: r.RowsFailed, RowsSkipped: r.RowsSkipped, DeadLetters: r.DeadLetters,
		Duplicates: r.Duplicates, Statements: r.Statements, Duration: seconds(r.Duration), DryRun: r.DryRun,
		Warnings: append([]string{}, r.Warnings...), Notes: append([]string{}, r.Notes...), FailedRows: []rejectJSON{},
	}
	if r.Err != nil {
		s.Error = text(r.Err.Error())
		s.ErrorType = text(string(connector.KindOf(r.Err)))
		s.ErrorStage = text(r.Stage)
		s.ErrorSuggestion = text(hintOf(r.Err))
	}
	if r.Watermark != nil {
		s.Watermark = text(r.Watermark.Text)
	}
	for _, x := range r.Rejects {
		s.FailedRows = append(s.FailedRows, rejectJSON{Row: x.Row, Column: x.Column, Reason: x.Reason, Key: x.Key})
	}
	return s
}

// text returns nil for "", which JSON shows as null.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func seconds(d time.Duration) float64 {
	return float64(d.Round(time.Millisecond)) / float64(time.Second)
}

// counts are how many syncs ended in which way.
type counts struct{ succeeded, failed, skipped int }

func tally(reports []*engine.Report) counts {
	var n counts
	for _, r := range reports {
		switch r.Status {
		case engine.StatusSuccess:
			n.succeeded++
		case engine.StatusSkipped:
			n.skipped++
		default:
			n.failed++
		}
	}
	return n
}
