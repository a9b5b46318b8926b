package engine

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

type reject = record.Reject

// storedReport is the part of a Report that the history keeps as JSON. Names stay: state files of users have them.
type storedReport struct {
	Source        string        `json:"source"`
	Destination   string        `json:"destination"`
	RowsExtracted int64         `json:"rows_extracted"`
	RowsSkipped   int64         `json:"rows_skipped"`
	RowsFailed    int64         `json:"rows_failed"`
	DeadLetters   int64         `json:"dead_letters"`
	RowsStaged    *int64        `json:"rows_staged"`
	RowsSynced    *int64        `json:"rows_synced"`
	RowsInserted  *int64        `json:"rows_inserted"`
	RowsUpdated   *int64        `json:"rows_updated"`
	RowsDeleted   *int64        `json:"rows_deleted"`
	RowsUnchanged *int64        `json:"rows_unchanged"`
	Duplicates    *int64        `json:"duplicates"`
	Statements    *int64        `json:"statements"`
	Bytes         int64         `json:"bytes"`
	Seconds       float64       `json:"duration_seconds"`
	Watermark     *record.Value `json:"watermark"`
	Rejects       []reject      `json:"rejects"`
	Warnings      []string      `json:"warnings"`
	Notes         []string      `json:"notes"`
}

// history turns a report into an entry of the history. scratch: something may be left behind.
func history(p *Report, scratch bool) state.Run {
	text, err := json.Marshal(storedReport{
		Source: p.Source, Destination: p.Destination, RowsExtracted: p.RowsExtracted, RowsSkipped: p.RowsSkipped, RowsFailed: p.RowsFailed, DeadLetters: p.DeadLetters,
		RowsStaged: p.RowsStaged, RowsSynced: p.RowsSynced, RowsInserted: p.RowsInserted, RowsUpdated: p.RowsUpdated,
		RowsDeleted: p.RowsDeleted, RowsUnchanged: p.RowsUnchanged, Duplicates: p.Duplicates, Statements: p.Statements, Bytes: p.Bytes,
		Seconds: p.Duration.Seconds(), Watermark: p.Watermark, Rejects: p.Rejects, Warnings: p.Warnings, Notes: p.Notes,
	})
	if err != nil {
		text = nil // no field of it can fail
	}
	r := state.Run{
		SyncRunID: p.SyncRunID, Sync: p.Name, Mode: string(p.Mode), Status: string(p.Status), Started: p.Started,
		Finished: p.Started.Add(p.Duration), Scratch: scratch, Report: text,
	}
	if p.Err != nil {
		r.Error, r.ErrorType, r.ErrorStage, r.ErrorSuggestion = p.Err.Error(), string(connector.KindOf(p.Err)), p.Stage, hintOf(p.Err)
	}
	return r
}

// ReportOf returns the report of a run in the history. Its Status may also be state.StatusRunning.
func ReportOf(r state.Run) (*Report, error) {
	var s storedReport
	if err := json.Unmarshal(r.Report, &s); err != nil {
		return nil, &connector.Error{Kind: connector.KindPermanent, Op: "read history", Message: "run " + r.SyncRunID + " has a damaged report", Err: err}
	}
	p := &Report{
		Name: r.Sync, SyncRunID: r.SyncRunID, Status: Status(r.Status), Mode: Mode(r.Mode), Source: s.Source, Destination: s.Destination,
		Started: r.Started, Duration: time.Duration(s.Seconds * float64(time.Second)),
		RowsExtracted: s.RowsExtracted, RowsSkipped: s.RowsSkipped, RowsFailed: s.RowsFailed, DeadLetters: s.DeadLetters, RowsStaged: s.RowsStaged,
		RowsSynced: s.RowsSynced, RowsInserted: s.RowsInserted, RowsUpdated: s.RowsUpdated, RowsDeleted: s.RowsDeleted,
		RowsUnchanged: s.RowsUnchanged, Duplicates: s.Duplicates, Statements: s.Statements, Bytes: s.Bytes,
		Watermark: s.Watermark, Rejects: s.Rejects, Warnings: s.Warnings, Notes: s.Notes, Stage: r.ErrorStage,
	}
	if r.Error != "" {
		p.Err = &connector.Error{Kind: connector.Kind(r.ErrorType), Message: r.Error, Hint: r.ErrorSuggestion, Err: errors.New(r.Error)}
	}
	return p, nil
}
