package duckdb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// restore runs RESTORE: a new version with the rows and the metadata of an old one.
func (st *statement) restore(ctx context.Context, s *ast.Restore) (*wire.Result, error) {
	var to int64
	var old *catalog.Metadata
	w, err := st.openWrite(ctx, &ast.TableName{Parts: s.Name}, func(w *write) (err error) {
		if to, err = st.versionOf(w.snap, s.Version, s.Timestamp); err != nil {
			return restoreError(err)
		}
		old = st.engine.store.MetaAt(w.snap.Table, to)
		return nil
	})
	if err != nil {
		return nil, err
	}
	removed, restored, err := w.restoreRows(ctx, to, old, s)
	w.close(ctx)
	if err != nil {
		return nil, err
	}
	var fields []field
	for _, n := range []string{"table_size_after_restore", "num_of_files_after_restore", "num_removed_files", "num_restored_files", "removed_files_size", "restored_files_size"} {
		fields = append(fields, field{n, sqltype.Of(sqltype.BigInt)})
	}
	// There are no files: numbers are what one file a version would make of it, sizes are not known.
	return listed("UTC", fields, [][]any{{nil, nil, min(removed, 1), min(restored, 1), nil, nil}}), nil
}

func restoreError(err error) error {
	e, ok := err.(*wire.Error)
	if !ok {
		return err
	}
	switch e.Class {
	case "DELTA_VERSION_NOT_FOUND":
		return sqlerr.New("DELTA_CANNOT_RESTORE_TABLE_VERSION", "%s", strings.Replace(e.Message, "Cannot time travel Delta table", "Cannot restore table", 1))
	case "DELTA_TIMESTAMP_GREATER_THAN_COMMIT":
		return sqlerr.New("DELTA_CANNOT_RESTORE_TIMESTAMP_GREATER", "Cannot restore table. %s", e.Message)
	}
	return err
}

// restoreRows ends the rows that came after the version, and begins those again that went after it. A row that was
// there all the time stays. If the table was replaced in between, both are done in the DuckDB table of then.
func (w *write) restoreRows(ctx context.Context, to int64, old *catalog.Metadata, s *ast.Restore) (removed, restored int64, err error) {
	if err := w.exclusive(ctx); err != nil {
		return 0, 0, err
	}
	now := w.meta
	m := old.Clone()
	m.NextColumn = max(m.NextColumn, now.NextColumn) // columns that were added since are still in DuckDB's table
	w.meta = m
	if removed, err = w.retire(ctx, fmt.Sprintf("v_from > %d", to)); err != nil {
		return 0, 0, err
	}
	rows := fmt.Sprintf("SELECT %s FROM %s WHERE v_from <= %d AND v_to > %d AND v_to <> %s", strings.Join(w.physicals(), ", "), w.physical(), to, to, catalog.Forever)
	if restored, err = w.append(ctx, w.physicals(), rows); err != nil {
		return 0, 0, err
	}
	entry := catalog.Commit{Operation: "RESTORE", Parameters: map[string]string{"version": strconv.FormatInt(to, 10), "timestamp": "null"},
		Metrics: map[string]string{"numRestoredFiles": files(restored), "numRemovedFiles": files(removed)}}
	if s.Timestamp != nil {
		at, _ := w.env.Time(s.Timestamp)
		entry.Parameters = map[string]string{"version": "null", "timestamp": at.Format("2006-01-02 15:04:05.999999")}
	}
	if old != now {
		entry.Metadata = m
	}
	return removed, restored, w.commit(ctx, entry)
}
