package state

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitemigration"
	"zombiezen.com/go/sqlite/sqlitex"
)

func exists(path string) (bool, error) {
	_, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		// A journal without its database is what remains of a state, and would be played into a new one.
		if _, err := os.Stat(path + "-journal"); err == nil {
			return false, &unusable{path: path, what: "is missing, but its journal is there: the state was lost", hint: mendHint(path + " (and the journal)")}
		}
		return false, nil
	}
	return err == nil, err
}

// ensure makes a state if there is none. It appears under its name complete or not at all, so that an empty file is
// always one that something else has cut off (E6), and of two processes that make it at once one wins.
func ensure(ctx context.Context, path string) error {
	there, err := exists(path)
	if err != nil || there {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &unusable{path: dir, what: "cannot be made: " + reason(err), hint: "make it by hand, or let this user write beside it"}
	}
	f, err := os.CreateTemp(dir, fileName+".new-*") // 0600
	if err != nil {
		return &unusable{path: dir, what: "cannot be written to: " + reason(err), hint: "let this user write to it"}
	}
	defer os.Remove(f.Name())
	if err := f.Close(); err != nil {
		return err
	}
	if err := build(ctx, f.Name()); err != nil {
		return err
	}
	return publish(f.Name(), path)
}

// publish gives the file its name, unless another process was faster. Where there are no hard links, a rename does it.
func publish(from, to string) error {
	err := os.Link(from, to)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return syncDir(filepath.Dir(to))
	}
	if there, existsErr := exists(to); existsErr != nil || there {
		return existsErr
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// syncDir makes a new name last. Some systems cannot sync a folder; the file itself is synced in any case.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}

func build(ctx context.Context, path string) error {
	schema, err := migrations()
	if err != nil {
		return err
	}
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return err
	}
	if err := prepare(conn); err != nil {
		return errors.Join(err, conn.Close())
	}
	return errors.Join(sqlitemigration.Migrate(ctx, conn, schema), conn.Close())
}

// inspect refuses what SQLite would take for a new database, or what is somebody else's.
func inspect(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return &unusable{path: path, what: "cannot be read: " + reason(err), hint: "let this user read and write it"}
	}
	defer f.Close()
	header := make([]byte, 100)
	n, err := io.ReadFull(f, header)
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return &unusable{path: path, what: "is empty: it was cut off", hint: mendHint(path)}
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case n < len(header) || !bytes.HasPrefix(header, []byte("SQLite format 3\x00")):
		return &unusable{path: path, what: "is no state database: it is damaged, or something else", hint: mendHint(path)}
	case binary.BigEndian.Uint32(header[68:]) != applicationID:
		return &unusable{path: path, what: "is a database of another program", hint: "move it out of drt's state folder"}
	}
	return nil
}

func quickCheck(conn *sqlite.Conn, path string) error {
	if info, err := os.Stat(path); err != nil || info.Size() > checkedSize {
		return err
	}
	var found string
	err := sqlitex.ExecuteTransient(conn, "PRAGMA quick_check(1)", &sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
		found = stmt.ColumnText(0)
		return nil
	}})
	if err == nil && found != "ok" {
		err = &unusable{path: path, what: "is damaged", hint: mendHint(path)}
	}
	return err
}

// reason is an error of package os without the path, which the message names already.
func reason(err error) string {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}
