package databricks

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// statement is SQL with its markers' values: strings, or nil for NULL. The driver's inference for other types loses
// digits and zones, so everything is cast in SQL.
type statement struct {
	text string
	args []any
}

// warehouse is one session on one pinned connection. It is used by one goroutine at a time; only doing, staged and tell are
// for all.
type warehouse struct {
	db      *sql.DB
	conn    *sql.Conn // pinned: database/sql would run a statement again on another connection (W17)
	run     string    // id of the sync run, for hints
	target  table
	scratch table // its schema counts, for hints
	pause   func(context.Context, time.Duration) error
	// patience is how long a warehouse may take to start: classic ones need up to seven minutes (W22).
	patience time.Duration
	report   func(destinations.Progress) // never nil
	telling  sync.Mutex                  // guards now, and calls of report
	now      destinations.Progress
	asked    time.Duration // how long the last failed reply asked to wait, capped; 0 if it did not
}

// counts is what a statement reports of itself; nil where it reported nothing.
type counts struct{ affected, inserted, updated, deleted *int64 }

// Retries of a statement that surely had no effect.
const (
	readAttempts   = 4
	commitAttempts = 6
)

// doing tells people what happens now.
func (w *warehouse) doing(what string) {
	w.tell(func(p *destinations.Progress) { p.Doing = what })
}

// tell changes what is known of the run, and reports it. It may be called by any goroutine.
func (w *warehouse) tell(change func(*destinations.Progress)) {
	w.telling.Lock()
	defer w.telling.Unlock()
	change(&w.now)
	w.report(w.now)
}

// staged adds to the bytes that left this machine.
func (w *warehouse) staged(bytes int) {
	w.tell(func(p *destinations.Progress) { p.Bytes += int64(bytes) })
}

// query reads the rows of a statement without effect. each is called once a row; if the whole is read again after a
// failure on the way, restart is called first.
func (w *warehouse) query(ctx context.Context, op string, st statement, restart func(), each func(row []any) error) error {
	return w.queryNamed(ctx, op, st, restart, func(_ []string, row []any) error { return each(row) })
}

// queryNamed is query for rows whose columns stand in an order that nobody promises.
func (w *warehouse) queryNamed(ctx context.Context, op string, st statement, restart func(), each func(names []string, row []any) error) error {
	for attempt, started := 1, time.Now(); ; attempt++ {
		restart()
		err := w.queryOnce(ctx, op, st, each)
		if connector.KindOf(err) != connector.KindTransient {
			return err
		}
		starting := errors.Is(err, errAsleep) && time.Since(started) < w.patience
		if !starting && attempt >= readAttempts {
			return err
		}
		if starting {
			w.doing("waiting for the warehouse to start")
		}
		if perr := w.pause(ctx, w.delay(attempt)); perr != nil {
			return err
		}
		if errors.Is(err, errSessionLost) && !w.again(ctx) {
			return err
		}
	}
}

// again pins another connection in place of one whose session is lost. Only reads go on over it by themselves.
func (w *warehouse) again(ctx context.Context) bool {
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return false
	}
	_ = w.conn.Close()
	w.conn = conn
	return true
}

// delay is what the server asked for, else a backoff.
func (w *warehouse) delay(attempt int) time.Duration {
	if w.asked > 0 {
		return w.asked
	}
	return backoff(attempt)
}

func (w *warehouse) queryOnce(ctx context.Context, op string, st statement, each func(names []string, row []any) error) error {
	xctx, x := w.begin(ctx)
	rows, err := w.conn.QueryContext(xctx, st.text, st.args...)
	if err != nil {
		return w.failure(ctx, op, st, reads, err, x.reply())
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		return w.failure(ctx, op, st, reads, err, x.reply())
	}
	for rows.Next() {
		row, err := scan(rows, len(names))
		if err == nil {
			err = each(names, row)
		}
		if err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return w.failure(ctx, op, st, reads, err, x.reply())
	}
	return nil
}

// change runs a statement that inserts, updates or deletes, once, and returns its counts.
func (w *warehouse) change(ctx context.Context, op string, st statement, eff effect) (counts, error) {
	if err := w.mayBegin(ctx, op); err != nil {
		return counts{}, err
	}
	xctx, x := w.begin(ctx)
	rows, err := w.conn.QueryContext(xctx, st.text, st.args...)
	if err != nil {
		return counts{}, w.failure(ctx, op, st, eff, err, x.reply())
	}
	// The driver returns rows only after the statement has finished: from here on it has happened, and a row that
	// cannot be read means counts that nobody knows, not a failure.
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil || !rows.Next() {
		return counts{}, nil
	}
	row, err := scan(rows, len(names))
	if err != nil {
		return counts{}, nil
	}
	var c counts
	for i, name := range names {
		n, ok := number(row[i])
		if !ok {
			continue
		}
		switch strings.ToLower(name) {
		case "num_affected_rows":
			c.affected = &n
		case "num_inserted_rows":
			c.inserted = &n
		case "num_updated_rows":
			c.updated = &n
		case "num_deleted_rows":
			c.deleted = &n
		}
	}
	return c, nil
}

// commit is change on the target, repeated while it surely had no effect: another writer won, the warehouse was too
// busy to begin, nothing left this machine.
func (w *warehouse) commit(ctx context.Context, op string, st statement) (counts, error) {
	return w.repeat(ctx, op, st, onTarget)
}

// repeat is commit on any table.
func (w *warehouse) repeat(ctx context.Context, op string, st statement, eff effect) (counts, error) {
	for attempt := 1; ; attempt++ {
		w.doing(op)
		c, err := w.change(ctx, op, st, eff)
		kind := connector.KindOf(err)
		if kind != connector.KindConflict && kind != connector.KindTransient || attempt >= commitAttempts {
			return c, err
		}
		if w.doing("waiting to try " + op + " again"); kind == connector.KindConflict {
			w.doing("waiting for another writer of " + w.target.plain())
		}
		if w.pause(ctx, w.delay(attempt)) != nil {
			return c, err
		}
	}
}

// define runs a statement without rows.
func (w *warehouse) define(ctx context.Context, op string, st statement, eff effect) error {
	if err := w.mayBegin(ctx, op); err != nil {
		return err
	}
	xctx, x := w.begin(ctx)
	if _, err := w.conn.ExecContext(xctx, st.text, st.args...); err != nil {
		return w.failure(ctx, op, st, eff, err, x.reply())
	}
	return nil
}

func (w *warehouse) begin(ctx context.Context) (context.Context, *exchange) {
	w.tell(func(p *destinations.Progress) { p.Statements++ })
	return withExchange(ctx)
}

// mayBegin keeps a statement from being sent at all under a context that has ended: what is not sent is not unknown.
func (w *warehouse) mayBegin(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		return &connector.Error{Kind: connector.KindCanceled, Op: op, Message: "interrupted before it was sent", Err: errors.Join(err, errUnsent)}
	}
	return nil
}

// close ends the session and the pool under it.
func (w *warehouse) close() error {
	if w.conn != nil {
		_ = w.conn.Close() // hands the connection back to a pool that is closed next
	}
	return w.db.Close()
}

// backoff is 0.5 s, 1 s, 2 s, ... at most 15 s, each cut by up to half at random so that two losers part.
func backoff(attempt int) time.Duration {
	d := min(500*time.Millisecond<<min(attempt-1, 5), 15*time.Second)
	return d/2 + rand.N(d/2)
}
