package sim

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/state"
)

// disk holds the state of a machine, of one world after the other: opening a database and preparing its statements takes a
// third of the time of a world. What one world writes is gone before the next begins.
type disk struct {
	folder   string
	template []byte
	wiping   string       // the statements that delete all rows
	admin    *sqlite.Conn // not one of the state's; nil: there is no database yet
	// store serves the first process of a machine. It is opened outside of every bubble, because it has channels. nil: it
	// went with a process, or the database did.
	store *state.Store
}

func (d *disk) path() string { return filepath.Join(d.folder, "state.db") }

// wipe makes the disk one that has seen no run.
func (d *disk) wipe() (err error) {
	if d.admin == nil {
		if err := d.format(); err != nil {
			return err
		}
	}
	if err := sqlitex.ExecuteScript(d.admin, d.wiping, nil); err != nil {
		return err
	}
	if d.store == nil {
		d.store, err = state.Open(context.Background(), d.folder)
	}
	return err
}

// deletions makes the statements that delete all rows of the tables that there are.
func deletions(conn *sqlite.Conn) (script string, err error) {
	err = sqlitex.ExecuteTransient(conn, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'sim'", &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			script += "DELETE FROM " + stmt.ColumnText(0) + ";\n"
			return nil
		},
	})
	return script + "UPDATE sim SET skew = '+0 seconds';", err
}

// format writes the database anew. Nobody may have it open.
func (d *disk) format() error {
	if err := d.remove(); err != nil {
		return err
	}
	if err := os.Mkdir(d.folder, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(d.path(), d.template, 0o600); err != nil {
		return err
	}
	var err error
	if d.admin, err = sqlite.OpenConn(d.path(), sqlite.OpenReadWrite); err != nil {
		return err
	}
	d.wiping, err = deletions(d.admin)
	return err
}

// remove takes the database away.
func (d *disk) remove() error {
	var errs []error
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	if d.admin != nil {
		errs = append(errs, d.admin.Close())
	}
	d.store, d.admin = nil, nil
	return errors.Join(append(errs, os.RemoveAll(d.folder))...)
}
