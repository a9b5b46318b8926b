package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

type cleanOptions struct {
	projectOptions
	selection
	DryRun    bool
	OlderThan time.Duration
}

func newCleanCommand(app *App) *cobra.Command {
	var o cleanOptions
	cmd := &cobra.Command{
		Use:   "clean [SYNC ...]",
		Short: "list and remove what dead runs left behind",
		Long: "clean lists the scratch tables and files of all runs at the destinations of the project's syncs and removes those of\n" +
			"dead runs: runs that the state of this project knows to have ended, and those of other machines or lost states that\n" +
			"are older than --older-than. Scratch of a live run is never removed.",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Names = args
			return runClean(cmd.Context(), app, o)
		},
	}
	o.projectOptions.register(cmd)
	o.selection.register(cmd)
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "list only")
	cmd.Flags().DurationVar(&o.OlderThan, "older-than", 7*24*time.Hour, "age from which scratch of unknown runs is removed")
	return cmd
}

func runClean(ctx context.Context, app *App, o cleanOptions) (err error) {
	jobs, stop, err := app.jobs(ctx, o.projectOptions, o.selection, &engine.Options{})
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, stop()) }()
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	c := cleaner{app: app, store: store, options: o, now: time.Now(), seen: map[string]bool{}}
	for _, j := range jobs {
		if err := c.clean(ctx, j); err != nil {
			return fmt.Errorf("clean %s: %w", j.Name, err)
		}
	}
	if len(c.seen) == 0 {
		app.Out.Print("nothing was left behind")
	}
	return nil
}

type cleaner struct {
	app     *App
	store   *state.Store
	options cleanOptions
	now     time.Time
	seen    map[string]bool // several syncs may share a schema
}

func (c *cleaner) clean(ctx context.Context, j *engine.Job) error {
	d, ok := j.Destination.(destinations.Cleaner)
	if !ok {
		return nil
	}
	left, err := d.Leftovers(ctx)
	if err != nil {
		return err
	}
	for _, l := range left {
		if c.seen[l.Name] {
			continue
		}
		c.seen[l.Name] = true
		if err := c.decide(ctx, d, l); err != nil {
			return err
		}
	}
	return nil
}

func (c *cleaner) decide(ctx context.Context, d destinations.Cleaner, l destinations.Leftover) error {
	// Asked anew for each: a run may have begun since the last one.
	dead, why, err := c.judge(ctx, l)
	switch {
	case err != nil:
		return err
	case !dead:
		c.app.Out.Print("keep    %s %s: %s", l.Location, l.Name, why)
		return nil
	case c.options.DryRun:
		c.app.Out.Print("would remove %s %s: %s", l.Location, l.Name, why)
		return nil
	}
	if err := d.Remove(ctx, l); err != nil {
		return err
	}
	c.app.Out.Print("removed %s %s: %s", l.Location, l.Name, why)
	return c.store.MarkSwept(ctx, l.SyncRun)
}

// judge says whether the run that l belongs to is dead, and how that is known.
func (c *cleaner) judge(ctx context.Context, l destinations.Leftover) (dead bool, why string, err error) {
	locks, err := c.store.Locks(ctx)
	if err != nil {
		return false, "", err
	}
	same := func(id string) bool { return plainID(id) == plainID(l.SyncRun) }
	if slices.ContainsFunc(locks, func(k state.Lock) bool { return same(k.SyncRunID) && k.Live }) {
		return false, "its run is live", nil
	}
	runs, err := c.store.Runs(ctx, state.Filter{})
	if err != nil {
		return false, "", err
	}
	if i := slices.IndexFunc(runs, func(r state.Run) bool { return same(r.SyncRunID) }); i >= 0 {
		return true, "its run ended as " + runs[i].Status, nil
	}
	began, ok := beginOf(l.SyncRun)
	if !ok {
		return false, "its name tells no run", nil
	}
	if age := c.now.Sub(began); age > c.options.OlderThan {
		return true, "unknown here, begun " + began.Local().Format(time.DateTime), nil
	}
	return false, "unknown here, begun " + began.Local().Format(time.DateTime) + ", younger than --older-than", nil
}

// plainID is an id without hyphens: names of tables leave them out.
func plainID(id string) string { return strings.ToLower(strings.ReplaceAll(id, "-", "")) }

// beginOf reads the time out of a UUIDv7.
func beginOf(id string) (time.Time, bool) {
	u, err := uuid.Parse(id)
	if err != nil || u.Version() != 7 {
		return time.Time{}, false
	}
	sec, nsec := u.Time().UnixTime()
	return time.Unix(sec, nsec), true
}
