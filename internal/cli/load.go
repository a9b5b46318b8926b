package cli

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/project"
	"github.com/drt-go/drt/state"
)

// projectOptions are the flags of every command that reads the project.
type projectOptions struct {
	Profile string
	Vars    map[string]string
	Sandbox bool
}

func (o *projectOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.Profile, "profile", "", "profile of the source, instead of the project's")
	f.StringToStringVar(&o.Vars, "vars", nil, "values for {{ var('name') }}: name=value,...")
	f.BoolVar(&o.Sandbox, "sandbox", false, "use a local Databricks SQL warehouse instead of a workspace")
}

// selection picks syncs.
type selection struct {
	Names           []string
	Select, Exclude []string
	Tags            []string
}

func (s *selection) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&s.Select, "select", nil, "only syncs of this name; `*` stands for any text, tag:NAME for a tag")
	f.StringSliceVar(&s.Exclude, "exclude", nil, "all but these; same forms as --select")
	f.StringSliceVar(&s.Tags, "tag", nil, "only syncs with one of these tags")
}

// load reads and validates the whole project. w, if not nil, is the warehouse of --sandbox.
func (a *App) load(o projectOptions, w *connector.Warehouse) (*project.Project, error) {
	p, ds := project.Load(a.Dir, project.Options{
		Sources: a.Sources, Destinations: a.Destinations, Profile: o.Profile, Vars: o.Vars,
		Env: connector.Env{Dir: a.Dir, Lookup: a.Lookup, Stdin: a.Stdin, Warehouse: w, Version: a.Version},
	})
	if len(ds) > 0 {
		return nil, &diagnosticsError{ds}
	}
	return p, nil
}

// pick returns the syncs that s selects, in the project's order. A name that fits no sync is a usage error.
func (s selection) pick(all []*project.Sync) ([]*project.Sync, error) {
	patterns := slices.Concat(s.Names, s.Select)
	for _, pattern := range slices.Concat(patterns, s.Exclude) {
		if !slices.ContainsFunc(all, func(y *project.Sync) bool { return matches(pattern, y) }) {
			return nil, &usageError{fmt.Errorf("no sync fits %q; there are: %s", pattern, names(all))}
		}
	}
	var out []*project.Sync
	for _, y := range all {
		fits := func(pattern string) bool { return matches(pattern, y) }
		hasTag := func(tag string) bool { return slices.Contains(y.Tags, tag) }
		if (len(patterns) == 0 || slices.ContainsFunc(patterns, fits)) && !slices.ContainsFunc(s.Exclude, fits) &&
			(len(s.Tags) == 0 || slices.ContainsFunc(s.Tags, hasTag)) {
			out = append(out, y)
		}
	}
	if len(out) == 0 {
		return nil, &usageError{fmt.Errorf("no sync is selected; there are: %s", names(all))}
	}
	return out, nil
}

func matches(pattern string, y *project.Sync) bool {
	if tag, ok := strings.CutPrefix(pattern, "tag:"); ok {
		return slices.Contains(y.Tags, tag)
	}
	ok, err := path.Match(pattern, y.Name)
	return pattern == y.Name || err == nil && ok
}

func names(all []*project.Sync) string {
	list := make([]string, len(all))
	for i, y := range all {
		list[i] = y.Name
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// jobs loads the project and returns the selected syncs, checked against options, which get what the project says of
// them. stop ends a sandbox of this
// process; it is never nil if err is.
func (a *App) jobs(ctx context.Context, p projectOptions, s selection, o *engine.Options) (jobs []*engine.Job, stop func() error, err error) {
	stop = func() error { return nil }
	// The project is validated before a sandbox starts: a mistake in YAML is told at once.
	loaded, err := a.load(p, nil)
	if err != nil {
		return nil, nil, err
	}
	if p.Sandbox {
		var w *connector.Warehouse
		if w, stop, err = a.useSandbox(ctx); err != nil {
			return nil, nil, err
		}
		if loaded, err = a.load(p, w); err != nil {
			return nil, nil, firstError(err, stop())
		}
	}
	o.History, o.Rebuild = retention(loaded.History), loaded.State.Rebuild
	picked, err := s.pick(loaded.Syncs)
	if err == nil {
		jobs, err = checkedJobs(picked, *o)
	}
	if err != nil {
		_ = stop()
		return nil, nil, err
	}
	return jobs, stop, nil
}

// retention is how long the history is kept; without one, the last run of each sync is.
func retention(h project.History) *state.Retention {
	if !h.Enabled {
		return &state.Retention{Runs: 1}
	}
	return &state.Retention{Days: h.RetentionDays, Runs: h.MaxEntries}
}

// checkedJobs turns syncs into jobs and gathers what is wrong with any of them.
func checkedJobs(syncs []*project.Sync, o engine.Options) ([]*engine.Job, error) {
	var ds connector.Diagnostics
	jobs := make([]*engine.Job, len(syncs))
	for i, y := range syncs {
		jobs[i] = newJob(y)
		ds = append(ds, y.Diagnose(jobs[i].Check(o)...)...)
	}
	if len(ds) > 0 {
		ds.Sort()
		return nil, &diagnosticsError{ds}
	}
	return jobs, nil
}

// only returns the one job that a name selected: a pattern may fit several.
func only(jobs []*engine.Job, name string) (*engine.Job, error) {
	if len(jobs) != 1 {
		return nil, &usageError{fmt.Errorf("%q fits %d syncs: name one", name, len(jobs))}
	}
	return jobs[0], nil
}
