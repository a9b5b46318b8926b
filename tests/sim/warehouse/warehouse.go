package warehouse

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// Warehouse holds tables. It is safe for concurrent use.
type Warehouse struct {
	// Watch, if not nil, is called with every commit that changes rows of a table which Watched says. It must not call
	// the warehouse.
	Watch   func(Change)
	Watched func(table string) bool
	// Dropped, if not nil, is called with every table that is dropped.
	Dropped func(table string, by any)

	parser *Parser
	now    func() time.Time

	mu     sync.Mutex
	rand   *rand.Rand // decides where Delta's isolation levels differ
	tables map[string]*table
}

// Change is a commit, as the simulation judges it.
type Change struct {
	Table     string
	By        any // what Begin was given
	Operation string
	Before    []Row // what the statement read
	Removed   []Row
	Added     []Row
}

// New makes an empty warehouse. Warehouses may share a parser.
func New(p *Parser, seed uint64, now func() time.Time) *Warehouse {
	return &Warehouse{parser: p, now: now, rand: rand.New(rand.NewPCG(seed, 7)), tables: map[string]*table{}}
}

// Create makes a table. checks are name, condition, name, condition, ...
func (w *Warehouse) Create(name string, columns []Column, rows [][]any, checks ...string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := &table{name: name, columns: columns}
	for i := range columns {
		typ, err := w.parser.columnType(columns[i].Type)
		if err != nil {
			return err
		}
		columns[i].typ = typ
	}
	for i := 0; i < len(checks); i += 2 {
		e, err := w.parser.condition(checks[i+1])
		if err != nil {
			return err
		}
		t.checks = append(t.checks, check{checks[i], e})
	}
	t.commit(Version{At: w.now(), Operation: "CREATE TABLE", ReadVersion: -1}, true)
	for _, row := range rows {
		t.rows = append(t.rows, &row)
	}
	t.commit(Version{At: w.now(), Operation: "WRITE", ReadVersion: 0}, false)
	w.tables[fold(name)] = t
	return nil
}

// Rows returns the rows of a table.
func (w *Warehouse) Rows(name string) []Row {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.tables[fold(name)]; t != nil {
		return slices.Clone(t.rows)
	}
	return nil
}

// Tables lists the names of all tables, sorted.
func (w *Warehouse) Tables() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, t := range w.tables {
		names = append(names, t.name)
	}
	slices.Sort(names)
	return names
}

// Log returns the history of a table, oldest first.
func (w *Warehouse) Log(name string) []Version {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.tables[fold(name)]; t != nil {
		return slices.Clone(t.log)
	}
	return nil
}

func fold(name string) string { return strings.ToLower(name) }

// name joins the parts of a table's name, which must be whole.
func (x *execution) name(parts []string) string {
	if len(parts) != 3 {
		panic(bug("table name of %d parts: %v", len(parts), parts))
	}
	return strings.ReplaceAll(strings.Join(parts, "."), runMark, x.run)
}

// snapshot resolves a table and notes that the statement has read it. The warehouse is locked.
func (x *execution) snapshot(parts []string) snapshot {
	name := x.name(parts)
	if s, ok := x.read[fold(name)]; ok {
		return s
	}
	t := x.w.tables[fold(name)]
	if t == nil {
		panic(missing(name))
	}
	s := t.snapshot()
	x.read[fold(name)] = s
	return s
}
