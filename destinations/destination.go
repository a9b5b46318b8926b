// Package destinations holds the contract of a destination: where rows go.
//
// A Spec announces a destination (name, config, constructor), a Registry lists the specs of one binary, a
// Destination is built from YAML without I/O, a Session is one run's work on one target. Prove an implementation
// with destinations/destinationtest; the guide is docs/guides/write-a-destination.md.
package destinations

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
)

// Destination is a target to write to, built without I/O. It is safe for concurrent use; its sessions are not.
type Destination interface {
	// Target says what the config says.
	Target() Target
	// Capabilities says what this destination can do. What is not listed is refused at validate time.
	Capabilities() Capabilities
	// Open prepares one run: it connects, and checks p.Schema against the target before anything is written.
	// Errors are *connector.Error; after an error nothing is left behind.
	Open(ctx context.Context, p Plan) (Session, error)
}

// Target is what a destination's config says of where and how to write.
type Target struct {
	Name string   // for people: "databricks (main.default.user_scores)". No secret.
	Mode Mode     // the config's `mode`
	Set  bool     // whether `mode` is written in the YAML, or is the default
	Key  []string // `upsert_key`, in order; nil if none
}

// Session is one run's work on one target. It is used by one goroutine.
type Session interface {
	// Write stages b; the target does not change. b has the columns of Plan.Schema in order and 1 or more rows; no
	// reference to it is kept. Rows the target cannot hold: *RejectError (positions in b, from 0), the others are
	// staged. After any other error only Close may be called.
	Write(ctx context.Context, b arrow.RecordBatch) error
	// Commit makes all that was staged visible, once, in the way of Plan.Mode. It is called at most once, only
	// after the source has ended for certain. An error of kind unknown_outcome says that it may have happened.
	// With Plan.DryRun it counts what it would do, and changes nothing.
	Commit(ctx context.Context, c Commit) (Result, error)
	// Close frees everything and removes what was staged. Idempotent. Without a Commit the target is as before Open.
	// An error says that something was left behind, never that the commit failed.
	Close() error
}

// Commit is what the engine knows at the end of the source.
type Commit struct {
	// Unobserved counts rows that were rejected before Write saw them, so that their keys are unknown: if it is
	// not 0, a mirror must not delete in this run, and must say so in Result.Warnings (case W7).
	Unobserved int64
	// Watermark is what state will hold after this commit, as JSON; "" if the mode has none. A destination that can
	// write it into the target's own log with the data does so.
	Watermark string
	// Revise, if not nil, is called as soon as rows are found that only the target could judge, before anything is
	// committed without them: it returns Watermark anew. rejects are those of Result.Rejects so far.
	Revise func(rejects []Reject) (watermark string, err error)
}

// RejectError is returned by Write for rows that the target cannot hold.
type RejectError struct{ Rejects []Reject }

// Result is what a commit did. A nil count was not reported by the target; it is never guessed.
type Result struct {
	Staged     *int64 // rows in scratch before the commit, as the target counted them
	Inserted   *int64
	Updated    *int64
	Deleted    *int64
	Unchanged  *int64 // rows that were there already and do not differ
	Duplicates *int64 // rows of a key that a later row of this run replaced
	// Rejects are rows that only the target could judge, found after Write had taken them: they are not in the target.
	// Row counts from 0 over all rows that Write saw in this session. Only with Plan.SkipErrors.
	Rejects  []Reject
	Warnings []string
	Notes    []string // choices worth a line in the report: "loader json: no volume is configured"
}

// Checker is a Destination that `drt check` can try: it connects, asks for as little as possible, and says what is
// missing with the GRANT or ALTER that mends it. schema is the model's, or nil if it is not known.
type Checker interface {
	Check(ctx context.Context, schema *arrow.Schema) ([]Finding, error)
}

// Finding is one line of a check.
type Finding struct {
	OK      bool
	Subject string // "SELECT 1", "target main.default.users"
	Detail  string
	Hint    string // the statement or setting that mends it; "" if OK
}

// Cleaner is a Destination that leaves things behind when a run is killed.
type Cleaner interface {
	// Leftovers lists scratch of all runs on this target's schema, oldest first.
	Leftovers(ctx context.Context) ([]Leftover, error)
	// Remove removes one of them. The caller has made sure that no live run uses it.
	Remove(ctx context.Context, l Leftover) error
}

// Leftover is scratch that a run left behind.
type Leftover struct {
	Name     string // full, for people and for Remove
	SyncRun  string // the id of the run it belongs to: a UUIDv7, so it tells its age
	Location string // "table", "volume file", "temporary file"
}
