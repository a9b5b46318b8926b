package state

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

const (
	fileName    = "state.db"
	busyTimeout = 15 * time.Second
	// Each connection prepares its statements itself, and only one of them writes: more would cost more than they save.
	connections = 2
	// checkedSize is up to which size a file is read in full when it is opened.
	checkedSize = 32 << 20
)

// Store is an open state. It is safe for concurrent use.
type Store struct {
	path   string
	pool   *sqlitex.Pool // nil: there is no state yet, and none is made (OpenExisting)
	holder holder
	timing timing
}

// timing says when a lock is dead that no process can be asked about.
type timing struct {
	beat  time.Duration // between heartbeats
	lease time.Duration // without a heartbeat: dead, by the clock of whoever looks
	watch time.Duration // longer than beat: a lock that looks dead must not move for so long, because clocks differ
}

// Open opens the state in dir, which is made if it does not exist (0700; the file 0600). A file that is empty, cut
// off, foreign or newer is refused, never replaced. Errors are *connector.Error.
func Open(ctx context.Context, dir string) (*Store, error) {
	path := filepath.Join(dir, fileName)
	if err := ensure(ctx, path); err != nil {
		return nil, explain("open", path, err)
	}
	return open(ctx, path)
}

// OpenExisting opens the state in dir, for commands that only read: what does not exist is not made, and reads as
// empty.
func OpenExisting(ctx context.Context, dir string) (*Store, error) {
	path := filepath.Join(dir, fileName)
	there, err := exists(path)
	if err != nil {
		return nil, explain("open", path, err)
	}
	if !there {
		return newStore(path, nil), nil
	}
	return open(ctx, path)
}

func newStore(path string, pool *sqlitex.Pool) *Store {
	return &Store{
		path: path, pool: pool, holder: thisProcess(),
		timing: timing{beat: 10 * time.Second, lease: time.Minute, watch: 25 * time.Second},
	}
}

func open(ctx context.Context, path string) (*Store, error) {
	if err := inspect(path); err != nil {
		return nil, explain("open", path, err)
	}
	pool, err := sqlitex.NewPool(path, sqlitex.PoolOptions{Flags: sqlite.OpenReadWrite, PoolSize: connections, PrepareConn: prepare})
	if err != nil {
		return nil, explain("open", path, err)
	}
	s := newStore(path, pool)
	if err := s.with(ctx, s.prove(ctx)); err != nil {
		return nil, errors.Join(s.explain("open", err), pool.Close())
	}
	return s, nil
}

// prove checks that the database is whole, and brings it to the newest version.
func (s *Store) prove(ctx context.Context) func(*sqlite.Conn) error {
	return func(conn *sqlite.Conn) error {
		schema, err := migrations()
		if err != nil {
			return err
		}
		if err := quickCheck(conn, s.path); err != nil {
			return err
		}
		return upgrade(ctx, conn, s.path, schema)
	}
}

func prepare(conn *sqlite.Conn) error {
	conn.SetBusyTimeout(busyTimeout)
	for _, p := range []string{
		"synchronous = EXTRA", // the folder is synced too: a commit is not undone by a power failure
		"foreign_keys = ON", "trusted_schema = OFF", "cell_size_check = ON",
		"secure_delete = ON", // values of rows do not outlive their dead letters
	} {
		if err := sqlitex.ExecuteTransient(conn, "PRAGMA "+p, nil); err != nil {
			return err
		}
	}
	return nil
}

// Close closes the state. Leases must have been released.
func (s *Store) Close() error {
	if s.pool == nil {
		return nil
	}
	return s.pool.Close()
}

// with runs fn on a connection of the pool.
func (s *Store) with(ctx context.Context, fn func(*sqlite.Conn) error) error {
	conn, err := s.pool.Take(ctx)
	if err != nil {
		return err
	}
	defer s.pool.Put(conn)
	return fn(conn)
}

// read runs fn on one snapshot. A state that does not exist yet is empty: fn is not called.
func (s *Store) read(ctx context.Context, fn func(*sqlite.Conn) error) error {
	if s.pool == nil {
		return nil
	}
	return s.explain("read", s.with(ctx, func(conn *sqlite.Conn) (err error) {
		defer sqlitex.Transaction(conn)(&err)
		return fn(conn)
	}))
}

// write runs fn in one transaction, which takes the write lock at once: an upgrade of a read lock could deadlock.
func (s *Store) write(ctx context.Context, fn func(*sqlite.Conn) error) error {
	if s.pool == nil {
		return s.explain("save", &unusable{path: s.path, what: "was opened for reading only"})
	}
	return s.explain("save", s.with(ctx, func(conn *sqlite.Conn) (err error) {
		end, err := sqlitex.ImmediateTransaction(conn)
		if err != nil {
			return err
		}
		defer end(&err)
		return fn(conn)
	}))
}

// timeLayout has a fixed width, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000Z"

func timeText(t time.Time) string { return t.UTC().Format(timeLayout) }

func parseTime(s string) time.Time {
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return time.Time{} // NULL: not yet
	}
	return t
}
