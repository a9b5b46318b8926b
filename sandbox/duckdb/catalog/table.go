// Package catalog keeps the catalogs, schemas and tables of the embedded engine: in memory for look-ups, in the DuckDB
// file for the next start. A table is a log of commits, as in Delta; its rows live in a DuckDB table whose columns
// v_from and v_to say in which versions a row is part of the table, so every version can still be read.
package catalog

import (
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Forever is v_to of a row that is in the newest version.
const Forever = "9223372036854775807"

// Column is a column of a table.
type Column struct {
	Name      string
	Type      sqltype.Type `json:"-"`
	TypeText  string
	NotNull   bool      `json:",omitempty"`
	Default   string    `json:",omitempty"` // SQL text
	Comment   string    `json:",omitempty"`
	Generated string    `json:",omitempty"` // SQL text
	Identity  *Identity `json:",omitempty"`
	Physical  string    // in the DuckDB table
}

// Identity is an identity column.
type Identity struct {
	Always      bool
	Start, Step int64
}

// Check is a CHECK constraint.
type Check struct{ Name, Text string }

// Metadata is what a version of a table is, besides its rows. It is never changed: a change makes a new one.
type Metadata struct {
	Columns     []Column
	PartitionBy []string          `json:",omitempty"`
	ClusterBy   []string          `json:",omitempty"`
	PrimaryKey  []string          `json:",omitempty"`
	Comment     string            `json:",omitempty"`
	Properties  map[string]string `json:",omitempty"`
	Checks      []Check           `json:",omitempty"`
	Physical    string            // the DuckDB table
	NextColumn  int
	Created     time.Time
}

// Clone returns a copy whose columns, checks and properties can be changed.
func (m *Metadata) Clone() *Metadata {
	c := *m
	c.Columns = append([]Column(nil), m.Columns...)
	c.Checks = append([]Check(nil), m.Checks...)
	c.Properties = make(map[string]string, len(m.Properties))
	for k, v := range m.Properties {
		c.Properties[k] = v
	}
	return &c
}

// Find returns the position of a column, or -1.
func (m *Metadata) Find(name string) int {
	for i, c := range m.Columns {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}

// HasIdentity reports whether a column numbers its rows.
func (m *Metadata) HasIdentity() bool {
	for _, c := range m.Columns {
		if c.Identity != nil {
			return true
		}
	}
	return false
}

// Mapped reports whether column mapping is on: columns may then have any name, and be renamed and dropped.
func (m *Metadata) Mapped() bool {
	mode := strings.ToLower(m.Properties["delta.columnMapping.mode"])
	return mode == "name" || mode == "id"
}

// Defaults reports whether columns may have a DEFAULT.
func (m *Metadata) Defaults() bool {
	return m.Properties["delta.feature.allowColumnDefaults"] != ""
}

// Commit is one entry of a table's log.
type Commit struct {
	Version      int64
	Time         time.Time
	User         string
	Operation    string
	Parameters   map[string]string
	Metrics      map[string]string
	ReadVersion  int64 // -1: none
	BlindAppend  bool
	UserMetadata string
	Metadata     *Metadata        // nil if the commit does not change it
	Identity     map[string]int64 // next value of identity columns; nil if not changed
	Rows         bool             // rows came or went
}

// Table is a table in memory. All fields but ID are guarded by the store's lock, until they are taken out as a Snapshot.
type Table struct {
	ID       int64
	Name     []string // catalog, schema, table
	version  int64
	oldest   int64 // versions before it can no longer be read
	meta     []metaAt
	recent   []Commit // for conflicts: the last ones, oldest first
	identity map[string]int64
	dropped  bool
	writing  chan struct{} // held by the statement that changes rows, from its read to its commit
}

type metaAt struct {
	version int64
	meta    *Metadata
}

// Snapshot is a table as a statement found it.
type Snapshot struct {
	Table    *Table
	Name     []string
	Version  int64
	Oldest   int64
	Meta     *Metadata
	Identity map[string]int64
	Modified time.Time // when the newest version was made
}

// metaFor returns the metadata of a version.
func (t *Table) metaFor(version int64) *Metadata {
	for i := len(t.meta) - 1; i >= 0; i-- {
		if t.meta[i].version <= version {
			return t.meta[i].meta
		}
	}
	return nil
}

func (t *Table) modified() time.Time { return t.recent[len(t.recent)-1].Time }

func (t *Table) metaVersion() int64 { return t.meta[len(t.meta)-1].version }
