package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

// write is a statement that changes the rows of one table.
type write struct {
	*statement
	snap   *catalog.Snapshot
	meta   *catalog.Metadata
	unlock func()
}

// openWrite begins the transaction, looks the target up as it is now, and lets f bind the statement.
func (st *statement) openWrite(ctx context.Context, target *ast.TableName, f func(*write) error) (*write, error) {
	w := &write{statement: st, unlock: func() {}}
	st.env.Writing = true
	err := st.begin(ctx, func() error {
		name, err := st.qualify(target.Parts)
		if err != nil {
			return err
		}
		if target.Version != nil || target.Timestamp != nil {
			return sqlerr.New("DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE", "A version of %s cannot be written to.", catalog.Quote(name))
		}
		if strings.EqualFold(name[1], "information_schema") {
			return sqlerr.New("PERMISSION_DENIED", "Cannot write to %s.", catalog.Quote(name))
		}
		if w.snap, err = st.engine.store.Look(name); err != nil {
			return err
		}
		w.meta = w.snap.Meta
		return f(w)
	})
	if err == nil {
		wire.Begun(ctx)
	}
	return w, err
}

// exclusive waits for a statement that changes rows of the same table. Who was overtaken fails, as on Delta.
func (w *write) exclusive(ctx context.Context) error {
	unlock, err := w.snap.Table.Lock(ctx)
	if err != nil {
		return err
	}
	w.unlock = unlock
	return w.engine.store.CheckFresh(w.snap, catalog.Commit{Rows: true})
}

// next is the version that the statement makes, unless another one is faster.
func (w *write) next() int64 { return w.snap.Version + 1 }

// physical is the table that holds the rows.
func (w *write) physical() string { return "data." + w.meta.Physical }

// relation is the target's newest rows, each with its rowid as rid.
func (w *write) relation(alias ast.Alias) bind.Relation {
	r := bind.Relation{Name: w.snap.Name, Cols: columnsOf(w.meta)}
	if alias.Name != "" {
		r.Name = []string{alias.Name}
	}
	names := make([]string, len(w.meta.Columns))
	for i, c := range w.meta.Columns {
		names[i] = c.Physical
	}
	r.SQL = "(SELECT rowid AS rid, " + strings.Join(names, ", ") + " FROM " + w.physical() + " WHERE v_to = " + catalog.Forever + ")"
	return r
}

// retire ends the rows that where selects, and returns how many there were.
func (w *write) retire(ctx context.Context, where string) (int64, error) {
	if isOn(w.meta, "delta.appendOnly") {
		return 0, sqlerr.New("DELTA_CANNOT_MODIFY_APPEND_ONLY", "This table is configured to only allow appends. If you would like to permit updates or deletes, use 'ALTER TABLE %s SET TBLPROPERTIES (delta.appendOnly=false)'.", strings.Join(w.snap.Name, "."))
	}
	return w.conn.Exec(ctx, fmt.Sprintf("UPDATE %s SET v_to = %d WHERE v_to = %s AND %s", w.physical(), w.next(), catalog.Forever, where))
}

// append adds the rows that sql yields in the columns of names.
func (w *write) append(ctx context.Context, names []string, sql string) (int64, error) {
	text := fmt.Sprintf("INSERT INTO %s (%s, v_from, v_to) SELECT *, %d, %s FROM (%s) AS fresh", w.physical(), strings.Join(names, ", "), w.next(), catalog.Forever, sql)
	return w.conn.Exec(ctx, text)
}

// commit ends the transaction with a new version.
func (w *write) commit(ctx context.Context, c catalog.Commit) error {
	c.User, c.Rows = user, true
	if err := w.prune(ctx); err != nil {
		return err
	}
	_, err := w.engine.store.Commit(ctx, w.conn, w.snap, c, func(version int64) error { return w.renumber(ctx, version) })
	if err == nil {
		w.close(ctx)
	}
	return err
}

// renumber gives the rows of this transaction the version that it got, after others committed first.
func (w *write) renumber(ctx context.Context, version int64) error {
	for _, column := range []string{"v_from", "v_to"} {
		sql := fmt.Sprintf("UPDATE %s SET %s = %d WHERE %s = %d", w.physical(), column, version, column, w.next())
		if _, err := w.conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// pruneEvery is how many versions share one removal of rows that no version shows any more.
const pruneEvery = 16

func (w *write) prune(ctx context.Context) error {
	if w.next()%pruneEvery != 0 || w.next() < catalog.Keep {
		return nil
	}
	_, err := w.conn.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE v_to <= %d", w.physical(), w.next()-catalog.Keep))
	return err
}

// close ends the statement, whatever became of it.
func (w *write) close(ctx context.Context) {
	w.unlock()
	w.unlock = func() {}
	w.end(ctx)
}

// written turns what a write returned into the statement's result, and ends it.
func (w *write) written(ctx context.Context, counts []count, err error) (*wire.Result, error) {
	w.close(ctx)
	if err != nil {
		return nil, err
	}
	return counted(counts...), nil
}
