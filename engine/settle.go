package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/state"
)

// announce is Plan.Announce: it writes a change into the journal before it is sent.
func (r *run) announce(ctx context.Context, c destinations.Change) error {
	if r.lease == nil {
		return nil // a dry run changes nothing
	}
	text, err := json.Marshal(c)
	if err != nil {
		return at(stageState, err)
	}
	err = r.lease.Announce(ctx, state.Change{
		Mode: string(r.mode), Change: text, Watermark: r.next, Previous: r.previous, Earlier: earlier(r.announced, c.Kind),
	})
	switch {
	case errors.Is(err, state.ErrLost):
		return stopped(stageCommit, err)
	case err != nil:
		return failed(ctx, stageState, err)
	}
	if r.announced == "" {
		r.noticeOthers(ctx, c)
	}
	r.announced = c.Kind
	return nil
}

// earlier is the outcome of a change after which the same run announces another: one of the same kind takes the place of
// what the target has refused, any other follows what it has done.
func earlier(announced, kind string) string {
	switch announced {
	case "":
		return ""
	case kind:
		return state.OutcomeNotCommitted
	}
	return state.OutcomeCommitted
}

// noticeOthers warns of a run of this sync that wrote to the target and is not in this state: two hosts with a state
// each would send every row twice.
func (r *run) noticeOthers(ctx context.Context, c destinations.Change) {
	if c.LastRun == "" || c.LastRun == r.report.SyncRunID || r.mark != nil && r.mark.SyncRunID == c.LastRun {
		return
	}
	known, err := r.store.HasRun(ctx, c.LastRun)
	if err == nil && !known && r.options.Rebuild {
		known, err = r.startsAnew(ctx) // a runner that keeps no state knows nobody
	}
	if err == nil && !known {
		r.warn("run %s of this sync wrote to %s, and this state does not know it: is the sync run by another host, or was its state lost?", c.LastRun, c.Target)
	}
}

// announceWhole is the announcement for a destination that does not know its changes apart.
func (r *run) announceWhole(ctx context.Context) error {
	if _, settles := r.job.Destination.(destinations.Settler); settles {
		return nil
	}
	return r.announce(ctx, destinations.Change{Kind: "commit", Target: r.report.Destination, Staged: r.writer.accepted})
}

// settleEarlier finds out what became of changes of earlier runs whose outcome is not known, before this run does
// anything: a watermark that was earned comes into force, and nothing is sent twice. A dry run, which has no lease, only
// says that there is something to find out.
func (r *run) settleEarlier(ctx context.Context) error {
	open, err := r.store.Unsettled(ctx, r.job.Name)
	if err != nil {
		return failed(ctx, stageState, err)
	}
	if r.lease == nil {
		if len(open) > 0 {
			r.warn("run %s may have been committed or not: the next run finds out first, and may have less to do than this dry run counts", open[0].SyncRunID)
		}
		return nil
	}
	for len(open) > 0 {
		last, rest := open[0], open[1:]
		for len(rest) > 0 && rest[0].SyncRunID == last.SyncRunID {
			last, rest = rest[0], rest[1:]
		}
		r.tally.doing("settling the outcome of run " + last.SyncRunID)
		if err := r.settleOne(ctx, last); err != nil {
			return err
		}
		open = rest
	}
	return nil
}

func (r *run) settleOne(ctx context.Context, c state.Change) error {
	found, err := r.judge(ctx, c)
	if err != nil {
		return failed(ctx, stageSettle, err)
	}
	if found.Outcome == destinations.Ambiguous {
		return &fault{stage: stageSettle, status: StatusUnknown, err: r.undecided(c, found.Evidence)}
	}
	if err := r.lease.Settle(ctx, c.SyncRunID, string(found.Outcome), found.Evidence); err != nil {
		return failed(ctx, stageState, err)
	}
	r.report.Notes = append(r.report.Notes, fmt.Sprintf("run %s of %s ended with an outcome that nobody knew: %s, %s",
		c.SyncRunID, c.Sent.Local().Format(time.DateTime), outcomeWords(found.Outcome), found.Evidence))
	return nil
}

// judge asks the destination. One that cannot tell does no harm where a run gives the same when it is run again.
func (r *run) judge(ctx context.Context, c state.Change) (found destinations.Settlement, err error) {
	var change destinations.Change
	if err := json.Unmarshal(c.Change, &change); err != nil {
		return found, &connector.Error{Kind: connector.KindPermanent, Op: "settle", Message: "the journal of run " + c.SyncRunID + " is damaged", Err: err}
	}
	settler, ok := r.job.Destination.(destinations.Settler)
	switch {
	case ok:
		err = guard("settle", func() (err error) {
			found, err = settler.Settle(ctx, destinations.Unsettled{
				Sync: r.job.Name, SyncRunID: c.SyncRunID, Mode: destinations.Mode(c.Mode), Change: change, Sent: c.Sent,
			})
			return err
		})
		return found, err
	case destinations.Mode(c.Mode) != destinations.ModeInsert && change.Target == r.report.Destination:
		return destinations.Settlement{Outcome: destinations.NotCommitted, Evidence: "sent again, it gives the same rows"}, nil
	}
	return destinations.Settlement{Outcome: destinations.Ambiguous, Evidence: change.Target + " keeps no record of its commits"}, nil
}

func outcomeWords(o destinations.Outcome) string {
	if o == destinations.Committed {
		return "it was committed"
	}
	return "it was not committed"
}

// undecided is the error of a change that may have happened or not: a person must look.
func (r *run) undecided(c state.Change, evidence string) error {
	return &connector.Error{
		Kind: connector.KindUnknown, Op: "settle",
		Message: fmt.Sprintf("run %s of %s may have been committed or not (%s); nothing was sent", c.SyncRunID, c.Sent.Local().Format(time.DateTime), evidence),
		Hint: fmt.Sprintf("if its rows are in the target: drt state resolve %s --committed; if they are not: drt state resolve %s --not-committed",
			r.job.Name, r.job.Name),
	}
}

// mayRepeat says whether the whole run may be sent again at once: its change surely did not happen, and what kept it from
// happening passes by itself.
func (r *run) mayRepeat(ctx context.Context) bool {
	if r.report.Err == nil || ctx.Err() != nil || readsOnce(r.job.Source) {
		return false
	}
	return errors.Is(r.report.Err, destinations.ErrNotCommitted) || r.brokeWhileStaging()
}

// brokeWhileStaging says whether one statement too many was lost or turned away before any change was sent. Connecting has
// patience of its own, and so has a source.
func (r *run) brokeWhileStaging() bool {
	staging := r.report.Stage == stageLoad || r.report.Stage == stageCommit
	return staging && r.announced == "" && connector.KindOf(r.report.Err) == connector.KindTransient
}

func readsOnce(s sources.Source) bool {
	o, ok := s.(sources.Once)
	return ok && o.Once()
}
