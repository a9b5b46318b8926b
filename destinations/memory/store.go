package memory

import (
	"slices"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
)

// Store holds tables by name. It is safe for concurrent use.
type Store struct {
	mu      sync.Mutex
	tables  map[string]*table
	scratch map[string]*scratch // by scratchName: what open sessions, and dead ones, have staged
}

// Row is one row of a table: its values by column. A nil value is NULL; the Go types are
//
//	boolean              bool
//	integers             int64, unsigned ones uint64
//	float32, float64     the same
//	decimal              string, with all digits of the scale: "1.50"
//	string               string
//	binary               []byte
//	date, timestamp      time.Time in UTC; without a zone, the wall clock as if it were UTC
//	time, duration       time.Duration
//	list                 []any
//	struct               map[string]any
//	map                  [][2]any, in order
type Row map[string]any

type table struct {
	schema *arrow.Schema
	rows   [][]any                        // never changed in place: a commit replaces them
	runs   map[string]bool                // sync runs that changed it
	sent   map[string]map[string]struct{} // by sync: the keys that it sent, for mirror.strategy tracked
}

// scratch is what one session has staged.
type scratch struct {
	table    string
	syncRun  string
	rows     [][]any             // in the order of the layout's columns
	observed map[string]struct{} // keys of rejected rows: a mirror leaves them alone (W7)
	keyless  int64               // rejected rows whose key is NULL
}

func (s *scratch) observe(key string) {
	if s.observed == nil {
		s.observed = map[string]struct{}{}
	}
	s.observed[key] = struct{}{}
}

// NewStore makes an empty store.
func NewStore() *Store {
	return &Store{tables: map[string]*table{}, scratch: map[string]*scratch{}}
}

// Create makes an empty table, or empties the one of that name. Columns that are not nullable take no NULL.
func (s *Store) Create(name string, schema *arrow.Schema) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tables[name] = &table{schema: schema}
}

// Rows returns the rows of a table in the order they were first written; nil if it does not exist or is empty.
func (s *Store) Rows(name string) []Row {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tables[name]
	if t == nil {
		return nil
	}
	var rows []Row
	for _, values := range t.rows {
		r := make(Row, len(values))
		for i, v := range values {
			r[t.schema.Field(i).Name] = v
		}
		rows = append(rows, r)
	}
	return rows
}

// Schema returns the columns of a table, nil if it does not exist.
func (s *Store) Schema(name string) *arrow.Schema {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.tables[name]; t != nil {
		return t.schema
	}
	return nil
}

// Scratch returns the names of what sessions have staged and neither committed nor closed, sorted.
func (s *Store) Scratch() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for name := range s.scratch {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func scratchName(table, syncRun string) string { return "__drt_staging_" + table + "_" + syncRun }
