package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// creation is CREATE TABLE after binding.
type creation struct {
	*statement
	stmt  *ast.CreateTable
	name  []string
	old   *catalog.Snapshot // what OR REPLACE replaces; nil if there is none
	meta  *catalog.Metadata
	query *bind.Query
}

// createTable runs CREATE [OR REPLACE] TABLE, also AS SELECT and LIKE.
func (st *statement) createTable(ctx context.Context, s *ast.CreateTable) (*wire.Result, error) {
	c := &creation{statement: st, stmt: s}
	exists := false
	err := st.begin(ctx, func() (err error) {
		if c.name, err = st.qualify(s.Name); err != nil {
			return err
		}
		if err := st.engine.store.CheckSchema(c.name[0], c.name[1]); err != nil {
			return err
		}
		if old, err := st.engine.store.Look(c.name); err == nil {
			switch {
			case s.IfNotExists:
				exists = true
				return nil
			case !s.Replace:
				return catalog.Exists(c.name)
			}
			c.old = old
		}
		return c.bind()
	})
	if err != nil || exists {
		st.end(ctx)
		return done(), err
	}
	wire.Begun(ctx)
	n, err := c.run(ctx)
	st.end(ctx)
	if err != nil || c.query == nil {
		return done(), err
	}
	return counted(count{"num_affected_rows", n}, count{"num_inserted_rows", n}), nil
}

func (c *creation) bind() error {
	c.meta = &catalog.Metadata{Properties: map[string]string{}, Created: time.Now().UTC().Truncate(time.Millisecond), Physical: c.engine.store.NewPhysical()}
	if c.stmt.Like != nil {
		return c.bindLike()
	}
	if err := setProperties(c.meta, c.stmt.Properties); err != nil {
		return err
	}
	if c.stmt.Comment != "" {
		c.meta.Comment = c.stmt.Comment
	}
	c.meta.PartitionBy, c.meta.ClusterBy, c.meta.PrimaryKey = c.stmt.PartitionBy, c.stmt.ClusterBy, c.stmt.PrimaryKey
	for _, d := range c.stmt.Columns {
		if err := addColumn(c.meta, d); err != nil {
			return err
		}
	}
	if c.stmt.Query != nil {
		if err := c.bindQuery(); err != nil {
			return err
		}
	}
	if err := checkColumns(c.meta); err != nil {
		return err
	}
	w := &write{statement: c.statement, meta: c.meta, snap: &catalog.Snapshot{Name: c.name}}
	return w.checkExpressions()
}

func (c *creation) bindLike() error {
	like, err := c.qualify(c.stmt.Like)
	if err != nil {
		return err
	}
	snap, err := c.engine.store.Look(like)
	if err != nil {
		return err
	}
	created, physical := c.meta.Created, c.meta.Physical
	c.meta = snap.Meta.Clone()
	c.meta.Created, c.meta.Physical = created, physical
	return nil
}

// bindQuery takes the columns from AS SELECT.
func (c *creation) bindQuery() error {
	if len(c.meta.Columns) > 0 {
		return sqlerr.New("INVALID_SQL_SYNTAX", "Schema may not be specified in a Create Table As Select (CTAS) statement.")
	}
	q, err := c.env.Query(c.stmt.Query)
	if err != nil {
		return err
	}
	c.query = &q
	for _, col := range q.Cols {
		if col.Type.Has(sqltype.Void) {
			return sqlerr.Unsupported("The column %s has no type: cast the NULL.", catalog.Quote([]string{col.Name}))
		}
		if err := addColumn(c.meta, ast.ColumnDef{Name: col.Name, Type: col.Type}); err != nil {
			return err
		}
	}
	return nil
}

func (c *creation) run(ctx context.Context) (int64, error) {
	sql := createSQL(c.meta)
	version := int64(0)
	if c.old != nil {
		version = c.old.Version + 1
	}
	if _, err := c.conn.Exec(ctx, sql); err != nil {
		return 0, err
	}
	n := int64(0)
	if c.query != nil {
		var err error
		text := fmt.Sprintf("INSERT INTO data.%s SELECT *, %d, %s FROM (%s) AS q", c.meta.Physical, version, catalog.Forever, c.query.SQL)
		if n, err = c.conn.Exec(ctx, text); err != nil {
			return 0, err
		}
	}
	e := c.entry(n)
	if c.old == nil {
		return n, c.engine.store.Create(ctx, c.conn, c.name, e)
	}
	_, err := c.engine.store.Commit(ctx, c.conn, c.old, e, func(v int64) error {
		_, err := c.conn.Exec(ctx, fmt.Sprintf("UPDATE data.%s SET v_from = %d", c.meta.Physical, v))
		return err
	})
	return n, err
}

func (c *creation) entry(n int64) catalog.Commit {
	op := "CREATE TABLE"
	if c.stmt.Replace {
		op = "CREATE OR REPLACE TABLE"
	}
	e := catalog.Commit{User: user, Metadata: c.meta, Rows: true, BlindAppend: c.old == nil,
		Parameters: map[string]string{"isManaged": "true", "description": c.meta.Comment, "partitionBy": jsonNames(c.meta.PartitionBy), "clusterBy": jsonNames(c.meta.ClusterBy), "properties": "{}"}}
	if c.query != nil {
		op += " AS SELECT"
		e.Metrics = map[string]string{"numFiles": files(n), "numOutputRows": strconv.FormatInt(n, 10)}
	}
	e.Operation = op
	return e
}

func jsonNames(names []string) string {
	if len(names) == 0 {
		return "[]"
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

// createSQL makes the DuckDB table of a version.
func createSQL(m *catalog.Metadata) string {
	parts := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		parts[i] = c.Physical + " " + c.Type.Value().DuckDB()
	}
	return "CREATE TABLE data." + m.Physical + " (" + strings.Join(append(parts, "v_from BIGINT", "v_to BIGINT"), ", ") + ")"
}

// dropTable runs DROP TABLE.
func (st *statement) dropTable(ctx context.Context, s *ast.DropTable) (*wire.Result, error) {
	if s.View {
		return nil, sqlerr.Unsupported("Views are not in the sandbox.")
	}
	name, err := st.qualify(s.Name)
	if err != nil {
		return nil, err
	}
	missing := false
	err = st.begin(ctx, func() error {
		_, err := st.engine.store.Look(name)
		missing = err != nil
		return err
	})
	if err == nil {
		err = st.engine.store.Drop(ctx, st.conn, name)
	}
	st.end(ctx)
	if missing && s.IfExists {
		err = nil
	}
	return done(), err
}
