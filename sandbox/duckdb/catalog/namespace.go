package catalog

import (
	"context"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// CreateCatalog adds a catalog with the schema default; made is false if it was there.
func (s *Store) CreateCatalog(ctx context.Context, c *native.Conn, name string) (made bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.catalogs[key(name)] != nil {
		return false, nil
	}
	name = strings.ToLower(name)
	if err := all(ctx, c, "INSERT INTO drt.catalogs VALUES ("+quote(name)+")", "INSERT INTO drt.schemas VALUES ("+quote(name)+", 'default', '')"); err != nil {
		return false, err
	}
	s.catalogs[name] = &catalogEntry{name: name, schemas: map[string]*schemaEntry{"default": {name: "default", tables: map[string]*Table{}}}}
	return true, nil
}

// CreateSchema adds a schema; made is false if it was there.
func (s *Store) CreateSchema(ctx context.Context, c *native.Conn, catalog, name, comment string) (made bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.schema([]string{catalog, name}); err == nil {
		return false, nil
	}
	cat := s.catalogs[key(catalog)]
	if cat == nil {
		_, err := s.schema([]string{catalog, name})
		return false, err
	}
	name = strings.ToLower(name)
	if err := all(ctx, c, "INSERT INTO drt.schemas VALUES ("+quote(cat.name)+", "+quote(name)+", "+quote(comment)+")"); err != nil {
		return false, err
	}
	cat.schemas[name] = &schemaEntry{name: name, comment: comment, tables: map[string]*Table{}}
	return true, nil
}

// DropSchema removes a schema, with its tables if cascade.
func (s *Store) DropSchema(ctx context.Context, c *native.Conn, catalog, name string, cascade bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sc, err := s.schema([]string{catalog, name})
	if err != nil {
		return err
	}
	if err := s.dropSchema(ctx, c, s.catalogs[key(catalog)], sc, cascade); err != nil {
		return err
	}
	return nil
}

func (s *Store) dropSchema(ctx context.Context, c *native.Conn, cat *catalogEntry, sc *schemaEntry, cascade bool) error {
	if len(sc.tables) > 0 && !cascade {
		return sqlerr.New("SCHEMA_NOT_EMPTY", "Cannot drop a schema %s because it contains objects. Use DROP SCHEMA ... CASCADE to drop the schema and all its objects.", Quote([]string{cat.name, sc.name}))
	}
	if _, err := c.Exec(ctx, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	for _, t := range sc.tables {
		if err := dropRows(ctx, c, t); err != nil {
			return err
		}
	}
	sql := "DELETE FROM drt.schemas WHERE catalog = " + quote(cat.name) + " AND name = " + quote(sc.name)
	if _, err := c.Exec(ctx, sql); err != nil {
		return err
	}
	if _, err := c.Exec(ctx, "COMMIT"); err != nil {
		return err
	}
	for _, t := range sc.tables {
		t.dropped = true
	}
	delete(cat.schemas, key(sc.name))
	return nil
}

// DropCatalog removes a catalog; without cascade only if no schema but an empty default is in it.
func (s *Store) DropCatalog(ctx context.Context, c *native.Conn, name string, cascade bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cat := s.catalogs[key(name)]
	if cat == nil {
		_, err := s.schema([]string{name, ""})
		return err
	}
	for _, sc := range cat.schemas {
		if !cascade && (sc.name != "default" || len(sc.tables) > 0) {
			return sqlerr.New("SCHEMA_NOT_EMPTY", "Cannot drop the catalog %s because it contains schemas. Use CASCADE to drop them too.", Quote([]string{cat.name}))
		}
	}
	for _, sc := range cat.schemas {
		if err := s.dropSchema(ctx, c, cat, sc, true); err != nil {
			return err
		}
	}
	if err := all(ctx, c, "DELETE FROM drt.catalogs WHERE catalog = "+quote(cat.name)); err != nil {
		return err
	}
	delete(s.catalogs, key(name))
	return nil
}

// all runs statements as one transaction.
func all(ctx context.Context, c *native.Conn, statements ...string) error {
	for _, sql := range append(append([]string{"BEGIN TRANSACTION"}, statements...), "COMMIT") {
		if _, err := c.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
