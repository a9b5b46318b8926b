package destinations

import (
	"context"
	"errors"
	"time"
)

// Change is a statement that is about to change the target, as the journal keeps it: what is needed to find out
// afterwards whether it happened. Strings and numbers only: it is stored.
type Change struct {
	Kind      string `json:"kind"`                // "MERGE", "DELETE", "INSERT", "INSERT OVERWRITE"
	Target    string `json:"target"`              // full name
	Scratch   string `json:"scratch,omitempty"`   // full name of what it reads; "" if it carries its rows
	Version   *int64 `json:"version,omitempty"`   // of the target before it; nil: not asked for
	Staged    int64  `json:"staged"`              // rows
	Signature string `json:"signature,omitempty"` // what the target's own log then holds of it; "" if it holds nothing
	Keys      string `json:"keys,omitempty"`      // full name of the table of keys that goes with it, of a tracked mirror
	To        *int64 `json:"to,omitempty"`        // of an undo: the version that comes back
	Undoes    string `json:"undoes,omitempty"`    // of an undo: the sync run that it takes back
	LastRun   string `json:"last_run,omitempty"`  // that signed the newest commit of this sync, if the log was asked
}

// Settler is a Destination that can find out what became of a change whose reply was lost. Where it cannot, it says so:
// it never guesses, and it never sends the change again.
type Settler interface {
	// Settle decides u. Afterwards the change has happened or never will, unless the outcome is Ambiguous.
	Settle(ctx context.Context, u Unsettled) (Settlement, error)
}

// Unsettled is a run that ended between sending a change and knowing its outcome.
type Unsettled struct {
	Sync      string
	SyncRunID string
	Mode      Mode
	Change    Change // the last one that was sent
	Sent      time.Time
}

// ErrNotCommitted is wrapped by an error of Commit that says: the reply to a change was lost, and it is settled that it did
// not happen and never will. The whole run may be sent again.
var ErrNotCommitted = errors.New("not committed")

// Outcome is what became of a change.
type Outcome string

// The outcomes.
const (
	Committed    Outcome = "committed"
	NotCommitted Outcome = "not_committed" // and it never will be
	Ambiguous    Outcome = "ambiguous"     // the evidence allows both
)

// Settlement is the outcome of a change, with its proof.
type Settlement struct {
	Outcome  Outcome
	Evidence string // for people: "version 17 of main.default.users carries its signature"
	Result   Result // counts, of a committed change, where the target's log has them
}

// Historian is a Destination whose target remembers the runs that wrote to it.
type Historian interface {
	// Remembered returns the newest signed commit of sync in the target's log that carries a watermark, else the newest
	// signed one; nil if there is none.
	Remembered(ctx context.Context, sync string) (*Remembered, error)
}

// Remembered is a commit that the target's log knows.
type Remembered struct {
	SyncRunID string
	Version   int64
	At        time.Time
	Watermark string // Commit.Watermark of then; "" if it had none
}

// Undoer is a Destination that can take a run back.
type Undoer interface {
	// Undo brings the target back to what it was before run, if nothing else has written since: otherwise it is an
	// error of kind conflict that says who wrote, and nothing changes. Undoing a run that is undone is no error.
	Undo(ctx context.Context, run UndoRun) (Undone, error)
}

// UndoRun names the changes of a run.
type UndoRun struct {
	Sync      string
	SyncRunID string
	Changes   []Change // in the order they were sent
	// Announce, if not nil, stores the change of the undo itself before it is sent.
	Announce func(context.Context, Change) error
}

// Undone says what an undo did.
type Undone struct {
	From, To int64 // versions of the target: To is in force again, as a version of its own
	Notes    []string
}

// Differ is a Destination that can show what a run would change, without changing it.
type Differ interface {
	// OpenDiff prepares like Open; rows go in by Write, and Diff takes the place of Commit.
	OpenDiff(ctx context.Context, p Plan) (DiffSession, error)
}

// DiffSession is one comparison. It is used by one goroutine.
type DiffSession interface {
	Session
	// Diff returns at most rows changed rows of each kind, and the counts of all. Rows of a replace have no identity but
	// their values: one that is there already and comes again is unchanged.
	Diff(ctx context.Context, c Commit, rows int) (Diff, error)
}

// Diff is what a run would change. A nil count cannot be told.
type Diff struct {
	Inserted, Updated, Deleted, Unchanged *int64
	Columns                               []string // of Rows, in the order of the model
	Rows                                  []RowDiff
	Notes                                 []string
}

// RowDiff is one row before and after; nil is NULL.
type RowDiff struct {
	Change   string    // "insert", "update", "delete"
	Key      []*string // nil without upsert_key
	Old, New []*string // by Diff.Columns; nil for an insert's Old and a delete's New
}
