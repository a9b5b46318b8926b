package engine

import (
	"time"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/state"
)

// Mode is `sync.mode`.
type Mode string

// The modes, as users of the Python drt know them.
const (
	ModeFull        Mode = "full"
	ModeIncremental Mode = "incremental"
	ModeUpsert      Mode = "upsert"
	ModeMirror      Mode = "mirror"
	ModeReplace     Mode = "replace"
	ModeRetry       Mode = state.ModeRetry // of no sync: what Retry reports
)

// OnError is `sync.on_error`.
type OnError string

// The policies for a row that cannot be taken.
const (
	OnErrorFail OnError = "fail"
	OnErrorSkip OnError = "skip"
)

// Job is one sync, ready to run: everything is validated and built, nothing is open. It is read-only.
type Job struct {
	Name        string
	Model       string // SQL; "" where the source needs none
	Origin      string // where Model is written
	Source      sources.Source
	Destination destinations.Destination

	Mode        Mode
	CursorField string
	BatchSize   int // rows a batch
	OnError     OnError
	Timeout     time.Duration // 0 = none

	AllowEmpty  bool
	Duplicates  destinations.DuplicatePolicy
	Touch       bool
	InsertWhere string
	ExactlyOnce bool
	Mirror      destinations.Mirror
	Metadata    destinations.Metadata
	Guards      destinations.Guards
	// Sensitive are columns whose values nothing that drt prints may show.
	Sensitive   []string
	DeadLetters DeadLetters

	as destinations.Mode // of a retry: the write mode, whatever Mode is; "" = what Mode says
}

// DeadLetters is `sync.dead_letters`: what is kept of the rows that are rejected. Its zero value keeps nothing.
type DeadLetters struct {
	Values   bool // keep the rows themselves, so that they can be sent again
	KeepDays int  // 0 = for good
	MaxRows  int  // that a sync may have; 0 = none
}

// Options are one invocation's: the flags of `drt run`.
type Options struct {
	RunID  string // UUIDv7
	Limit  int64  // 0 = none
	DryRun bool
	// AllowDeletes is how many deletes the guards let pass in this invocation; nil = what they say.
	AllowDeletes *int64
	FullRefresh  bool // incremental: forget the watermark for this run, and save a new one
	// Rebuild lets an incremental sync that state knows nothing of go on from the watermark in its target's log.
	Rebuild bool
	Version string
	// Grace is how long the run may take to stop after a signal or a deadline: four fifths of it are a commit's that has
	// begun, what remains but for a last tenth is the clean-up's; 0 = DefaultGrace.
	Grace time.Duration
	// History bounds the history when RunAll ends; nil = state.DefaultRetention. One run = only the last of each sync.
	History *state.Retention
	// Progress, if not nil, is called from any goroutine with the state of the run; it returns at once.
	Progress func(Progress)
}

// DefaultGrace is how long a run may take to stop after it was told to.
const DefaultGrace = 10 * time.Second
