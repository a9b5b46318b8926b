package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/state"
)

// Difference is what a run of a sync would change. A nil count cannot be told.
type Difference struct {
	Name, Source, Destination string
	Mode                      Mode

	RowsExtracted, RowsSkipped, RowsFailed int64
	Inserted, Updated, Deleted, Unchanged  *int64

	Columns  []string // of Rows, in the order of the model
	Rows     []RowDifference
	Rejects  []record.Reject // the first MaxRejects
	Warnings []string
	Notes    []string
}

// RowDifference is one row before and after; nil is NULL. Values of sensitive columns are Hidden.
type RowDifference struct {
	Change   string // "insert", "update", "delete"
	Key      []Named
	Old, New []*string // by Difference.Columns; nil where there is no row
	Changed  []bool    // by Difference.Columns
}

// Named is a value with its column; nil is NULL.
type Named struct {
	Column string
	Value  *string
}

// Hidden stands for a value of a sensitive column.
const Hidden = "***"

// Diff stages the rows of j as a dry run does and has the destination compare them with the target: nothing changes, no
// lock is taken, state stays as it is. It returns at most rows rows, of each kind of change some.
func Diff(ctx context.Context, j *Job, store *state.Store, o Options, rows int) (*Difference, error) {
	differ, ok := j.Destination.(destinations.Differ)
	if !ok {
		return nil, &connector.Error{
			Kind: connector.KindConfig, Op: "diff", Message: fmt.Sprintf("%s cannot tell what a run would change: it does not look at what is there", j.Destination.Target().Name),
			Hint: "try it with: drt run " + j.Name + " --dry-run",
		}
	}
	o.DryRun = true
	d := &diffRun{run: newRun(j, store, o), rows: rows}
	d.writer.blind = false
	d.writer.open = func(ctx context.Context) (destinations.Session, error) {
		d.tally.doing("connecting")
		d.tried = true
		s, err := differ.OpenDiff(ctx, d.plan())
		if err != nil {
			return nil, err
		}
		d.session = s
		return s, nil
	}
	d.tally.doing("starting")
	err := guard("diff", func() error { return d.execute(ctx) })
	d.close()
	d.tally.update(func(p *Progress) { p.Done = true })
	if err != nil {
		var f *fault
		if errors.As(err, &f) {
			err = f.err
		}
		return nil, err
	}
	return d.difference(), nil
}

// diffRun is a dry run that ends with a comparison instead of a commit.
type diffRun struct {
	*run
	rows    int
	session destinations.DiffSession // nil until the first row
	found   destinations.Diff
}

func (d *diffRun) execute(ctx context.Context) error {
	if err := d.check(); err != nil {
		return err
	}
	if d.job.Timeout > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, d.job.Timeout, &timedOut{d.job.Timeout})
		defer stop()
	}
	open, err := d.store.Unsettled(ctx, d.job.Name)
	if err != nil {
		return failed(ctx, stageState, err)
	}
	if len(open) > 0 {
		d.warn("the outcome of run %s is not known: the next run finds it out first, which may move the watermark", open[0].SyncRunID)
	}
	if err := d.recall(ctx); err != nil {
		return failed(ctx, stageState, err)
	}
	if err := d.transfer(ctx); err != nil {
		return err
	}
	return d.compare(ctx)
}

// compare stands where a run decides whether there is something to commit.
func (d *diffRun) compare(ctx context.Context) error {
	w := d.writer
	nothing := w.accepted == 0 && (w.failed > 0 || !wholeTable(d.mode) || !d.job.AllowEmpty)
	switch {
	case w.failed > 0 && w.accepted == 0 && d.skipped() == 0:
		return d.allRejected()
	case nothing:
		if w.failed == 0 && wholeTable(d.mode) {
			d.warn("the source is empty: nothing would be deleted")
		}
		d.found = destinations.Diff{
			Inserted: destinations.Count(0), Updated: destinations.Count(0), Deleted: destinations.Count(0), Unchanged: destinations.Count(0),
		}
		return nil
	}
	if err := guard("connect", func() error { return w.connect(ctx) }); err != nil {
		return failed(ctx, stageConnect, err)
	}
	d.tally.doing("comparing")
	err := guard("compare", func() (err error) {
		d.found, err = d.session.Diff(ctx, destinations.Commit{Unobserved: w.unobserved}, d.rows)
		return err
	})
	return failed(ctx, stageCommit, err)
}

// difference is what was found, with the values hidden that nobody may see.
func (d *diffRun) difference() *Difference {
	d.settle()
	out := &Difference{
		Name: d.job.Name, Source: d.report.Source, Destination: d.report.Destination, Mode: d.job.Mode,
		RowsExtracted: d.report.RowsExtracted, RowsSkipped: d.report.RowsSkipped, RowsFailed: d.report.RowsFailed,
		Inserted: d.found.Inserted, Updated: d.found.Updated, Deleted: d.found.Deleted, Unchanged: d.found.Unchanged,
		Columns: d.found.Columns, Rejects: d.report.Rejects, Warnings: d.report.Warnings, Notes: d.found.Notes,
	}
	key := d.job.Destination.Target().Key
	for _, r := range spread(d.found.Rows, d.rows) {
		out.Rows = append(out.Rows, d.reveal(r, key))
	}
	return out
}

// spread picks at most n rows, so that no kind of change hides another; their order stays.
func spread(rows []destinations.RowDiff, n int) []destinations.RowDiff {
	there := map[string]int{}
	for _, r := range rows {
		there[r.Change]++
	}
	take := map[string]int{}
	for left := min(n, len(rows)); left > 0; {
		for _, kind := range []string{"insert", "update", "delete"} {
			if left > 0 && take[kind] < there[kind] {
				take[kind]++
				left--
			}
		}
	}
	var picked []destinations.RowDiff
	for _, r := range rows {
		if take[r.Change] > 0 {
			take[r.Change]--
			picked = append(picked, r)
		}
	}
	return picked
}

func (d *diffRun) reveal(r destinations.RowDiff, key []string) RowDifference {
	out := RowDifference{Change: r.Change, Old: slices.Clone(r.Old), New: slices.Clone(r.New), Changed: make([]bool, len(d.found.Columns))}
	for i, name := range d.found.Columns {
		out.Changed[i] = r.Old == nil || r.New == nil || !equal(r.Old[i], r.New[i])
		if Hides(d.job.Sensitive, name) {
			mask(out.Old, i)
			mask(out.New, i)
		}
	}
	if r.Key == nil {
		return out
	}
	for _, name := range key {
		i := slices.IndexFunc(d.found.Columns, func(c string) bool { return strings.EqualFold(c, name) })
		if i < 0 {
			continue
		}
		values := out.New
		if values == nil {
			values = out.Old
		}
		out.Key = append(out.Key, Named{d.found.Columns[i], values[i]})
	}
	return out
}

// Hides says whether the values of a column may not be shown: the sync says so, or it is named like a secret.
func Hides(sensitive []string, name string) bool {
	return connector.IsSecretKey(name) || slices.ContainsFunc(sensitive, func(s string) bool { return strings.EqualFold(s, name) })
}

func mask(values []*string, i int) {
	if values != nil && values[i] != nil {
		text := Hidden
		values[i] = &text
	}
}

func equal(a, b *string) bool { return a == b || a != nil && b != nil && *a == *b }
