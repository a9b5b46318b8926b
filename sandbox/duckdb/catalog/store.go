package catalog

import (
	"context"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// Store holds all catalogs. It is safe for concurrent use.
type Store struct {
	mu       sync.RWMutex // held for reading while a statement begins, for writing while one commits
	catalogs map[string]*catalogEntry
	nextID   atomic.Int64
}

type catalogEntry struct {
	name    string
	schemas map[string]*schemaEntry
}

type schemaEntry struct {
	name    string
	comment string
	tables  map[string]*Table
}

// Keep is how many versions of a table can be read: the newest and those before it.
const Keep = 100

func key(name string) string { return strings.ToLower(name) }

// Begin starts a transaction on c whose view of the data is that of the catalog while f runs.
func (s *Store) Begin(ctx context.Context, c *native.Conn, f func() error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := c.Exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	// DuckDB takes its snapshot at the first access.
	if _, err := c.Exec(ctx, "SELECT count(*) FROM drt.catalogs"); err != nil {
		return err
	}
	return f()
}

// Look takes a table out as it is now; the caller holds the store through Begin or View.
func (s *Store) Look(name []string) (*Snapshot, error) {
	sc, err := s.schema(name[:2])
	if err != nil {
		return nil, NotFound(name)
	}
	t := sc.tables[key(name[2])]
	if t == nil {
		return nil, NotFound(name)
	}
	id := make(map[string]int64, len(t.identity))
	for k, v := range t.identity {
		id[k] = v
	}
	return &Snapshot{Table: t, Name: t.Name, Version: t.version, Oldest: t.oldest, Meta: t.meta[len(t.meta)-1].meta, Identity: id, Modified: t.modified()}, nil
}

// MetaAt is the metadata of an older version of a table; the caller holds the store.
func (s *Store) MetaAt(t *Table, version int64) *Metadata { return t.metaFor(version) }

// View runs f while nothing commits.
func (s *Store) View(f func() error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return f()
}

// NotFound is the error for a table that is not there.
func NotFound(name []string) error {
	return sqlerr.New("TABLE_OR_VIEW_NOT_FOUND", "The table or view %s cannot be found. Verify the spelling and correctness of the schema and catalog.", Quote(name))
}

// Quote writes a.b.c in backticks.
func Quote(name []string) string {
	parts := make([]string, len(name))
	for i, p := range name {
		parts[i] = "`" + strings.ReplaceAll(p, "`", "``") + "`"
	}
	return strings.Join(parts, ".")
}

func (s *Store) schema(name []string) (*schemaEntry, error) {
	c := s.catalogs[key(name[0])]
	if c == nil {
		return nil, sqlerr.New("CATALOG_NOT_FOUND", "The catalog %s was not found. Consider to set the SQL config \"spark.sql.catalog\" to a catalog plugin.", Quote(name[:1]))
	}
	sc := c.schemas[key(name[1])]
	if sc == nil {
		return nil, sqlerr.New("SCHEMA_NOT_FOUND", "The schema %s cannot be found. Verify the spelling and correctness of the schema and catalog.", Quote(name[:2]))
	}
	return sc, nil
}

// CheckSchema returns the error that there is for a missing catalog or schema.
func (s *Store) CheckSchema(catalog, schema string) error {
	_, err := s.schema([]string{catalog, schema})
	return err
}

// CheckCatalog returns the error that there is for a missing catalog.
func (s *Store) CheckCatalog(name string) error {
	if s.catalogs[key(name)] == nil {
		_, err := s.schema([]string{name, ""})
		return err
	}
	return nil
}

// Catalogs lists the catalogs by name; the caller holds the store.
func (s *Store) Catalogs() []string {
	var out []string
	for _, c := range s.catalogs {
		out = append(out, c.name)
	}
	sort.Strings(out)
	return out
}

// Schemas lists the schemas of a catalog by name; the caller holds the store.
func (s *Store) Schemas(catalog string) []string {
	var out []string
	if c := s.catalogs[key(catalog)]; c != nil {
		for _, sc := range c.schemas {
			out = append(out, sc.name)
		}
	}
	sort.Strings(out)
	return out
}

// Tables lists the tables of a schema by name; the caller holds the store.
func (s *Store) Tables(catalog, schema string) []*Snapshot {
	sc, err := s.schema([]string{catalog, schema})
	if err != nil {
		return nil
	}
	var out []*Snapshot
	for _, t := range sc.tables {
		out = append(out, &Snapshot{Table: t, Name: t.Name, Version: t.version, Oldest: t.oldest, Meta: t.meta[len(t.meta)-1].meta, Modified: t.modified()})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name[2] < out[j].Name[2] })
	return out
}

// SchemaComment is the comment of a schema; the caller holds the store.
func (s *Store) SchemaComment(catalog, schema string) string {
	sc, err := s.schema([]string{catalog, schema})
	if err != nil {
		return ""
	}
	return sc.comment
}
