package catalog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// Lock makes a statement that changes rows wait for another one on the same table; the returned function ends it.
func (t *Table) Lock(ctx context.Context) (func(), error) {
	select {
	case t.writing <- struct{}{}:
		return func() { <-t.writing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Commit ends the transaction of c as a new version of the table of snap, unless a commit since then conflicts. The
// rows that the statement wrote carry the version snap.Version+1; fix renumbers them if others came first.
func (s *Store) Commit(ctx context.Context, c *native.Conn, snap *Snapshot, e Commit, fix func(version int64) error) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := snap.Table
	if err := t.conflict(snap, e); err != nil {
		return 0, err
	}
	e.Version, e.ReadVersion = t.version+1, snap.Version
	if e.Version != snap.Version+1 {
		if err := fix(e.Version); err != nil {
			return 0, err
		}
	}
	e.Time = t.now()
	if err := writeLog(ctx, c, t.ID, e); err != nil {
		return 0, err
	}
	if _, err := c.Exec(ctx, "COMMIT"); err != nil {
		return 0, err
	}
	t.apply(e)
	return e.Version, nil
}

// now never goes back within a table.
func (t *Table) now() time.Time {
	n := time.Now().UTC().Truncate(time.Millisecond)
	if k := len(t.recent); k > 0 && !n.After(t.recent[k-1].Time) {
		n = t.recent[k-1].Time.Add(time.Millisecond)
	}
	return n
}

// conflict tells whether the commits since snap forbid e: Delta's rules.
func (t *Table) conflict(snap *Snapshot, e Commit) error {
	if t.dropped {
		return NotFound(snap.Name)
	}
	if t.metaVersion() > snap.Version {
		return sqlerr.New("DELTA_METADATA_CHANGED", "MetadataChangedException: The metadata of the Delta table %s has been changed by a concurrent update. Please try the operation again.", Quote(snap.Name))
	}
	for _, c := range t.recent {
		if c.Version <= snap.Version || !c.Rows || e.BlindAppend || e.Metadata != nil && !e.Rows {
			continue
		}
		return sqlerr.New("DELTA_CONCURRENT_APPEND.WITHOUT_HINT", "ConcurrentAppendException: Files were added by a concurrent update (%s, version %d) to the table %s. Please try the operation again.", c.Operation, c.Version, Quote(snap.Name))
	}
	return nil
}

// CheckFresh fails a statement that waited for another one and was overtaken by it.
func (s *Store) CheckFresh(snap *Snapshot, e Commit) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return snap.Table.conflict(snap, e)
}

func writeLog(ctx context.Context, c *native.Conn, id int64, e Commit) error {
	if e.Metadata != nil {
		e.Metadata = e.Metadata.Clone() // others read the one that was given
		for i := range e.Metadata.Columns {
			e.Metadata.Columns[i].TypeText = e.Metadata.Columns[i].Type.SQL()
		}
	}
	text, err := encode(e)
	if err != nil {
		return err
	}
	_, err = c.Exec(ctx, fmt.Sprintf("INSERT INTO drt.log VALUES (%d, %d, make_timestamp(%d::BIGINT), %s)", id, e.Version, e.Time.UnixMicro(), quote(text)))
	return err
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// NewPhysical reserves the name of a DuckDB table. The caller may hold the store.
func (s *Store) NewPhysical() string {
	return "t" + fmt.Sprint(s.id())
}

func (s *Store) id() int64 { return s.nextID.Add(1) - 1 }

// Create ends the transaction of c with a new table of version 0.
func (s *Store) Create(ctx context.Context, c *native.Conn, name []string, e Commit) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sc, err := s.schema(name[:2])
	if err != nil {
		return err
	}
	if sc.tables[key(name[2])] != nil {
		return Exists(name)
	}
	t := newTable(s.id(), []string{s.catalogs[key(name[0])].name, sc.name, strings.ToLower(name[2])}) // Unity Catalog keeps names in lower case
	e.Version, e.ReadVersion, e.Time = 0, -1, t.now()
	sql := fmt.Sprintf("INSERT INTO drt.tables VALUES (%d, %s, %s, %s)", t.ID, quote(t.Name[0]), quote(t.Name[1]), quote(t.Name[2]))
	if _, err := c.Exec(ctx, sql); err != nil {
		return err
	}
	if err := writeLog(ctx, c, t.ID, e); err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "COMMIT"); err != nil {
		return err
	}
	t.apply(e)
	sc.tables[key(name[2])] = t
	return nil
}

// Exists is the error for a name that is taken.
func Exists(name []string) error {
	return sqlerr.New("TABLE_OR_VIEW_ALREADY_EXISTS", "Cannot create table or view %s because it already exists. Choose a different name, drop or replace the existing object, or add the IF NOT EXISTS clause to tolerate pre-existing objects.", Quote(name))
}

// Drop ends the transaction of c without the table.
func (s *Store) Drop(ctx context.Context, c *native.Conn, name []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sc, err := s.schema(name[:2])
	if err != nil {
		return NotFound(name)
	}
	t := sc.tables[key(name[2])]
	if t == nil {
		return NotFound(name)
	}
	if err := dropRows(ctx, c, t); err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "COMMIT"); err != nil {
		return err
	}
	t.dropped = true
	delete(sc.tables, key(name[2]))
	return nil
}

func dropRows(ctx context.Context, c *native.Conn, t *Table) error {
	seen := map[string]bool{}
	for _, m := range t.meta {
		if !seen[m.meta.Physical] {
			if _, err := c.Exec(ctx, "DROP TABLE IF EXISTS data."+m.meta.Physical); err != nil {
				return err
			}
		}
		seen[m.meta.Physical] = true
	}
	for _, table := range []string{"drt.log", "drt.tables"} {
		if _, err := c.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE id = %d", table, t.ID)); err != nil {
			return err
		}
	}
	return nil
}

// Rename ends the transaction of c with the table under another name of the same schema.
func (s *Store) Rename(ctx context.Context, c *native.Conn, snap *Snapshot, to []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	from, err := s.schema(snap.Name[:2])
	if err != nil {
		return err
	}
	sc, err := s.schema(to[:2])
	if err != nil {
		return err
	}
	if sc.tables[key(to[2])] != nil {
		return Exists(to)
	}
	if snap.Table.dropped {
		return NotFound(snap.Name)
	}
	name := []string{s.catalogs[key(to[0])].name, sc.name, strings.ToLower(to[2])}
	sql := fmt.Sprintf("UPDATE drt.tables SET catalog = %s, schema = %s, name = %s WHERE id = %d", quote(name[0]), quote(name[1]), quote(name[2]), snap.Table.ID)
	if _, err := c.Exec(ctx, sql); err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "COMMIT"); err != nil {
		return err
	}
	delete(from.tables, key(snap.Name[2]))
	snap.Table.Name = name
	sc.tables[key(name[2])] = snap.Table
	return nil
}
