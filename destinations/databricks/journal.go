package databricks

import (
	"context"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// The kinds of changes, as the journal names them.
const (
	kindMerge     = "MERGE"
	kindDelete    = "DELETE"
	kindInsert    = "INSERT"
	kindReplace   = "INSERT REPLACE WHERE"
	kindOverwrite = "INSERT OVERWRITE"
)

// send announces a change of the target, sends it, and settles it if its reply is lost. What nobody keeps a journal of is
// not settled: the caller looks after it.
func (s *session) send(ctx context.Context, kind string, st statement, signature string, staged int64) (counts, error) {
	c := destinations.Change{Kind: kind, Target: s.layout.target.plain(), Staged: staged, Signature: signature}
	if s.scratch {
		c.Scratch = s.layout.scratch.plain()
	}
	if s.tracked() {
		c.Keys = s.layout.sent.plain()
	}
	if err := s.announce(ctx, &c); err != nil {
		return counts{}, err
	}
	n, err := s.w.commit(ctx, kind, st)
	if connector.KindOf(err) != connector.KindUnknown || ctx.Err() != nil || s.plan.Announce == nil {
		return n, err
	}
	return s.settle(ctx, c, err)
}

// announce writes c into the journal, with the version of the target that it finds. What carries no signature is told
// from the writes of others by that version, so it is read anew; for what does, the one before the run's first change
// will do.
func (s *session) announce(ctx context.Context, c *destinations.Change) error {
	if s.plan.Announce == nil {
		return nil
	}
	if s.seen == nil || c.Signature == "" {
		s.seen = s.look(ctx)
	}
	c.Version, c.LastRun = s.seen.version, s.seen.lastRun
	return s.plan.Announce(ctx, *c)
}

// lately is how many commits are looked at before a change.
const lately = 20

// sighting is what the target's log says before a change.
type sighting struct {
	version *int64 // the newest; nil: the log cannot be read
	lastRun string // run that made the newest commit of this sync that is signed; "" if there is none lately
}

// look reads the newest part of the target's log.
func (s *session) look(ctx context.Context) *sighting {
	log, err := s.w.history(ctx, s.layout.target, lately, 0)
	if err != nil || len(log) == 0 {
		return &sighting{}
	}
	seen := &sighting{version: destinations.Count(newest(log))}
	for _, v := range log {
		if a, ok := signatureIn(v.logged); ok && a.sync == s.plan.Sync {
			seen.lastRun = a.run
			break
		}
	}
	return seen
}
