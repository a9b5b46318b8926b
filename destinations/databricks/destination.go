package databricks

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Destination is one Delta table behind a SQL warehouse. It is safe for concurrent use.
type Destination struct {
	cfg   Config
	open  opener
	files filesFinder // nil: there is no workspace beside the database
	pause func(context.Context, time.Duration) error
}

var (
	_ destinations.Destination = (*Destination)(nil)
	_ destinations.Checker     = (*Destination)(nil)
	_ destinations.Cleaner     = (*Destination)(nil)
	_ destinations.Capable     = Config{}
)

// New builds the destination over the real driver, without I/O. Errors are *connector.FieldError, joined. What the
// environment says is looked up when a session opens.
func New(c Config, env connector.Env) (*Destination, error) {
	find := c.finder(env, network)
	d, err := newDestination(c, driverOpener(find, env, network))
	if err != nil {
		return nil, err
	}
	d.files = workspaceFiles(find, env, network)
	return d, nil
}

// NewWithDB builds the destination over db, which stands where the driver does: one session, which closes db.
func NewWithDB(db *sql.DB, c Config) (*Destination, error) {
	return newDestination(c, func(context.Context, map[string]string, bool) (*sql.DB, error) { return db, nil })
}

func newDestination(c Config, open opener) (*Destination, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return &Destination{cfg: c, open: open, pause: pause}, nil
}

// Target implements destinations.Destination.
func (d *Destination) Target() destinations.Target {
	t := destinations.Target{
		Name: "databricks (" + d.cfg.target().plain() + ")", Mode: destinations.ModeInsert,
		Set: d.cfg.Mode != "", Key: d.cfg.UpsertKey,
	}
	if d.cfg.Mode == modeMerge {
		t.Mode = destinations.ModeMerge
	}
	return t
}

// Capabilities implements destinations.Destination.
func (d *Destination) Capabilities() destinations.Capabilities { return d.cfg.Capabilities() }

// Open implements destinations.Destination: it connects, reads the target's columns, holds the model against them,
// and sweeps the scratch of p.DeadRuns.
func (d *Destination) Open(ctx context.Context, p destinations.Plan) (destinations.Session, error) {
	if err := d.accepts(p); err != nil {
		return nil, err
	}
	if p.Guards == (destinations.Guards{}) {
		p.Guards = destinations.NoGuards()
	}
	w, err := d.connect(ctx, queryTags(p.Sync, p.RunID, p.SyncRunID), p.Progress)
	if err != nil {
		return nil, err
	}
	w.run = p.SyncRunID
	s, err := d.prepare(ctx, w, p)
	if err != nil {
		_ = w.close()
		return nil, err
	}
	for _, dead := range p.DeadRuns {
		s.sweep(ctx, dead)
	}
	s.sweepFiles(ctx, p.DeadRuns)
	return s, nil
}

// accepts refuses a plan before anything is sent. The engine has asked Capabilities; a mode that deletes must not
// depend on that.
func (d *Destination) accepts(p destinations.Plan) error {
	switch p.Mode {
	case destinations.ModeInsert, destinations.ModeReplace:
	case destinations.ModeMerge:
		if len(d.cfg.UpsertKey) == 0 {
			return badPlan("upsert_key", "upsert_key is required")
		}
	case destinations.ModeMirror:
		if len(d.cfg.UpsertKey) == 0 {
			return badPlan("upsert_key", "mirror requires destination.upsert_key")
		}
	default:
		return badPlan("mode", "unsupported mode: "+string(p.Mode))
	}
	if p.ExactlyOnce && (p.Mode != destinations.ModeInsert || p.InsertWhere != "") {
		return badPlan("sync.exactly_once", "sync.exactly_once is for rows that are appended: every other mode gives the same when it is run again")
	}
	return nil
}

func badPlan(field, message string) error {
	return &connector.Error{
		Kind: connector.KindConfig, Op: "open session", Message: message, Err: &connector.FieldError{Field: field, Message: message},
	}
}

// prepare reads the target and lays the run out.
func (d *Destination) prepare(ctx context.Context, w *warehouse, p destinations.Plan) (*session, error) {
	s := &session{w: w, plan: p, cfg: d.cfg}
	l := layout{target: d.cfg.target(), scratch: scratchFor(d.cfg.scratchSchema(), d.cfg.target(), p.SyncRunID)}
	var err error
	if s.layout, s.create, err = d.layOut(ctx, w, l, p); err != nil {
		return nil, err
	}
	for i := range s.layout.columns {
		s.layout.columns[i].hidden = containsFold(p.Sensitive, string(s.layout.columns[i].name))
	}
	if p.Mirror.Tracked {
		s.layout.run, s.layout.sent = p.SyncRunID, sentFor(d.cfg.scratchSchema(), s.layout, p.Sync)
		if err := s.findSent(ctx); err != nil {
			return nil, err
		}
	}
	encode, err := newRowEncoder(p.Schema, s.layout)
	if err != nil {
		return nil, err
	}
	by, err := newLoader(d.cfg.Staging.Loader, len(s.layout.columns))
	if err != nil {
		return nil, err
	}
	s.rows = newFeed(by, s.layout.scratchSlots(), encode)
	if p.Mode == destinations.ModeMirror {
		keys := encode.keysOnly()
		if by, err = newLoader(d.cfg.Staging.Loader, len(keys.cells)); err != nil {
			return nil, err
		}
		s.keys = newFeed(by, s.layout.keySlots(), keys)
	}
	return s, d.prepareFiles(s)
}

// wishOf is what p and the config want of the target.
func (d *Destination) wishOf(p destinations.Plan) wish {
	w := wish{key: d.cfg.UpsertKey, scope: p.Mirror.Scope, evolve: d.cfg.SchemaEvolution, extras: newExtras(p)}
	if p.Mode == destinations.ModeInsert || p.Mode == destinations.ModeReplace {
		w.key = nil // an append takes rows whose key is NULL
	}
	return w
}

// predicateOf is the predicate that bounds what p takes away; "" if there is none.
func predicateOf(p destinations.Plan) (string, error) {
	field, written := "mirror.where", p.Mirror.Where
	if p.Mode == destinations.ModeInsert {
		field, written = "replace_where", p.InsertWhere
	}
	if written == "" {
		return "", nil
	}
	where, err := predicate(written)
	if err != nil {
		return "", badPlan(field, field+": "+err.Error())
	}
	return where, nil
}

// layOut matches model and target; create says that the target is to be made.
func (d *Destination) layOut(ctx context.Context, w *warehouse, l layout, p destinations.Plan) (_ layout, create bool, _ error) {
	want := d.wishOf(p)
	l.definition = d.cfg.definition()
	var err error
	if l.where, err = predicateOf(p); err != nil {
		return l, false, err
	}
	if !d.cfg.IntrospectSchema {
		l, err := fromModel(l, p.Schema, want)
		return l, d.cfg.Create, err
	}
	columns, err := w.readTarget(ctx, l.target)
	if connector.KindOf(err) == connector.KindNotFound && isTableMissing(err) {
		made, merr := fromModel(l, p.Schema, want)
		switch {
		case merr != nil:
			return l, false, merr
		case !d.cfg.Create:
			return l, false, absent(made, err)
		}
		return made, true, nil
	}
	if err != nil {
		return l, false, err
	}
	l, missing, err := match(l, p.Schema, columns, want)
	if err == nil && len(missing) > 0 {
		if missing = w.confirmRequired(ctx, l.target, missing); len(missing) > 0 {
			err = required(l.target, missing)
		}
	}
	return l, false, err
}

// isTableMissing tells a missing table from a missing schema or catalog, which drt does not create.
func isTableMissing(err error) bool {
	var e *connector.Error
	return asError(err, &e) && (e.SQLState == "42P01" || e.Class == "TABLE_OR_VIEW_NOT_FOUND" || e.Class == "DELTA_TABLE_NOT_FOUND")
}

func asError(err error, into **connector.Error) bool { return errors.As(err, into) }
