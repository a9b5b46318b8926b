package duckdb

import (
	"context"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

// enter moves the session into a namespace; "" is the catalog main and the schema default.
func (s *session) enter(cat, schema string) error {
	if cat == "" {
		cat = "main"
	}
	if schema == "" {
		schema = "default"
	}
	err := s.engine.store.View(func() error { return s.checkSchema(cat, schema) })
	if err == nil {
		s.catalog, s.schema = strings.ToLower(cat), strings.ToLower(schema)
	}
	return err
}

// checkSchema returns the error that there is for a missing namespace; the caller holds the store.
func (s *session) checkSchema(cat, schema string) error {
	if isInfoSchema(cat, schema) {
		return s.engine.store.CheckCatalog(cat)
	}
	return s.engine.store.CheckSchema(cat, schema)
}

// isInfoSchema says whether a namespace is the information schema, which every catalog of Unity Catalog has.
func isInfoSchema(cat, schema string) bool {
	return strings.EqualFold(schema, infoSchema) && !strings.EqualFold(cat, "hive_metastore")
}

// use runs USE.
func (st *statement) use(u *ast.Use) (*wire.Result, error) {
	if u.Kind == "CATALOG" {
		if len(u.Parts) != 1 {
			return nil, onePart(u.Parts)
		}
		// not enter: a catalog may have lost its schema default
		err := st.engine.store.View(func() error { return st.engine.store.CheckCatalog(u.Parts[0]) })
		if err == nil {
			st.session.catalog, st.session.schema = strings.ToLower(u.Parts[0]), "default"
		}
		return done(), err
	}
	cat, schema, err := st.namespace(u.Parts)
	if err != nil {
		return nil, err
	}
	return done(), st.enter(cat, schema)
}

func onePart(parts []string) error {
	return sqlerr.New("REQUIRES_SINGLE_PART_NAMESPACE", "A catalog's name has one part, but got %s.", catalog.Quote(parts))
}

// namespace completes the name of a schema; without one it is the session's.
func (s *session) namespace(parts []string) (cat, schema string, err error) {
	switch len(parts) {
	case 0:
		return s.catalog, s.schema, nil
	case 1:
		return s.catalog, parts[0], nil
	case 2:
		return parts[0], parts[1], nil
	}
	return "", "", sqlerr.New("REQUIRES_SINGLE_PART_NAMESPACE", "%s is not a name of a schema: catalog.schema was expected.", catalog.Quote(parts))
}

// createNamespace runs CREATE CATALOG and CREATE SCHEMA.
func (st *statement) createNamespace(ctx context.Context, s *ast.CreateNamespace) (*wire.Result, error) {
	st.open = true // the store begins a transaction, and leaves it open if it fails
	defer st.end(ctx)
	if s.Catalog {
		return done(), st.createCatalog(ctx, s)
	}
	cat, schema, err := st.namespace(s.Parts)
	if err != nil {
		return nil, err
	}
	if err := checkName(schema); err != nil {
		return nil, err
	}
	made := false
	if !isInfoSchema(cat, schema) {
		if made, err = st.engine.store.CreateSchema(ctx, st.conn, cat, schema, s.Comment); err != nil {
			return nil, err
		}
	}
	if !made && !s.IfNotExists {
		return nil, sqlerr.New("SCHEMA_ALREADY_EXISTS", "Cannot create schema %s because it already exists. Choose a different name, drop the existing schema, or add the IF NOT EXISTS clause to tolerate pre-existing schema.", catalog.Quote([]string{schema}))
	}
	return done(), nil
}

func (st *statement) createCatalog(ctx context.Context, s *ast.CreateNamespace) error {
	if len(s.Parts) != 1 {
		return onePart(s.Parts)
	}
	if err := checkName(s.Parts[0]); err != nil {
		return err
	}
	if s.Comment != "" {
		return sqlerr.Unsupported("The comment of a catalog is not in the sandbox.")
	}
	made, err := st.engine.store.CreateCatalog(ctx, st.conn, s.Parts[0])
	if err == nil && !made && !s.IfNotExists {
		return sqlerr.New("CATALOG_ALREADY_EXISTS", "Cannot create catalog %s because it already exists. Choose a different name, drop or replace the existing catalog, or add the IF NOT EXISTS clause.", catalog.Quote(s.Parts))
	}
	return err
}

// checkName holds a name against what Unity Catalog allows.
func checkName(name string) error {
	bad := strings.IndexFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || strings.ContainsRune(". /", r) }) >= 0
	if name == "" || len(name) > 255 || bad {
		return sqlerr.New("INVALID_PARAMETER_VALUE", "%s is not a valid name: 1 to 255 characters without space, period, slash and control characters.", catalog.Quote([]string{name}))
	}
	return nil
}

// dropNamespace runs DROP CATALOG and DROP SCHEMA.
func (st *statement) dropNamespace(ctx context.Context, s *ast.DropNamespace) (*wire.Result, error) {
	st.open = true
	defer st.end(ctx)
	drop := func() error {
		cat, schema, err := st.namespace(s.Parts)
		if err != nil {
			return err
		}
		if isInfoSchema(cat, schema) {
			return sqlerr.New("PERMISSION_DENIED", "Cannot drop %s.", catalog.Quote([]string{cat, schema}))
		}
		return st.engine.store.DropSchema(ctx, st.conn, cat, schema, s.Cascade)
	}
	if s.Catalog {
		if len(s.Parts) != 1 {
			return nil, onePart(s.Parts)
		}
		drop = func() error { return st.engine.store.DropCatalog(ctx, st.conn, s.Parts[0], s.Cascade) }
	}
	err := drop()
	if s.IfExists && missing(err) {
		err = nil
	}
	return done(), err
}

// missing says whether err is that a namespace is not there.
func missing(err error) bool {
	e, ok := err.(*wire.Error)
	return ok && (e.Class == "SCHEMA_NOT_FOUND" || e.Class == "CATALOG_NOT_FOUND")
}
