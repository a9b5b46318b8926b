package engine

import (
	"time"

	"github.com/drt-go/drt/record"
)

// Status is how a sync ended.
type Status string

// The statuses.
const (
	StatusSuccess     Status = "success"
	StatusPartial     Status = "partial" // committed, and some rows were rejected
	StatusFailed      Status = "failed"
	StatusInterrupted Status = "interrupted"
	StatusSkipped     Status = "skipped" // not started: --fail-fast, or a signal before its turn
	StatusUnknown     Status = "unknown" // sent, reply lost
)

// Report is the one description of a run of a sync: terminal, JSON and history are views of it. A nil count was
// not reported by the destination.
type Report struct {
	Name        string
	SyncRunID   string
	Status      Status
	Mode        Mode
	Source      string // Describe
	Destination string // Target.Name
	Started     time.Time
	Duration    time.Duration
	DryRun      bool

	RowsExtracted int64  // read from the source
	RowsSkipped   int64  // left out: at or before the watermark and sent by an earlier run
	RowsFailed    int64  // rejected
	DeadLetters   int64  // of RowsFailed: kept with their values, so that `drt retry` sends them again
	RowsStaged    *int64 // as the destination counted them
	RowsSynced    *int64 // now in the target: accepted, less Duplicates
	RowsInserted  *int64
	RowsUpdated   *int64
	RowsDeleted   *int64
	RowsUnchanged *int64
	Duplicates    *int64
	Statements    *int64 // sent to the destination; 0 if it was never connected to
	Bytes         int64  // read from the source, in Arrow's memory format

	Watermark *record.Value   // in force after the run; nil if the mode has none
	Rejects   []record.Reject // the first MaxRejects; Row counts from 1 in the source's order
	Warnings  []string
	Notes     []string

	Err   error  // nil unless Status is failed, interrupted, unknown, or partial
	Stage string // where Err came from: "config", "lock", "extract", "connect", "load", "commit", "state"
}

// MaxRejects bounds Report.Rejects.
const MaxRejects = 100

// Progress is a snapshot of one running sync.
type Progress struct {
	Sync       string
	Rows       int64 // extracted so far
	Bytes      int64
	Doing      string // what is happening now, for people
	Statements int64
	Done       bool
}
