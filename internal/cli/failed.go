package cli

import (
	"context"
	"slices"

	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/state"
)

const nothingFailed = "no sync failed in its last run"

// didNotSucceed says that r is to be looked at: what ends `drt run` with exit code 1, and runs that were stopped or killed.
// A partial run is among them: rows of it are missing in the target.
func didNotSucceed(r state.Run) bool {
	return r.Status != state.StatusSuccess && r.Status != state.StatusRunning
}

// failedJobs are those of jobs whose last run did not succeed (E2). A sync that never ran has not failed.
func failedJobs(ctx context.Context, store *state.Store, jobs []*engine.Job) ([]*engine.Job, error) {
	runs, err := store.LastRuns(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(jobs, func(j *engine.Job) bool {
		return !slices.ContainsFunc(runs, func(r state.Run) bool { return r.Sync == j.Name && didNotSucceed(r) })
	}), nil
}
