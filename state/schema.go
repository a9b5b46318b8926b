package state

import (
	"context"
	"embed"
	"fmt"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitemigration"
	"zombiezen.com/go/sqlite/sqlitex"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// applicationID marks a database as a state of drt: "drt1".
const applicationID = 0x64727431

// migrations are the steps of the schema, in order of their file names; step n makes version n. They only go
// forward, each in one transaction with its version. A step that was released is never edited.
func migrations() (sqlitemigration.Schema, error) {
	entries, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return sqlitemigration.Schema{}, err
	}
	schema := sqlitemigration.Schema{AppID: applicationID}
	for _, e := range entries {
		text, err := migrationFiles.ReadFile("migrations/" + e.Name())
		if err != nil {
			return sqlitemigration.Schema{}, err
		}
		schema.Migrations = append(schema.Migrations, string(text))
	}
	return schema, nil
}

// upgrade brings conn to the newest version. A newer file than this drt knows is refused.
func upgrade(ctx context.Context, conn *sqlite.Conn, path string, schema sqlitemigration.Schema) error {
	version, err := pragma(conn, "user_version")
	if err != nil {
		return err
	}
	newest := int64(len(schema.Migrations))
	switch {
	case version == newest:
		return nil
	case version > newest:
		return &unusable{
			path: path, what: fmt.Sprintf("was written by a newer drt: it has format %d, this drt knows up to %d", version, newest),
			hint: "run that newer drt, or keep a project's state folder to one version of drt",
		}
	case version < 1:
		return &unusable{path: path, what: "has no format version: it is damaged", hint: mendHint(path)}
	}
	return sqlitemigration.Migrate(ctx, conn, schema)
}

func pragma(conn *sqlite.Conn, name string) (n int64, err error) {
	err = sqlitex.ExecuteTransient(conn, "PRAGMA "+name, &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		n = stmt.ColumnInt64(0)
		return nil
	}})
	return n, err
}
