package cli

import (
	"errors"
	"time"

	"github.com/drt-go/drt/engine"
)

// reportView is one of the two printers of a run's reports: for people, or one JSON object on stdout. Progress goes
// to stderr in both.
type reportView struct {
	out      *output
	json     bool
	runID    string
	progress *progressView
}

func newReportView(out *output, format, runID string) *reportView {
	return &reportView{out: out, json: format == "json", runID: runID, progress: newProgressView(out, time.Now)}
}

// Progress may be called from any goroutine.
func (v *reportView) Progress(p engine.Progress) { v.progress.Update(p) }

// Mistakes says why nothing ran.
func (v *reportView) Mistakes(err error) error {
	if !v.json {
		return err
	}
	v.out.Error(err)
	j := newRunJSON(v.runID, nil, 0)
	j.Error = text(err.Error())
	var ds *diagnosticsError
	if errors.As(err, &ds) {
		j.Mistakes = ds.list
	}
	if err := v.out.JSON(j); err != nil {
		return err
	}
	return errReported
}

// Nothing says why no sync was run, though nothing is wrong.
func (v *reportView) Nothing(why string) error {
	if v.json {
		return v.out.JSON(newRunJSON(v.runID, nil, 0))
	}
	v.out.Print("%s: nothing to run", why)
	return nil
}

// Reports prints how the syncs ended, and returns an error if any did not succeed.
func (v *reportView) Reports(reports []*engine.Report, total time.Duration) error {
	v.progress.Done()
	if v.json {
		for _, r := range reports {
			v.out.printRemarks(r)
		}
		if err := v.out.JSON(newRunJSON(v.runID, reports, total)); err != nil {
			return err
		}
	} else {
		v.out.printReports(reports, total)
	}
	n := tally(reports)
	if n.failed+n.skipped > 0 {
		return errReported
	}
	return nil
}
