package cli

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/drt-go/drt/engine"
)

// printReports writes what people read at the end of a run: per sync what went wrong or is worth knowing, then one
// short table.
func (o *output) printReports(reports []*engine.Report, total time.Duration) {
	for _, r := range reports {
		o.printRemarks(r)
	}
	w := tabwriter.NewWriter(o.stdout, 0, 4, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "sync\tstatus\tread\tinserted\tupdated\tdeleted\tunchanged\tfailed\tstatements\ttime\t")
	for _, r := range reports {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", r.Name, r.Status, thousands(r.RowsExtracted),
			count(r.RowsInserted), count(r.RowsUpdated), count(r.RowsDeleted), count(r.RowsUnchanged),
			thousands(r.RowsFailed), count(r.Statements), duration(r.Duration))
	}
	_ = w.Flush()
	for _, r := range reports {
		if line := outcome(r); line != "" {
			o.Print("%s: %s", r.Name, line)
		}
	}
	if n := tally(reports); len(reports) > 1 {
		o.Print("%d succeeded, %d failed, %d skipped in %s", n.succeeded, n.failed, n.skipped, duration(total))
	}
}

// printRemarks writes warnings, rejected rows and the error of one sync to stderr.
func (o *output) printRemarks(r *engine.Report) {
	for _, w := range r.Warnings {
		o.Warn("%s: %s", r.Name, w)
	}
	for i, x := range r.Rejects {
		if i == 10 {
			o.Note("%s: ... and %s more rejected rows", r.Name, thousands(r.RowsFailed-10))
			break
		}
		key := ""
		if x.Key != "" {
			key = " (key " + x.Key + ")"
		}
		o.Note("%s: rejected %s%s", r.Name, x, key)
	}
	if r.Err != nil {
		_, _ = fmt.Fprintf(o.stderr, "drt: %s %s: %v\n", o.paint("31", "error:"), r.Name, r.Err)
		o.hint(hintOf(r.Err))
	}
}

// databricksTable finds the table in what a Databricks destination is called, if a shell needs no quotes for it.
var databricksTable = regexp.MustCompile(`^databricks \(([\w.]+)\)$`)

// printLookAtIt says how to look at the first table that a run on the sandbox wrote to.
func (o *output) printLookAtIt(reports []*engine.Report, dir string) {
	for _, r := range reports {
		m := databricksTable.FindStringSubmatch(r.Destination)
		if m == nil || r.DryRun || r.Status != engine.StatusSuccess && r.Status != engine.StatusPartial {
			continue
		}
		at := ""
		if dir != "" && dir != "." {
			at = " -C " + dir
		}
		o.Print(`look at it: drt sandbox sql%s "SELECT * FROM %s LIMIT 10"`, at, m[1])
		return
	}
}

// outcome says in a sentence what a sync did to its target; "" if the error has said it.
func outcome(r *engine.Report) string {
	done := ""
	switch {
	case r.Status != engine.StatusSuccess && r.Status != engine.StatusPartial:
		return ""
	case r.DryRun:
		done = "dry run, nothing was written to " + r.Destination
	case r.RowsExtracted == 0 && r.Mode == engine.ModeRetry:
		done = "nothing to send: there are no dead letters with values"
	case r.RowsExtracted == 0:
		done = "nothing to do: the source has no rows"
	case r.RowsExtracted == r.RowsSkipped:
		done = "nothing new since " + watermark(r)
	case unchanged(r):
		done = "nothing changed in " + r.Destination
	default:
		done = r.Destination + " is up to date"
	}
	if len(r.Notes) > 0 {
		done += " (" + strings.Join(r.Notes, "; ") + ")"
	}
	return done
}

func unchanged(r *engine.Report) bool {
	none := func(n *int64) bool { return n != nil && *n == 0 }
	return none(r.RowsInserted) && none(r.RowsUpdated) && (r.RowsDeleted == nil || *r.RowsDeleted == 0)
}

func watermark(r *engine.Report) string {
	if r.Watermark == nil {
		return "the last run"
	}
	return r.Watermark.Text
}

// count shows a number that the destination may not have reported.
func count(n *int64) string {
	if n == nil {
		return "-"
	}
	return thousands(*n)
}

func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

func duration(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + "s"
	case d < time.Minute:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
	default:
		return d.Round(time.Second).String()
	}
}

func bytesText(n int64) string {
	const unit = 1024
	if n < unit {
		return strconv.FormatInt(n, 10) + " B"
	}
	v, i := float64(n)/unit, 0
	for v >= unit && i < 3 {
		v, i = v/unit, i+1
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + []string{"KiB", "MiB", "GiB", "TiB"}[i]
}
