package destinationtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// run is one case being held against one destination.
type run struct {
	testing.TB
	harness Harness
	caps    destinations.Capabilities
}

// place is one target, and the destination that writes to it.
type place struct {
	*run
	Target
	table Table
	dest  destinations.Destination
}

// probe asks what the destination can do.
func (r *run) probe() destinations.Capabilities {
	r.Helper()
	return r.place(Table{Columns: people(), Key: []string{"id"}}).dest.Capabilities()
}

// place makes a target and builds the destination for it.
func (r *run) place(table Table) *place {
	r.Helper()
	p := &place{run: r, table: table, Target: r.harness.NewTarget(r, table)}
	dest, ds := p.build(p.Config)
	if len(ds) > 0 {
		r.Fatalf("the config of the harness is refused: %s\n%s", summaries(ds), p.Config)
	}
	p.dest = dest
	return p
}

// people makes the table that most cases use: a target for mode, with the key where the mode needs one.
func (r *run) people(mode destinations.Mode) *place {
	r.Helper()
	return r.target(mode, people(), "id")
}

// target makes a target for mode with any columns; key is used where the mode needs one.
func (r *run) target(mode destinations.Mode, schema *arrow.Schema, key ...string) *place {
	r.Helper()
	table := Table{Columns: schema, Mode: mode}
	if keyed(mode) {
		table.Key = key
	}
	return r.place(table)
}

func keyed(m destinations.Mode) bool {
	return m == destinations.ModeMerge || m == destinations.ModeMirror
}

func (p *place) build(config string) (destinations.Destination, connector.Diagnostics) {
	env := p.Env
	if env.Lookup == nil {
		env.Lookup = func(string) (string, bool) { return "", false }
	}
	if env.Dir == "" {
		env.Dir = p.TempDir()
	}
	node, ds := connector.ParseNode("target.yml", []byte(config))
	if len(ds) > 0 {
		return nil, ds
	}
	return p.harness.Spec.New(node, env)
}

func summaries(ds connector.Diagnostics) string {
	var b strings.Builder
	for _, d := range ds {
		fmt.Fprintf(&b, "%s: %s; ", d.Path, d.Summary)
	}
	return b.String()
}

// plan is a run of mode over the target's own columns; edits change it.
func (p *place) plan(mode destinations.Mode, edits ...func(*destinations.Plan)) destinations.Plan {
	plan := destinations.Plan{
		Sync: "people", RunID: newID(), SyncRunID: newID(), Started: time.Now().UTC().Truncate(time.Microsecond),
		Mode: mode, Schema: p.table.Columns, SkipErrors: true,
		Duplicates: destinations.DuplicateLast, Guards: destinations.NoGuards(),
	}
	for _, edit := range edits {
		edit(&plan)
	}
	return plan
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// open opens a session and closes it when the case ends.
func (p *place) open(plan destinations.Plan) destinations.Session {
	p.Helper()
	s, err := p.dest.Open(context.Background(), plan)
	if err != nil {
		p.Fatalf("open for mode %s: %v", plan.Mode, err)
	}
	p.Cleanup(func() { _ = s.Close() })
	return s
}

// write stages one batch of rows.
func (p *place) write(s destinations.Session, schema *arrow.Schema, rows ...row) error {
	p.Helper()
	b := p.batch(schema, rows...)
	defer b.Release()
	return s.Write(context.Background(), b)
}

// mustWrite stages rows that the target can hold.
func (p *place) mustWrite(s destinations.Session, plan destinations.Plan, rows ...row) {
	p.Helper()
	if err := p.write(s, plan.Schema, rows...); err != nil {
		p.Fatalf("write of rows that the target can hold: %v", err)
	}
}

// commit commits and closes.
func (p *place) commit(s destinations.Session, c destinations.Commit) destinations.Result {
	p.Helper()
	res, err := s.Commit(context.Background(), c)
	if err != nil {
		p.Fatalf("commit: %v", err)
	}
	if err := s.Close(); err != nil {
		p.Errorf("close after commit: %v", err)
	}
	return res
}

// load is a whole run: open, write the rows as one batch if there are any, commit, close.
func (p *place) load(plan destinations.Plan, rows ...row) destinations.Result {
	p.Helper()
	s := p.open(plan)
	if len(rows) > 0 {
		p.mustWrite(s, plan, rows...)
	}
	return p.commit(s, destinations.Commit{})
}

// seed puts rows into the target before the case begins, in whichever mode the destination has.
func (p *place) seed(rows ...row) {
	p.Helper()
	p.load(p.plan(p.seedMode()), rows...)
}

func (p *place) seedMode() destinations.Mode {
	modes := []destinations.Mode{destinations.ModeInsert, destinations.ModeReplace}
	if len(p.table.Key) > 0 {
		modes = append(modes, destinations.ModeMerge, destinations.ModeMirror)
	}
	for _, m := range modes {
		if slices.Contains(p.caps.Modes, m) {
			return m
		}
	}
	p.Fatalf("the destination lists no mode that can be used: %v", p.caps.Modes)
	return ""
}

// anyMode is the mode of cases that are not about modes.
func (r *run) anyMode() destinations.Mode {
	for _, m := range []destinations.Mode{destinations.ModeInsert, destinations.ModeReplace, destinations.ModeMerge, destinations.ModeMirror} {
		if slices.Contains(r.caps.Modes, m) {
			return m
		}
	}
	r.Fatalf("Capabilities lists no mode")
	return ""
}

// kind fails the case unless err is a *connector.Error of one of kinds.
func (r *run) kind(err error, promise string, kinds ...connector.Kind) {
	r.Helper()
	var e *connector.Error
	switch {
	case err == nil:
		r.Errorf("%s: want an error of kind %v, got none", promise, kinds)
	case !errors.As(err, &e):
		r.Errorf("%s: want a *connector.Error of kind %v, got %T: %v", promise, kinds, err, err)
	case !slices.Contains(kinds, e.Kind):
		r.Errorf("%s: want kind %v, got %s: %v", promise, kinds, e.Kind, err)
	}
}
