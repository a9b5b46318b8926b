package project

import (
	"errors"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
)

// Sync is one file of syncs/, its source and destination built. It is read-only.
type Sync struct {
	Name        string
	Description string
	Tags        []string
	Profile     string // name of the profile in force
	Model       string // SQL, or "" where the source needs none
	Origin      string // where Model is written: "syncs/users.yml:3", "syncs/models/users.sql"
	Source      sources.Source
	Destination destinations.Destination
	Settings    Settings // the key `sync`
	File        string   // "syncs/users.yml"

	node *connector.Node
}

// Position returns where the key path of the sync's file ("sync.mode") is written; if it is not, where the nearest key
// above it is.
func (s *Sync) Position(path string) connector.Range { return s.node.Position(path) }

// Diagnose turns mistakes that somebody else found in the sync into diagnostics at their place in its file.
func (s *Sync) Diagnose(errs ...*connector.FieldError) connector.Diagnostics {
	var ds connector.Diagnostics
	for _, err := range errs {
		ds = append(ds, s.node.Diagnose(err)...)
	}
	return ds
}

// syncFile is a file of syncs/.
type syncFile struct {
	Name        string          `yaml:"name" validate:"required" doc:"name of the sync, unique in the project"`
	Description string          `yaml:"description" doc:"what it is for"`
	Model       string          `yaml:"model" doc:"SQL in the source's dialect; or a file, users.sql, in the project or in syncs/models; or ref('users')"`
	Profile     string          `yaml:"profile" doc:"profile to read from, instead of the project's"`
	Destination *connector.Node `yaml:"destination" validate:"required,structonly" type:"object" doc:"where rows go: the key type and that type's own keys"`
	Sync        Settings        `yaml:"sync" doc:"how rows are sent"`
	Tags        []string        `yaml:"tags" validate:"dive,required" doc:"labels for --tag"`
}

// Settings are the key `sync` of a sync's file.
type Settings struct {
	Mode            string             `yaml:"mode" validate:"oneof=full incremental upsert mirror replace" default:"full" doc:"full sends all rows, incremental those after the last cursor value; upsert updates by key; mirror also deletes what the model no longer has; replace makes the rows the whole table"`
	CursorField     string             `yaml:"cursor_field" doc:"column that grows with time; incremental needs it"`
	BatchSize       int                `yaml:"batch_size" validate:"gt=0,lte=1000000" default:"10000" doc:"rows that go through drt at once; statements do not depend on it"`
	OnError         string             `yaml:"on_error" validate:"oneof=fail skip" default:"fail" doc:"what a row does that the target cannot hold: fail the sync, or be left out, counted and kept for drt retry"`
	Timeout         connector.Duration `yaml:"timeout" validate:"gte=0" doc:"the sync stops after this time, as after a signal: \"30 minutes\""`
	AllowEmpty      bool               `yaml:"allow_empty" default:"false" doc:"mirror and replace: an empty model empties the target"`
	OnDuplicate     string             `yaml:"on_duplicate" validate:"oneof=last fail" default:"last" doc:"two rows of one key: the last wins, or the sync fails"`
	Touch           string             `yaml:"touch" validate:"oneof=changed always" default:"changed" doc:"update only rows that differ, or every row"`
	Mirror          Mirror             `yaml:"mirror" doc:"what a mirror may delete"`
	ReplaceWhere    string             `yaml:"replace_where" doc:"insert: replace the rows of the target that match this predicate"`
	ExactlyOnce     bool               `yaml:"exactly_once" default:"false" doc:"insert: commit in a form that a lost reply leaves no doubt about"`
	Guards          Guards             `yaml:"guards" doc:"limits that stop the sync before the target changes"`
	Sensitive       []string           `yaml:"sensitive" validate:"unique,dive,required" doc:"columns whose values drt shows nowhere: not in diffs, dead letters, keys or messages; they are written like any other"`
	MetadataColumns MetadataColumns    `yaml:"metadata_columns" doc:"columns that drt adds"`
	DeadLetters     DeadLetters        `yaml:"dead_letters" doc:"on_error: skip: what is kept of the rows that are left out, for drt retry"`
}

// DeadLetters say what is kept of rejected rows.
type DeadLetters struct {
	Values   bool `yaml:"values" default:"true" doc:"keep the rows themselves, so that they can be sent again; false keeps only why they were left out"`
	KeepDays int  `yaml:"keep_days" validate:"gte=0" default:"30" doc:"days that a row is kept; 0 keeps it for good"`
	MaxRows  int  `yaml:"max_rows" validate:"gte=0,lte=100000" default:"10000" doc:"rows that are kept; 0 keeps none"`
}

// Mirror says what a mirror may delete, and how.
type Mirror struct {
	Scope    []string `yaml:"scope" validate:"unique,dive,required" doc:"delete only rows whose values in these columns appeared in this run"`
	Where    string   `yaml:"where" doc:"delete only rows that match this predicate; the model's rows must match it too"`
	Strategy string   `yaml:"strategy" validate:"oneof=destination tracked" default:"destination" doc:"delete what the model no longer has, or only that of it which drt itself sent"`
	Atomic   bool     `yaml:"atomic" default:"false" doc:"update and delete in one commit"`
	Deletes  Deletes  `yaml:"deletes" enum:"hard soft" default:"hard" doc:"delete rows, or set a column: soft sets _drt_deleted_at, {soft: column} one of your own"`
}

// DefaultSoftColumn is the column that `deletes: soft` sets.
const DefaultSoftColumn = "_drt_deleted_at"

// Deletes is `hard`, `soft` or `{soft: column}`.
type Deletes struct {
	Soft string `yaml:"soft" validate:"omitempty" doc:"column that is set to the time of the run instead of deleting the row"`
}

// UnmarshalText implements encoding.TextUnmarshaler for the short forms.
func (d *Deletes) UnmarshalText(text []byte) error {
	switch string(text) {
	case "hard":
		d.Soft = ""
	case "soft":
		d.Soft = DefaultSoftColumn
	default:
		return errors.New("expected hard, soft or {soft: column}")
	}
	return nil
}

// Guards are limits that stop a sync before the target changes; nil is no limit.
type Guards struct {
	MaxCreates    *int64   `yaml:"max_creates" validate:"omitempty,gte=0" doc:"rows that may be inserted"`
	MaxDeletes    *int64   `yaml:"max_deletes" validate:"omitempty,gte=0" doc:"rows that may be deleted"`
	MaxDeletePct  *float64 `yaml:"max_delete_pct" validate:"omitempty,gte=0,lte=100" doc:"share of the target's rows that may be deleted, in percent, from 100 rows on; unless it is written, 20 for a mirror or a replace whose destination has guards; 100 turns it off"`
	MaxUpdatesPct *float64 `yaml:"max_updates_pct" validate:"omitempty,gte=0,lte=100" doc:"share of the target's rows that may be updated, in percent, from 100 rows on"`
}

// MetadataColumns name columns that drt adds; "" is not asked for.
type MetadataColumns struct {
	SyncedAt string `yaml:"synced_at" doc:"column for the time of the run"`
	RunID    string `yaml:"run_id" doc:"column for the id of the run"`
	SyncName string `yaml:"sync_name" doc:"column for the name of the sync"`
}

func newSyncFile() syncFile {
	return syncFile{Sync: Settings{
		Mode: "full", BatchSize: 10_000, OnError: "fail", OnDuplicate: "last", Touch: "changed",
		Mirror:      Mirror{Strategy: "destination"},
		DeadLetters: DeadLetters{Values: true, KeepDays: 30, MaxRows: 10_000},
	}}
}
