package databricks

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"
	dbsqllog "github.com/databricks/databricks-sql-go/logger"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// opener makes the pool of one session. It logs in, but does not go to the warehouse yet. plain leaves out what an
// older endpoint may not know.
type opener func(ctx context.Context, tags map[string]string, plain bool) (*sql.DB, error)

// silence turns the driver's log off. It writes failed statements, literals and all, to stderr; its logger is one for
// the process, and changing it later races with the driver's goroutines, so this happens once, before the first use.
var silence = sync.OnceFunc(func() {
	dbsqllog.SetLogOutput(io.Discard)
	_ = dbsqllog.SetLogLevel("disabled")
})

// finder finds out who drt is. What the environment says is looked up once, when the first session opens; all sessions
// share the token. network makes what is below HTTP.
func (c Config) finder(env connector.Env, network func() *http.Transport) func() (*login, error) {
	return sync.OnceValues(func() (*login, error) { return c.login(env, network()) })
}

// driverOpener opens pools over the real driver.
func driverOpener(find func() (*login, error), env connector.Env, network func() *http.Transport) opener {
	return func(ctx context.Context, tags map[string]string, plain bool) (*sql.DB, error) {
		who, err := find()
		if err != nil {
			return nil, err
		}
		a, err := who.enter(ctx)
		if err != nil {
			return nil, err
		}
		silence()
		wire := newTransport(network())
		options := []dbsql.ConnOption{
			dbsql.WithServerHostname(a.server()),
			dbsql.WithPort(a.port),
			dbsql.WithHTTPPath(a.path),
			dbsql.WithAuthenticator(who),
			dbsql.WithUserAgentEntry(agent(env)),
			dbsql.WithRetries(0, time.Second, time.Second), // the transport knows which calls may be sent twice
			dbsql.WithTransport(wire),
			dbsql.WithCloudFetch(false),
		}
		if !plain {
			options = append(options,
				dbsql.WithSessionParams(map[string]string{"ANSI_MODE": "true", "TIMEZONE": "UTC"}), dbsql.WithQueryTags(tags))
		}
		cn, err := dbsql.NewConnector(options...)
		if err != nil {
			return nil, &connector.Error{Kind: connector.KindConfig, Op: "open session", Message: "the driver refused the address", Err: err}
		}
		return sql.OpenDB(sessionConnector{cn, wire}), nil
	}
}

// agent is how drt names itself to servers.
func agent(env connector.Env) string {
	if env.Version == "" {
		return "drt/dev"
	}
	return "drt/" + env.Version
}

// sessionConnector closes the HTTP connections of a session with its pool.
type sessionConnector struct {
	driver.Connector
	wire *transport
}

// Close implements io.Closer, which sql.DB.Close looks for.
func (c sessionConnector) Close() error {
	c.wire.base.CloseIdleConnections()
	return nil
}

// connect opens a session and waits for a warehouse that is asleep.
func (d *Destination) connect(ctx context.Context, tags map[string]string, report func(destinations.Progress)) (*warehouse, error) {
	if report == nil {
		report = func(destinations.Progress) {}
	}
	w := &warehouse{
		target: d.cfg.target(), scratch: d.cfg.scratchSchema(), pause: d.pause, report: report,
		patience: time.Duration(d.cfg.StartTimeout),
	}
	started, plain := time.Now(), false
	for attempt := 1; ; attempt++ {
		wait, err := w.open(ctx, d.open, tags, plain)
		switch {
		case err == nil:
			return w, nil
		case !plain && aboutParameters(err):
			// Tags and session parameters are a courtesy. An endpoint that does not know them still works: every
			// timestamp carries its zone, and every value is checked before it is cast.
			plain = true
			continue
		case connector.KindOf(err) != connector.KindTransient:
			return nil, err
		case unreachable(err) && attempt >= readAttempts:
			return nil, err
		}
		left := w.patience - time.Since(started)
		if left <= 0 {
			return nil, w.tooSlow(err)
		}
		w.doing("waiting for the warehouse to start")
		if wait == 0 {
			wait = backoff(attempt)
		}
		wait = min(wait, left)
		if d.pause(ctx, wait) != nil {
			return nil, &connector.Error{Kind: connector.KindCanceled, Op: "open session", Message: "interrupted while waiting for the warehouse", Err: ctx.Err()}
		}
	}
}

// tooSlow adds to the reply of a warehouse that did not start what to do about it.
func (w *warehouse) tooSlow(err error) error {
	var e *connector.Error
	if asError(err, &e) {
		e.Message = "the warehouse did not start within " + w.patience.String() + ": " + e.Message
		e.Hint = "start it by hand and look at why it takes so long, or raise start_timeout"
	}
	return err
}

// open tries once. It returns how long the server asks to wait, 0 if it does not say.
func (w *warehouse) open(ctx context.Context, open opener, tags map[string]string, plain bool) (time.Duration, error) {
	db, err := open(ctx, tags, plain)
	if err != nil {
		return 0, err
	}
	xctx, x := withExchange(ctx)
	conn, err := db.Conn(xctx)
	if err == nil {
		w.db, w.conn = db, conn
		return 0, nil
	}
	_ = db.Close()
	r := x.reply()
	return r.retryAfter, openFailure(ctx, err, r)
}

// openFailure classifies a session that did not open. A session that opened unseen ends by itself, so asking again
// is safe.
func openFailure(ctx context.Context, err error, r reply) error {
	a := read(err)
	e := &connector.Error{
		Kind: connector.KindPermanent, Op: "open session", Message: clip(a.text), Class: a.class, SQLState: a.state,
	}
	var dns *net.DNSError
	switch {
	case ctx.Err() != nil:
		e.Kind, e.Message, e.Err = connector.KindCanceled, "interrupted", ctx.Err()
	case r.login != nil:
		return r.login
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden || authText(a.text):
		e.Kind = connector.KindAuth
		e.Hint = "check the token, and GRANT its principal CAN USE on the SQL warehouse"
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Kind, e.Message = connector.KindConfig, "host "+dns.Name+" is not known"
		e.Hint = "check the variable that host_env names"
	case r.status == http.StatusNotFound:
		e.Kind = connector.KindNotFound
		e.Hint = "check the warehouse's HTTP path or id"
	case r.status == 0:
		e.Kind, e.Message, e.Err = connector.KindTransient, "the workspace cannot be reached: "+e.Message, errUnreachable
		e.Hint = "check the host, and the network or proxy between"
	case transientStatus(r.status) || strings.Contains(a.text, asleepText):
		e.Kind = connector.KindTransient
		e.Hint = "the warehouse did not start in time"
	}
	return e
}

// errUnreachable marks a session that got no reply at all: that is no sleeping warehouse, and not worth minutes.
var errUnreachable = errors.New("no reply")

func unreachable(err error) bool { return errors.Is(err, errUnreachable) }

// aboutParameters recognises a refusal of session parameters.
func aboutParameters(err error) bool {
	text := strings.ToUpper(err.Error())
	for _, name := range []string{"QUERY_TAGS", "ANSI_MODE", "CONFIG_NOT_AVAILABLE", "CANNOT_MODIFY_CONFIG"} {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}

// queryTags say in the warehouse's query history who sent a statement.
func queryTags(sync, run, syncRun string) map[string]string {
	const most = 128
	tags := map[string]string{"tool": "drt", "drt_sync": sync, "drt_run": run, "drt_sync_run": syncRun}
	for k, v := range tags {
		if r := []rune(v); len(r) > most {
			tags[k] = string(r[:most])
		}
	}
	return tags
}
