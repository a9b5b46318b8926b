package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/state"
)

type stateShowOptions struct{ Output string }

func newStateShowCommand(app *App) *cobra.Command {
	var o stateShowOptions
	cmd := &cobra.Command{
		Use:   "show [SYNC]",
		Short: "what the state knows of each sync: watermark, last run, lock, journal",
		Args:  maxArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runStateShow(cmd.Context(), app, strings.Join(args, ""), o)
		},
	}
	registerOutput(cmd, &o.Output)
	return cmd
}

func runStateShow(ctx context.Context, app *App, sync string, o stateShowOptions) (err error) {
	if err := checkOutput(o.Output); err != nil {
		return err
	}
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	names := []string{sync}
	if sync == "" {
		names, err = store.Names(ctx)
	} else {
		err = knownSync(ctx, store, sync)
	}
	if err != nil {
		return err
	}
	shown := make([]shownState, len(names))
	for i, name := range names {
		if shown[i], err = showState(ctx, store, name); err != nil {
			return err
		}
	}
	if o.Output == "json" {
		return app.Out.JSON(map[string]any{"syncs": shown})
	}
	if len(shown) == 0 {
		app.Out.Print("the state is empty")
	}
	for _, s := range shown {
		app.Out.printState(s)
	}
	return nil
}

// shownState is what `drt state show` says of one sync.
type shownState struct {
	Name      string           `json:"name"`
	Watermark *shownWatermark  `json:"watermark"`
	LastRun   *statusRunJSON   `json:"last_run"`
	Lock      *shownLock       `json:"lock"`
	Unsettled []shownUnsettled `json:"unsettled"`
	Journal   shownJournal     `json:"journal"`
}

type shownWatermark struct {
	Field     string    `json:"cursor_field"`
	Type      string    `json:"type,omitempty"`
	Value     *string   `json:"value"`
	Open      []string  `json:"open_values"` // values at which rows may still have to be sent
	Ahead     bool      `json:"ahead"`       // rows beyond value were sent, too
	Sent      int64     `json:"remembered_rows"`
	SyncRunID string    `json:"sync_run_id"`
	Saved     time.Time `json:"saved_at"`
}

type shownLock struct {
	Host      string    `json:"host"`
	PID       int       `json:"pid"`
	Since     time.Time `json:"since"`
	Heartbeat time.Time `json:"heartbeat"`
	Live      bool      `json:"live"`
	SyncRunID string    `json:"sync_run_id"`
}

type shownUnsettled struct {
	SyncRunID string    `json:"sync_run_id"`
	Kind      string    `json:"kind"`
	Target    string    `json:"target"`
	Staged    int64     `json:"staged"`
	Version   *int64    `json:"version_before"`
	Signed    bool      `json:"signed"`
	Sent      time.Time `json:"sent_at"`
	Evidence  string    `json:"evidence"`
	Resolve   []string  `json:"resolve"` // the commands that record a decision
}

type shownJournal struct {
	Committed    int `json:"committed"`
	NotCommitted int `json:"not_committed"`
	Undone       int `json:"undone"`
	Unsettled    int `json:"unsettled"`
}

func showState(ctx context.Context, store *state.Store, sync string) (s shownState, err error) {
	s = shownState{Name: sync, Unsettled: []shownUnsettled{}}
	w, err := store.Watermark(ctx, sync)
	if err != nil {
		return s, err
	}
	if w != nil {
		s.Watermark = newShownWatermark(w)
	}
	locks, err := store.Locks(ctx)
	if err != nil {
		return s, err
	}
	for _, l := range locks {
		if l.Sync == sync {
			s.Lock = &shownLock{Host: l.Host, PID: l.PID, Since: l.Since, Heartbeat: l.Heartbeat, Live: l.Live, SyncRunID: l.SyncRunID}
		}
	}
	last, found, err := store.LastRun(ctx, sync)
	if err != nil {
		return s, err
	}
	if found {
		letters, err := store.LetterCounts(ctx)
		if err != nil {
			return s, err
		}
		s.LastRun = &newStatusJSON([]state.Run{last}, locks, letters).Runs[0]
	}
	counts, err := store.JournalCounts(ctx, sync)
	if err != nil {
		return s, err
	}
	s.Journal = shownJournal{
		Committed: counts[state.OutcomeCommitted], NotCommitted: counts[state.OutcomeNotCommitted], Undone: counts[state.OutcomeUndone], Unsettled: counts[""],
	}
	open, err := store.Unsettled(ctx, sync)
	for _, c := range open {
		s.Unsettled = append(s.Unsettled, newShownUnsettled(c))
	}
	return s, err
}

func newShownWatermark(w *state.Watermark) *shownWatermark {
	out := &shownWatermark{Field: w.Field, Open: []string{}, Ahead: w.Ahead, SyncRunID: w.SyncRunID, Saved: w.Saved}
	if w.Value != nil {
		out.Type, out.Value = w.Value.Type, &w.Value.Text
	}
	for _, v := range w.Open {
		out.Open = append(out.Open, v.Text)
	}
	for _, n := range w.Sent {
		out.Sent += int64(n)
	}
	return out
}

func newShownUnsettled(c state.Change) shownUnsettled {
	out := shownUnsettled{SyncRunID: c.SyncRunID, Sent: c.Sent, Evidence: c.Evidence, Resolve: resolveCommands(c.Sync)}
	var change destinations.Change
	if json.Unmarshal(c.Change, &change) == nil {
		out.Kind, out.Target, out.Staged, out.Version, out.Signed = change.Kind, change.Target, change.Staged, change.Version, change.Signature != ""
	}
	if out.Evidence == "" {
		out.Evidence = "the reply was lost or the run was killed; nothing has looked at the target since"
	}
	return out
}

func resolveCommands(sync string) []string {
	return []string{fmt.Sprintf("drt state resolve %s --committed", sync), fmt.Sprintf("drt state resolve %s --not-committed", sync)}
}
