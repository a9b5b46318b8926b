package sim

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/drt-go/drt/tests/sim/warehouse"
)

// link is the driver of one process: its way to the warehouse.
type link struct{ p *process }

func (l link) Driver() driver.Driver { return nil }

var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	errReset   = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	errSession = errors.New("databricks: request error: Invalid SessionHandle: SessionHandle [4711]")
)

func (l link) Connect(ctx context.Context) (driver.Conn, error) {
	p := l.p
	if err := p.wait(ctx, p.afterFailure()+p.latency(20)); err != nil {
		return nil, err
	}
	if p.offline() {
		p.failed()
		return nil, errRefused
	}
	return &conn{p: p}, nil
}

func (p *process) latency(ms int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Millisecond + time.Duration(p.rand.IntN(ms*1_000_000))
}

func (p *process) coin(of int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.rand.IntN(of) == 0
}

func (p *process) offline() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Before(p.offlineTill)
}

func (p *process) failed() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failedAt = time.Now()
}

func (p *process) succeeded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failedAt = time.Time{}
}

// afterFailure rounds the pause after a failure up to what it may be at most: drt cuts it at random, which no seed rules.
func (p *process) afterFailure() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failedAt.IsZero() {
		return 0
	}
	paused := time.Since(p.failedAt)
	if paused == 0 {
		return 0
	}
	const connecting = 100 * time.Millisecond // which may have come between
	for d := 500 * time.Millisecond; d <= time.Hour; d *= 2 {
		if paused <= d+connecting {
			return d + connecting - paused
		}
	}
	return 0
}

// conn is one session.
type conn struct {
	p    *process
	lost bool
}

func (c *conn) Prepare(string) (driver.Stmt, error) { return nil, driver.ErrSkip }
func (c *conn) Begin() (driver.Tx, error)           { return nil, driver.ErrSkip }
func (c *conn) Close() error                        { return nil }

func (c *conn) ExecContext(ctx context.Context, sql string, args []driver.NamedValue) (driver.Result, error) {
	_, err := c.send(ctx, sql, args)
	return driver.ResultNoRows, err
}

func (c *conn) QueryContext(ctx context.Context, sql string, args []driver.NamedValue) (driver.Rows, error) {
	r, err := c.send(ctx, sql, args)
	if err != nil {
		return nil, err
	}
	return &rows{r}, nil
}

type rows struct{ r warehouse.Result }

func (r *rows) Columns() []string { return r.r.Columns }
func (r *rows) Close() error      { return nil }

func (r *rows) Next(into []driver.Value) error {
	if len(r.r.Rows) == 0 {
		return io.EOF
	}
	for i, v := range r.r.Rows[0] {
		into[i] = v
	}
	r.r.Rows = r.r.Rows[1:]
	return nil
}

// faultOf decides what goes wrong with the statement, and says what it is.
func (p *process) faultOf(sql string) fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.statements++
	f := p.faults.byNumber[p.statements]
	switch {
	case changesTarget(sql):
		p.commits++
		if g := p.faults.byCommit[p.commits]; g != none {
			f = g
		}
	case asksBack(sql):
		p.settles++
		if p.settles == 1 && p.faults.byFence != none {
			f = p.faults.byFence
		}
	}
	return f
}

const targetName = "`main`.`default`.`users`"

func changesTarget(sql string) bool {
	for _, verb := range []string{"MERGE INTO ", "INSERT INTO ", "INSERT OVERWRITE ", "DELETE FROM ", "UPDATE "} {
		if strings.HasPrefix(sql, verb+targetName) {
			return true
		}
	}
	return false
}

// asksBack recognises the fence.
func asksBack(sql string) bool { return strings.HasPrefix(sql, "ALTER TABLE "+targetName) }

// send is the way of a statement there and back.
func (c *conn) send(ctx context.Context, sql string, named []driver.NamedValue) (warehouse.Result, error) {
	if err := c.p.alive(); err != nil {
		return warehouse.Result{}, err
	}
	p, f := c.p, c.p.faultOf(sql)
	if err := p.wait(ctx, p.afterFailure()); err != nil {
		return warehouse.Result{}, err
	}
	r, err := c.exchange(ctx, sql, named, f)
	if aerr := p.alive(); aerr != nil {
		return warehouse.Result{}, aerr
	}
	if err != nil {
		p.failed()
	} else {
		p.succeeded()
	}
	note := ""
	if f != none {
		note = " (" + f.String() + ")"
	}
	if err != nil {
		p.world.story.tell("%s: %s%s: %v", p.run.name, brief{sql, named}, note, err)
	} else {
		p.world.story.tell("%s: %s%s", p.run.name, brief{sql, named}, note)
	}
	return r, err
}

func (c *conn) exchange(ctx context.Context, sql string, named []driver.NamedValue, f fault) (warehouse.Result, error) {
	p, nothing := c.p, warehouse.Result{}
	if c.lost {
		return nothing, errSession
	}
	if f == outage {
		p.mu.Lock()
		p.offlineTill = time.Now().Add(time.Duration(1+p.rand.IntN(90)) * time.Second)
		p.mu.Unlock()
	}
	there := p.latency(20)
	if f == killBefore {
		p.kill()
	}
	if err := p.wait(ctx, there); err != nil {
		return nothing, err
	}
	switch {
	case p.offline():
		return nothing, errRefused
	case f == lostBefore:
		return nothing, errReset
	case f == sessionBefore:
		c.lost = true
		return nothing, errSession
	case f == answersError:
		p.mu.Lock()
		defer p.mu.Unlock()
		return nothing, p.faults.answers[p.rand.IntN(len(p.faults.answers))]
	}
	return c.await(ctx, f, p.serve(sql, named, f))
}

// await waits for the reply, as long as the fault lets it.
func (c *conn) await(ctx context.Context, f fault, s *serving) (warehouse.Result, error) {
	p, nothing := c.p, warehouse.Result{}
	var gone <-chan time.Time
	switch f {
	case lostLate, killDuring, stop:
		gone = time.After(p.latency(100))
	}
	for {
		select {
		case r := <-s.reply:
			return c.reply(ctx, f, r)
		case <-ctx.Done():
			if err := p.alive(); err != nil {
				return nothing, err
			}
			if p.coin(2) {
				close(s.cancel) // else the cancel is lost as well
			}
			return nothing, ctx.Err()
		case <-p.dead:
			return nothing, p.alive()
		case <-gone:
			gone = nil
			switch f {
			case lostLate:
				return nothing, errReset
			case killDuring:
				p.kill()
			case stop:
				p.world.story.tell("%s gets a signal", p.run.name)
				p.signal()
			}
		}
	}
}

// reply is the way back.
func (c *conn) reply(ctx context.Context, f fault, r result) (warehouse.Result, error) {
	p, nothing := c.p, warehouse.Result{}
	if f == killAfter {
		p.kill()
	}
	back := p.latency(20)
	if err := p.wait(context.WithoutCancel(ctx), back); err != nil {
		return nothing, err
	}
	switch {
	case p.offline() || f == lostAfter || f == lostLate:
		return nothing, errReset
	case f == sessionAfter:
		c.lost = true
		return nothing, errSession
	case f == hookFails && r.err == nil:
		return nothing, &warehouse.Error{Class: "DELTA_POST_COMMIT_HOOK_FAILED", State: "2DKD0", Message: "Committing to the Delta table succeeded but error while executing post-commit hook."}
	}
	return r.Result, r.err
}
