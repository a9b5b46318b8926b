package duckdb

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// table resolves a name of FROM: a table, perhaps as it was, or a view of information_schema.
func (st *statement) table(t *ast.TableName) (bind.Relation, error) {
	name, err := st.qualify(t.Parts)
	if err != nil {
		return bind.Relation{}, err
	}
	if strings.EqualFold(name[1], "information_schema") {
		return st.informationSchema(name)
	}
	snap, err := st.engine.store.Look(name)
	if err != nil {
		return bind.Relation{}, err
	}
	version, err := st.versionOf(snap, t.Version, t.Timestamp)
	if err != nil {
		return bind.Relation{}, err
	}
	meta := snap.Meta
	if version != snap.Version {
		meta = st.engine.store.MetaAt(snap.Table, version)
	}
	return bind.Relation{SQL: rowsAt(meta, version, version == snap.Version), Name: snap.Name, Cols: columnsOf(meta)}, nil
}

// versionOf is the version that VERSION or TIMESTAMP AS OF means; the newest without them.
func (st *statement) versionOf(snap *catalog.Snapshot, version, timestamp ast.Expr) (int64, error) {
	v := snap.Version
	switch {
	case version != nil:
		n, ok := st.env.Int(version)
		if !ok {
			return 0, sqlerr.Unsupported("VERSION AS OF needs a constant integer in the sandbox.")
		}
		v = n
	case timestamp != nil:
		at, ok := st.env.Time(timestamp)
		if !ok {
			return 0, sqlerr.Unsupported("TIMESTAMP AS OF needs a constant in the sandbox.")
		}
		if at.After(snap.Modified) {
			return 0, sqlerr.New("DELTA_TIMESTAMP_GREATER_THAN_COMMIT", "The provided timestamp (%s) is after the latest version available to this table (%s).", at.Format(time.RFC3339Nano), snap.Modified.Format(time.RFC3339Nano))
		}
		if v = st.engine.store.VersionAt(snap.Table, at); v < 0 {
			return 0, sqlerr.New("DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION", "The provided timestamp (%s) is before the earliest version available to this table.", at.Format(time.RFC3339Nano))
		}
	}
	if v < snap.Oldest || v > snap.Version {
		return 0, sqlerr.New("DELTA_VERSION_NOT_FOUND", "Cannot time travel Delta table to version %d. Available versions: [%d, %d].", v, snap.Oldest, snap.Version)
	}
	return v, nil
}

// rowsAt selects the rows of a version.
func rowsAt(m *catalog.Metadata, version int64, newest bool) string {
	names := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		names[i] = c.Physical
	}
	return "(SELECT " + strings.Join(names, ", ") + " FROM data." + m.Physical + " WHERE " + inVersion(version, newest) + ")"
}

func inVersion(version int64, newest bool) string {
	if newest {
		return "v_to = " + catalog.Forever
	}
	return fmt.Sprintf("v_from <= %d AND v_to > %d", version, version)
}

func columnsOf(m *catalog.Metadata) []bind.Column {
	out := make([]bind.Column, len(m.Columns))
	for i, c := range m.Columns {
		out[i] = bind.Column{Name: c.Name, Type: c.Type.Value(), SQL: c.Physical}
		if c.Type.Kind == sqltype.Char {
			out[i].Char = c.Type.Length
		}
	}
	return out
}

// file resolves parquet.`/Volumes/...`: one file, a folder, or {a,b} of one folder.
func (st *statement) file(format, path string) (bind.Relation, error) {
	if format != "parquet" {
		return bind.Relation{}, sqlerr.Unsupported("Files of the format %s are not in the sandbox.", format)
	}
	if st.engine.volumes == nil || !strings.HasPrefix(path, "/Volumes/") {
		return bind.Relation{}, sqlerr.New("PATH_NOT_FOUND", "Path does not exist: %s. The sandbox reads files of volumes only.", path)
	}
	files, err := st.resolveFiles(path)
	if err != nil {
		return bind.Relation{}, err
	}
	cols, err := st.parquetColumns(files[0], path)
	if err != nil {
		return bind.Relation{}, err
	}
	quoted := make([]string, len(files))
	for i, f := range files {
		quoted[i] = quote(f)
	}
	return bind.Relation{SQL: parquetSQL("["+strings.Join(quoted, ", ")+"]", cols), Cols: numbered(cols)}, nil
}

// resolveFiles lists the files that a path means, in order of their names.
func (st *statement) resolveFiles(path string) ([]string, error) {
	paths := []string{path}
	if open, end := strings.Index(path, "{"), strings.LastIndex(path, "}"); open >= 0 && end > open {
		paths = nil
		for _, one := range strings.Split(path[open+1:end], ",") {
			paths = append(paths, path[:open]+one+path[end+1:])
		}
	}
	var out []string
	for _, p := range paths {
		local, err := st.engine.volumes(p)
		if err != nil {
			return nil, err
		}
		info, err := os.Stat(local)
		if err != nil {
			return nil, sqlerr.New("PATH_NOT_FOUND", "Path does not exist: %s.", p)
		}
		if !info.IsDir() {
			out = append(out, local)
			continue
		}
		entries, err := os.ReadDir(local)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if n := e.Name(); !e.IsDir() && !strings.HasPrefix(n, "_") && !strings.HasPrefix(n, ".") {
				out = append(out, filepath.Join(local, n))
			}
		}
	}
	if len(out) == 0 {
		return nil, sqlerr.New("UNABLE_TO_INFER_SCHEMA", "Unable to infer schema for Parquet at %s. It must be specified manually.", path)
	}
	return out, nil
}

// numbered are the columns c0, c1, ... that parquetSQL selects.
func numbered(cols []bind.Column) []bind.Column {
	out := append([]bind.Column(nil), cols...)
	for i := range out {
		out[i].SQL = "c" + strconv.Itoa(i)
	}
	return out
}

// texts keeps rows that were parsed from JSON in a temporary table.
func (st *statement) texts(rows native.Texts) (string, error) {
	name := fmt.Sprintf("j%d_%d", st.id, len(st.temps))
	ctx := context.Background()
	if _, err := st.conn.Exec(ctx, "CREATE OR REPLACE TEMP TABLE "+name+" (pos INTEGER, r VARCHAR[])"); err != nil {
		return "", err
	}
	st.temps = append(st.temps, name)
	return "temp.main." + name, st.conn.AppendTexts(name, rows)
}

// rowCount is the one number that sql selects.
func (st *statement) rowCount(ctx context.Context, sql string) (int64, error) {
	rows, err := st.conn.Strings(ctx, "SELECT CAST(n AS VARCHAR) FROM ("+sql+") AS x(n)", 1)
	if err != nil || len(rows) == 0 || rows[0][0] == nil {
		return 0, err
	}
	return strconv.ParseInt(*rows[0][0], 10, 64)
}

var _ wire.Session = (*session)(nil)
