package soak

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/sources/file"
	"github.com/drt-go/drt/state"
)

func newID() string { return uuid.Must(uuid.NewV7()).String() }

func newSoak(t *testing.T, random *rand.Rand) *soak {
	t.Helper()
	s := &soak{t: t, random: random, dir: t.TempDir(), statuses: map[engine.Status]int{}, kinds: map[connector.Kind]int{}}
	s.warehouse = startWarehouse(t)
	store, err := state.Open(t.Context(), s.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	s.store = store
	return s
}

// shape is one of the syncs.
type shape struct {
	name, loader string
	mode         engine.Mode
	write        string // mode of the destination
	once         bool
}

// syncs are the modes and loaders, in the order in which they are run.
var syncs = [...]shape{
	{"upsert", "json", engine.ModeUpsert, "merge", false},
	{"mirror", "values", engine.ModeMirror, "merge", false},
	{"incremental", "json", engine.ModeIncremental, "merge", false},
	{"replace", "volume", engine.ModeReplace, "", false},
	{"append", "json", engine.ModeFull, "insert", true},
	{"volumes", "volume", engine.ModeUpsert, "merge", false},
}

// newTables leaves the tables of the last few hundred runs to the warehouse, and the watermarks with them.
func (s *soak) newTables() {
	for n := range syncs {
		if s.table > 0 {
			s.warehouse.exec(s.t, "DROP TABLE main.default."+s.tableOf(n))
		}
	}
	s.table++
	for n := range syncs {
		s.warehouse.exec(s.t, "CREATE TABLE main.default."+s.tableOf(n)+" (id BIGINT, name STRING, amount DECIMAL(10,2), at BIGINT)")
	}
}

func (s *soak) tableOf(n int) string { return fmt.Sprintf("%s_%d", syncs[n].name, s.table) }

// write makes the rows of the next run: some new, some changed, now and then one that no target takes.
func (s *soak) write() {
	var b strings.Builder
	at := time.Now().UnixMicro()
	for range 150 + s.random.IntN(100) {
		amount := fmt.Sprintf("%d.%02d", s.random.IntN(1000), s.random.IntN(100))
		if s.random.IntN(500) == 0 {
			amount = "too much"
		}
		fmt.Fprintf(&b, "{\"id\": %d, \"name\": %q, \"amount\": %q, \"at\": %d}\n", s.random.IntN(1000), strings.Repeat("x", s.random.IntN(50)), amount, at)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "rows.jsonl"), []byte(b.String()), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

func (s *soak) job(n int) *engine.Job {
	s.t.Helper()
	n %= len(syncs)
	shape := syncs[n]
	env := connector.Env{Dir: s.dir, Lookup: s.warehouse.lookup}
	rows := file.Defaults()
	rows.Path, rows.Columns = "rows.jsonl", map[string]string{"id": "BIGINT", "at": "BIGINT"}
	from, err := file.New(rows, env)
	if err != nil {
		s.t.Fatal(err)
	}
	cfg := databricks.Defaults()
	cfg.Catalog, cfg.Schema, cfg.Table, cfg.Mode, cfg.StartTimeout = "main", "default", s.tableOf(n), shape.write, connector.Duration(5*time.Second)
	cfg.Staging = databricks.Staging{Loader: shape.loader}
	if shape.loader == "volume" {
		cfg.Staging.Volume = "main.default.files"
	}
	if shape.mode != engine.ModeReplace && shape.mode != engine.ModeFull {
		cfg.UpsertKey = []string{"id"}
	}
	to, err := databricks.New(cfg, env)
	if err != nil {
		s.t.Fatal(err)
	}
	j := &engine.Job{
		Name: shape.name, Source: sources.Source(from), Destination: to, Mode: shape.mode, BatchSize: 50, OnError: engine.OnErrorSkip, Timeout: 3 * time.Second,
		Guards: destinations.NoGuards(), ExactlyOnce: shape.once, DeadLetters: engine.DeadLetters{Values: true, KeepDays: 1, MaxRows: 20},
	}
	if shape.mode == engine.ModeIncremental {
		j.CursorField = "at"
	}
	for _, mistake := range j.Check(engine.Options{}) {
		s.t.Fatalf("%s: %s: %s", j.Name, mistake.Field, mistake.Message)
	}
	return j
}

// fault is one as the sandbox reads it over HTTP.
type fault struct {
	On     string `json:"on,omitempty"`
	Match  string `json:"match,omitempty"`
	Nth    int    `json:"nth,omitempty"`
	Times  int    `json:"times,omitempty"`
	After  bool   `json:"after,omitempty"`
	Do     string `json:"do"`
	Class  string `json:"class,omitempty"`
	State  string `json:"sqlstate,omitempty"`
	Text   string `json:"message,omitempty"`
	Status int    `json:"status,omitempty"`
	Delay  int    `json:"delay_ms,omitempty"`
}

// faultOf picks a fault: at any statement, upload or poll of a run.
func faultOf(r *rand.Rand) fault {
	f := fault{On: []string{"statement", "statement", "statement", "open", "status", "fetch", "finish", "upload"}[r.IntN(8)], Nth: 1 + r.IntN(3), Times: 1 + r.IntN(2)}
	if f.On == "statement" {
		f.Nth = 1 + r.IntN(8)
	}
	switch r.IntN(7) {
	case 0:
		f.Do, f.Status = "fail", []int{401, 403, 404, 429, 500, 502, 503}[r.IntN(7)]
	case 1:
		f.Do, f.After = "drop", r.IntN(2) == 0
	case 2:
		f.Do, f.After = "hang", r.IntN(2) == 0
	case 3:
		f.Do = "cut"
	case 4:
		if f.Do = "lose_session"; f.On == "open" || f.On == "upload" {
			f.Do = "drop"
		}
	case 5:
		f.Delay = 100
	default:
		f.On, f.Match, f.Do = "statement", "(?i)^(MERGE|INSERT|DELETE)", "fail"
		f.Class, f.State, f.Text = "DELTA_CONCURRENT_APPEND", "2D521", "Files were added by a concurrent update."
	}
	return f
}
