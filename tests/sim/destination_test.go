package sim

import (
	"context"
	"database/sql"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

// destination is the real one. It makes a pool for each session, as the driver's opener does: NewWithDB has only one.
type destination struct {
	p    *process
	cfg  databricks.Config
	base *databricks.Destination // for what needs no session
}

func newDestination(p *process, cfg databricks.Config) *destination {
	d := &destination{p: p, cfg: cfg}
	db := sql.OpenDB(link{p})
	d.base = d.fresh(db)
	_ = db.Close() // no session is opened on it
	return d
}

func (d *destination) fresh(db *sql.DB) *databricks.Destination {
	out, err := databricks.NewWithDB(db, d.cfg)
	if err != nil {
		panic(err)
	}
	return out
}

func (d *destination) Target() destinations.Target             { return d.base.Target() }
func (d *destination) Capabilities() destinations.Capabilities { return d.base.Capabilities() }

func (d *destination) Open(ctx context.Context, p destinations.Plan) (destinations.Session, error) {
	d.p.run.now().call(p.SyncRunID)
	db := sql.OpenDB(link{d.p})
	s, err := d.fresh(db).Open(ctx, p)
	if err != nil {
		_ = db.Close()
	}
	return s, err
}

// Settle and Remembered go over a session of their own, too.
func (d *destination) Settle(ctx context.Context, u destinations.Unsettled) (destinations.Settlement, error) {
	s, err := d.fresh(sql.OpenDB(link{d.p})).Settle(ctx, u)
	d.p.world.story.tell("%s settles run %s: %s, %s %v", d.p.run.name, u.SyncRunID, s.Outcome, s.Evidence, err)
	return s, err
}

func (d *destination) Remembered(ctx context.Context, sync string) (*destinations.Remembered, error) {
	return d.fresh(sql.OpenDB(link{d.p})).Remembered(ctx, sync)
}
