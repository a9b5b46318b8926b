package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// fileVersion is the version of the tables below. A file of a newer one is refused.
const fileVersion = "1"

// Open reads the catalogs from the database, or makes those that a new one has: main and hive_metastore, each with the
// schema default.
func Open(ctx context.Context, c *native.Conn) (*Store, error) {
	s := &Store{catalogs: map[string]*catalogEntry{}}
	s.nextID.Store(1)
	rows, err := c.Strings(ctx, "SELECT table_name::VARCHAR FROM duckdb_tables() WHERE schema_name = 'drt' AND table_name = 'info'", 1)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return s, s.create(ctx, c)
	}
	rows, err = c.Strings(ctx, "SELECT value FROM drt.info WHERE name = 'version'", 1)
	if err != nil {
		return nil, err
	}
	if len(rows) != 1 || *rows[0][0] != fileVersion {
		return nil, fmt.Errorf("the file was written by another version of the sandbox: move it away to begin with an empty one")
	}
	return s, s.load(ctx, c)
}

func (s *Store) create(ctx context.Context, c *native.Conn) error {
	for _, sql := range []string{
		"BEGIN TRANSACTION",
		"CREATE SCHEMA drt", "CREATE SCHEMA data",
		"CREATE TABLE drt.info (name VARCHAR, value VARCHAR)",
		"CREATE TABLE drt.catalogs (catalog VARCHAR)",
		"CREATE TABLE drt.schemas (catalog VARCHAR, name VARCHAR, comment VARCHAR)",
		"CREATE TABLE drt.tables (id BIGINT, catalog VARCHAR, schema VARCHAR, name VARCHAR)",
		"CREATE TABLE drt.log (id BIGINT, version BIGINT, made TIMESTAMP, entry VARCHAR)",
		"INSERT INTO drt.info VALUES ('version', '" + fileVersion + "')",
		"INSERT INTO drt.catalogs VALUES ('main'), ('hive_metastore')",
		"INSERT INTO drt.schemas VALUES ('main', 'default', ''), ('hive_metastore', 'default', '')",
		"COMMIT",
	} {
		if _, err := c.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return s.load(ctx, c)
}

func (s *Store) load(ctx context.Context, c *native.Conn) error {
	rows, err := c.Strings(ctx, "SELECT catalog, NULL::VARCHAR, NULL::VARCHAR FROM drt.catalogs UNION ALL SELECT catalog, name, comment FROM drt.schemas", 3)
	if err != nil {
		return err
	}
	for _, r := range rows {
		cat := s.catalogs[key(*r[0])]
		if cat == nil {
			cat = &catalogEntry{name: *r[0], schemas: map[string]*schemaEntry{}}
			s.catalogs[key(*r[0])] = cat
		}
		if r[1] != nil {
			cat.schemas[key(*r[1])] = &schemaEntry{name: *r[1], comment: *r[2], tables: map[string]*Table{}}
		}
	}
	if rows, err = c.Strings(ctx, "SELECT id::VARCHAR, catalog, schema, name FROM drt.tables ORDER BY id", 4); err != nil {
		return err
	}
	byID := map[string]*Table{}
	for _, r := range rows {
		id, _ := strconv.ParseInt(*r[0], 10, 64)
		t := newTable(id, []string{*r[1], *r[2], *r[3]})
		sc, err := s.schema(t.Name[:2])
		if err != nil {
			return err
		}
		sc.tables[key(t.Name[2])] = t
		byID[*r[0]] = t
		s.nextID.Store(max(s.nextID.Load(), id+1))
	}
	return s.loadLog(ctx, c, byID)
}

func (s *Store) loadLog(ctx context.Context, c *native.Conn, byID map[string]*Table) error {
	rows, err := c.Strings(ctx, "SELECT id::VARCHAR, entry FROM drt.log ORDER BY id, version", 2)
	if err != nil {
		return err
	}
	for _, r := range rows {
		t := byID[*r[0]]
		if t == nil {
			continue
		}
		commit, err := decode(*r[1])
		if err != nil {
			return fmt.Errorf("table %s: %w", Quote(t.Name), err)
		}
		t.apply(commit)
	}
	if rows, err = c.Strings(ctx, "SELECT substr(table_name, 2) FROM duckdb_tables() WHERE schema_name = 'data'", 1); err != nil {
		return err
	}
	for _, r := range rows {
		id, _ := strconv.ParseInt(*r[0], 10, 64)
		s.nextID.Store(max(s.nextID.Load(), id+1))
	}
	return nil
}

func newTable(id int64, name []string) *Table {
	t := &Table{ID: id, Name: name, version: -1, writing: make(chan struct{}, 1), identity: map[string]int64{}}
	return t
}

// apply makes a commit the newest of t.
func (t *Table) apply(c Commit) {
	t.version = c.Version
	t.oldest = max(t.oldest, c.Version-Keep+1)
	if c.Metadata != nil {
		t.meta = append(t.meta, metaAt{version: c.Version, meta: c.Metadata})
	}
	for k, v := range c.Identity {
		t.identity[k] = v
	}
	slim := Commit{Version: c.Version, Operation: c.Operation, BlindAppend: c.BlindAppend, Rows: c.Rows, Time: c.Time}
	if len(t.recent) >= Keep {
		t.recent = append(t.recent[:0:0], t.recent[1:]...)
	}
	t.recent = append(t.recent, slim)
}

// encode writes a commit as the log keeps it.
func encode(c Commit) (string, error) {
	b, err := json.Marshal(c)
	return string(b), err
}

func decode(text string) (Commit, error) {
	var c Commit
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, err
	}
	if c.Metadata != nil {
		for i := range c.Metadata.Columns {
			col := &c.Metadata.Columns[i]
			t, err := sqltype.ParseText(col.TypeText)
			if err != nil {
				return c, err
			}
			col.Type = t
		}
	}
	return c, nil
}

// History returns the newest commits of a table, newest first; limit < 0 means all. It reads what c's transaction sees.
func History(ctx context.Context, c *native.Conn, table int64, limit int64) ([]Commit, error) {
	sql := fmt.Sprintf("SELECT entry FROM drt.log WHERE id = %d ORDER BY version DESC", table)
	if limit >= 0 {
		sql += fmt.Sprintf(" LIMIT %d", limit)
	}
	rows, err := c.Strings(ctx, sql, 1)
	if err != nil {
		return nil, err
	}
	out := make([]Commit, len(rows))
	for i, r := range rows {
		if out[i], err = decode(*r[0]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// VersionAt is the version that was the newest at a time, or -1; the caller holds the store.
func (s *Store) VersionAt(t *Table, at time.Time) int64 {
	v := int64(-1)
	for _, c := range t.recent {
		if !c.Time.After(at) {
			v = c.Version
		}
	}
	return v
}
