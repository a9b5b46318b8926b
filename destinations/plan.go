package destinations

import (
	"context"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

// Mode is how a commit changes the target.
type Mode string

// The modes.
const (
	ModeInsert  Mode = "insert"  // append every row
	ModeMerge   Mode = "merge"   // update the rows whose key exists, insert the others
	ModeMirror  Mode = "mirror"  // merge, then delete the rows whose key was not observed
	ModeReplace Mode = "replace" // the rows of this run become the whole table, in one commit
)

// Option is an ability beyond a mode, which a plan may ask for only if Capabilities lists it.
type Option string

// The options, each with the YAML that asks for it.
const (
	OptionMirrorScope   Option = "sync.mirror.scope"
	OptionMirrorWhere   Option = "sync.mirror.where"
	OptionMirrorTracked Option = "sync.mirror.strategy: tracked"
	OptionMirrorAtomic  Option = "sync.mirror.atomic"
	OptionMirrorSoft    Option = "sync.mirror.deletes: soft"
	OptionDuplicateFail Option = "sync.on_duplicate: fail"
	OptionTouch         Option = "sync.touch: always"
	OptionInsertWhere   Option = "sync.replace_where"
	OptionMetadata      Option = "sync.metadata_columns"
	OptionExactlyOnce   Option = "sync.exactly_once"
	OptionGuards        Option = "sync.guards"
	OptionDryRun        Option = "--dry-run"
)

// Capable is implemented by a config whose destination can do the same whatever the config says, so that
// `drt connectors NAME` shows the modes without a config.
type Capable interface{ Capabilities() Capabilities }

// Capabilities lists what a destination can do.
type Capabilities struct {
	Modes   []Mode
	Options []Option
}

// Plan is one run, as the destination sees it. It is read-only.
type Plan struct {
	Sync      string // name of the sync
	RunID     string // UUIDv7 of the invocation of `drt run`
	SyncRunID string // UUIDv7 of this sync in it: names scratch, signs commits
	Started   time.Time

	Mode   Mode
	Schema *arrow.Schema // the columns every batch has
	// SkipErrors is `on_error: skip`: the session may spend statements on finding bad rows that only the target
	// can judge. Rows it judges itself are returned as *RejectError either way.
	SkipErrors bool
	AllowEmpty bool // mirror and replace: an empty source means an empty target
	Duplicates DuplicatePolicy
	Touch      bool // update rows even if nothing differs
	DryRun     bool
	Mirror     Mirror
	// InsertWhere turns an insert into "replace the rows that match this predicate"; "" if not asked for.
	InsertWhere string
	ExactlyOnce bool
	Metadata    Metadata
	Guards      Guards
	// Sensitive are columns of Schema whose values must not appear in messages, keys of rejected rows and notes. They are
	// written like any other.
	Sensitive []string

	// DeadRuns are ids of earlier runs of this sync that ended without cleaning up: their scratch is swept.
	DeadRuns []string
	// Announce, if not nil, stores a change before its statement is sent for the first time. After an error the
	// statement is not sent: whatever happens later could not be settled.
	Announce func(context.Context, Change) error
	// Progress, if not nil, is called with what the session is doing; it returns at once.
	Progress func(Progress)
}

// DuplicatePolicy says what two rows of one key in one run mean.
type DuplicatePolicy string

// The policies.
const (
	DuplicateLast DuplicatePolicy = "last" // the last in source order wins; the others are counted
	DuplicateFail DuplicatePolicy = "fail" // the run fails and names up to ten keys
)

// Mirror narrows what a mirror may delete.
type Mirror struct {
	Scope   []string // delete only rows whose values here appeared in this run
	Where   string   // delete only rows that match; the model's rows must match too
	Tracked bool     // delete only keys that drt itself sent before
	Atomic  bool     // upsert and delete in one commit
	Soft    string   // column to set instead of deleting; "" = delete
}

// Metadata names columns that the destination adds; "" = not asked for.
type Metadata struct{ SyncedAt, RunID, SyncName string }

// Guards stop a run before the target changes. A negative limit is none.
type Guards struct {
	MaxDeletes, MaxCreates      int64
	MaxDeletePct, MaxUpdatesPct float64
	AllowDeletes                int64 // --allow-deletes of this invocation; -1 = not given
}

// NoGuards never stop a run.
func NoGuards() Guards {
	return Guards{MaxDeletes: -1, MaxCreates: -1, MaxDeletePct: -1, MaxUpdatesPct: -1, AllowDeletes: -1}
}

// Progress is a snapshot for people.
type Progress struct {
	Doing      string // what the target is doing now: "staging", "MERGE", "waiting for the warehouse to start"
	Statements int64  // sent so far in this session
	Bytes      int64  // staged so far, as they left this machine
}
