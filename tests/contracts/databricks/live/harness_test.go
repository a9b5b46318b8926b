// Package live_test runs the Databricks destination over the unmodified driver against a warehouse that answers: the
// sandbox on its embedded engine, and real Spark with Delta where DRT_SPARK_DIR names an installation.
package live_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// place is a schema of its own in a warehouse, and a table in it.
type place struct {
	*testing.T
	srv    *sandbox.Server
	db     *sql.DB // reads and writes beside the destination
	schema string
	cfg    databricks.Config
}

var (
	started        *sandbox.Server
	startedVolumes string // folder
)

// newPlace makes a schema named after the test.
func newPlace(t *testing.T) *place {
	t.Helper()
	p := &place{T: t, srv: started}
	p.db = connect(t)
	p.schema = "t_" + strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToLower(t.Name()))
	p.exec("CREATE SCHEMA IF NOT EXISTS main." + p.schema)
	p.cfg = databricks.Defaults()
	p.cfg.Catalog, p.cfg.Schema, p.cfg.Table, p.cfg.UpsertKey = "main", p.schema, "people", []string{"id"}
	t.Cleanup(p.noScratch)
	return p
}

// connect opens a pool to the warehouse beside the destination.
func connect(t testing.TB) *sql.DB {
	t.Helper()
	u, err := url.Parse(started.Host)
	if err != nil {
		t.Fatal(err)
	}
	cn, err := dbsql.NewConnector(dbsql.WithServerHostname("http://"+u.Hostname()), dbsql.WithPort(started.Port),
		dbsql.WithHTTPPath(started.HTTPPath), dbsql.WithAccessToken(started.Token))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(cn)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func (p *place) exec(sql string) {
	p.Helper()
	if _, err := p.db.ExecContext(context.Background(), strings.ReplaceAll(sql, "$t", p.table())); err != nil {
		p.Fatalf("%s\n%v", sql, err)
	}
}

func (p *place) table() string { return "main." + p.schema + "." + p.cfg.Table }

// rows reads rows as text, sorted; NULL is "NULL".
func (p *place) rows(query string) []string {
	p.Helper()
	r, err := p.db.QueryContext(context.Background(), strings.ReplaceAll(query, "$t", p.table()))
	if err != nil {
		p.Fatalf("%s\n%v", query, err)
	}
	defer func() { _ = r.Close() }()
	names, err := r.Columns()
	if err != nil {
		p.Fatal(err)
	}
	out := []string{}
	for r.Next() {
		row, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range row {
			into[i] = &row[i]
		}
		if err := r.Scan(into...); err != nil {
			p.Fatal(err)
		}
		parts := make([]string, len(row))
		for i, v := range row {
			if parts[i] = "NULL"; v.Valid {
				parts[i] = v.String
			}
		}
		out = append(out, strings.Join(parts, "|"))
	}
	if err := r.Err(); err != nil {
		p.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func (p *place) want(query string, rows ...string) {
	p.Helper()
	slices.Sort(rows)
	if rows == nil {
		rows = []string{}
	}
	if diff := cmp.Diff(rows, p.rows(query)); diff != "" {
		p.Errorf("%s (-want +got):\n%s", query, diff)
	}
}

// noScratch holds every test to leaving nothing behind.
func (p *place) noScratch() {
	for _, r := range p.rows("SHOW TABLES IN main." + p.schema) {
		if strings.Contains(r, "__drt_staging_") {
			p.Errorf("scratch stays: %s", r)
		}
	}
	for _, f := range filesInVolume(p) {
		p.Errorf("a file stays in the volume: %s", f)
	}
}

// filesInVolume looks at the disk itself, so that nothing is hidden.
func filesInVolume(t testing.TB) []string {
	t.Helper()
	dir, err := os.ReadDir(filepath.Join(startedVolumes, filepath.FromSlash(strings.ReplaceAll(stageVolume, ".", "/"))))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range dir {
		names = append(names, e.Name())
	}
	return names
}

func (p *place) env() connector.Env {
	return connector.Env{Warehouse: &connector.Warehouse{Host: p.srv.Host, HTTPPath: p.srv.HTTPPath, Token: connector.NewSecret(p.srv.Token)}}
}

// plan is a run of a mode.
func (p *place) plan(mode destinations.Mode, schema *arrow.Schema) destinations.Plan {
	return destinations.Plan{
		Sync: "people", RunID: uuid.Must(uuid.NewV7()).String(), SyncRunID: uuid.Must(uuid.NewV7()).String(),
		Started: time.Now(), Mode: mode, Schema: schema, SkipErrors: true,
	}
}

// run is a whole run: batches of rows of text, nil being NULL.
func (p *place) run(plan destinations.Plan, batches ...[][]any) (destinations.Result, []destinations.Reject) {
	p.Helper()
	r, rejects, err := p.try(plan, batches...)
	if err != nil {
		var e *connector.Error
		errors.As(err, &e)
		p.Fatalf("%v\nhint %s\n%s", err, e.Hint, e.SQL)
	}
	return r, rejects
}

func (p *place) try(plan destinations.Plan, batches ...[][]any) (destinations.Result, []destinations.Reject, error) {
	p.Helper()
	d, err := databricks.New(p.cfg, p.env())
	if err != nil {
		return destinations.Result{}, nil, err
	}
	ctx := context.Background()
	s, err := d.Open(ctx, plan)
	if err != nil {
		return destinations.Result{}, nil, err
	}
	defer func() {
		if err := s.Close(); err != nil {
			p.Errorf("close: %v", err)
		}
	}()
	var rejects []destinations.Reject
	for _, rows := range batches {
		b := p.batch(plan.Schema, rows)
		err := s.Write(ctx, b)
		b.Release()
		var rejected *destinations.RejectError
		if errors.As(err, &rejected) {
			rejects = append(rejects, rejected.Rejects...)
		} else if err != nil {
			return destinations.Result{}, rejects, err
		}
	}
	r, err := s.Commit(ctx, destinations.Commit{Watermark: `{"type":"string","text":"it's \\ \"quoted\""}`})
	return r, rejects, err
}

func (p *place) batch(schema *arrow.Schema, rows [][]any) arrow.RecordBatch {
	p.Helper()
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, r := range rows {
		for i, v := range r {
			if v == nil {
				b.Field(i).AppendNull()
			} else if err := b.Field(i).AppendValueFromString(v.(string)); err != nil {
				p.Fatal(err)
			}
		}
	}
	return b.NewRecordBatch()
}

func fields(pairs ...any) *arrow.Schema {
	var fs []arrow.Field
	for i := 0; i < len(pairs); i += 2 {
		fs = append(fs, arrow.Field{Name: pairs[i].(string), Type: pairs[i+1].(arrow.DataType), Nullable: true})
	}
	return arrow.NewSchema(fs, nil)
}

// people are id, name, score.
func people() *arrow.Schema {
	return fields("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String, "score", arrow.PrimitiveTypes.Float64)
}

func (p *place) counts(r destinations.Result, want string) {
	p.Helper()
	show := func(n *int64) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	got := fmt.Sprintf("staged %s inserted %s updated %s deleted %s unchanged %s duplicates %s",
		show(r.Staged), show(r.Inserted), show(r.Updated), show(r.Deleted), show(r.Unchanged), show(r.Duplicates))
	if got != want {
		p.Errorf("counts:\n got %s\nwant %s", got, want)
	}
}

// stageVolume is where loader volume puts its files.
const stageVolume = "main.default.stage"

// loaders runs f once with each loader.
func loaders(t *testing.T, f func(p *place)) {
	for _, l := range []string{"json", "values", "volume"} {
		t.Run(l, func(t *testing.T) {
			p := newPlace(t)
			if p.cfg.Staging.Loader = l; l == "volume" {
				p.cfg.Staging.Volume = stageVolume
			}
			f(p)
		})
	}
}

// serve starts a warehouse over engine for the tests of this package. Its volumes are in dir.
func serve(engine wire.Engine, dir string) error {
	var err error
	started, err = sandbox.Start(context.Background(), sandbox.Options{Engine: engine, VolumesDir: dir, RunningAfter: time.Minute})
	if err != nil {
		return err
	}
	startedVolumes = dir
	return os.MkdirAll(filepath.Join(dir, filepath.FromSlash(strings.ReplaceAll(stageVolume, ".", "/"))), 0o700)
}
