package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/project"
	"github.com/drt-go/drt/state"
)

// keptLetter is a dead letter with its row.
type keptLetter struct {
	state.Letter
	row     engine.KeptRow
	sending string // of a dry run: what would become of it
	hidden  []string
}

// readLetters returns the dead letters of a sync. Values are shown only if the project tells which of them it may not see.
func (a *App) readLetters(ctx context.Context, store *state.Store, o retryOptions) ([]keptLetter, error) {
	letters, err := store.Letters(ctx, o.Sync)
	if err != nil {
		return nil, err
	}
	var hidden []string
	if o.ShowValues && len(letters) > 0 {
		if hidden, err = a.sensitive(o.projectOptions, o.Sync); err != nil {
			return nil, err
		}
	}
	rows, err := engine.KeptRows(ctx, store, letters)
	if err != nil {
		return nil, err
	}
	list := make([]keptLetter, len(letters))
	for i, x := range letters {
		list[i] = keptLetter{Letter: x, row: rows[i], hidden: hidden}
	}
	return list, nil
}

// judge says what a retry would do, with a model that has these columns; nil: it cannot be asked.
func (l *keptLetter) judge(model *arrow.Schema) {
	switch {
	case l.Batch == 0:
		l.sending = "not sent: its values were not kept"
	case l.row.Err != nil:
		l.sending = "not sent: " + l.row.Err.Error()
	case l.row.Schema == nil:
		l.sending = "not sent: its values are missing in the state"
	default:
		l.sending = "would be sent"
		if model == nil {
			return // nothing to compare it with
		}
		if why := engine.Misfit(model, l.row.Schema); why != "" {
			l.sending = "not sent: " + why
		}
	}
}

func runLetters(ctx context.Context, app *App, o retryOptions) (err error) {
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	list, err := app.readLetters(ctx, store, o)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		if err := knownSync(ctx, store, o.Sync); err != nil {
			return err
		}
	}
	return app.printLetters(list, o)
}

func (a *App) printLetters(list []keptLetter, o retryOptions) error {
	if o.Output == "json" {
		return a.Out.JSON(newLettersJSON(o, list))
	}
	if len(list) == 0 {
		a.Out.Print("%s has no dead letters", o.Sync)
		return nil
	}
	w := tabwriter.NewWriter(a.Out.stdout, 0, 4, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "number\trejected\trow\tkey\tcolumn\treason\trun")
	for _, x := range list {
		_, _ = fmt.Fprintf(w, "%d\t%s\t%d\t%s\t%s\t%s\t%s\n", x.ID, x.Rejected.Local().Format(time.DateTime), x.Reject.Row,
			orDash(x.Reject.Key), orDash(x.Reject.Column), x.Reject.Reason, x.SyncRunID)
		if o.DryRun {
			_, _ = fmt.Fprintf(w, "\t%s\n", x.sending)
		}
		if o.ShowValues {
			_, _ = fmt.Fprintf(w, "\t%s\n", x.shown())
		}
	}
	return w.Flush()
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// shown are the values of a row for the eyes of whoever asked for them.
func (l *keptLetter) shown() string {
	if l.row.Schema == nil {
		return "(its values are not kept)"
	}
	var parts []string
	for i, f := range l.row.Schema.Fields() {
		text := "NULL"
		if v := l.value(i); v != nil {
			text = strconv.Quote(*v)
		}
		parts = append(parts, f.Name+"="+text)
	}
	return strings.Join(parts, " ")
}

// sensitive are the columns of sync whose values may not be shown.
func (a *App) sensitive(o projectOptions, sync string) ([]string, error) {
	p, err := a.load(o, nil)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(p.Syncs, func(y *project.Sync) bool { return y.Name == sync })
	if i < 0 {
		return nil, fmt.Errorf("the project has no sync %s, so it is not known which of its values may be shown; without --show-values the rows are listed", sync)
	}
	return p.Syncs[i].Settings.Sensitive, nil
}

// value is column i of the row; what a sensitive column holds, or one that is named like a secret, is never shown.
func (l *keptLetter) value(i int) *string {
	v := l.row.Values[i]
	if v != nil && engine.Hides(l.hidden, l.row.Schema.Field(i).Name) {
		v = text("***")
	}
	return v
}

type lettersJSON struct {
	Sync    string       `json:"sync"`
	Letters []letterJSON `json:"dead_letters"`
}

type letterJSON struct {
	Number    int64              `json:"number"`
	SyncRunID string             `json:"sync_run_id"`
	Row       int64              `json:"row"`
	Key       string             `json:"key"`
	Column    string             `json:"column"`
	Reason    string             `json:"reason"`
	Rejected  time.Time          `json:"rejected_at"`
	Retried   *time.Time         `json:"retried_at"`
	Expires   *time.Time         `json:"expires_at"`
	HasValues bool               `json:"has_values"`
	Sending   string             `json:"dry_run,omitempty"`
	Values    map[string]*string `json:"values,omitempty"`
}

func newLettersJSON(o retryOptions, list []keptLetter) lettersJSON {
	out := lettersJSON{Sync: o.Sync, Letters: make([]letterJSON, len(list))}
	for i, x := range list {
		j := letterJSON{
			Number: x.ID, SyncRunID: x.SyncRunID, Row: x.Reject.Row, Key: x.Reject.Key, Column: x.Reject.Column, Reason: x.Reject.Reason,
			Rejected: x.Rejected, Retried: whenever(x.Retried), Expires: whenever(x.Expires), HasValues: x.row.Schema != nil, Sending: x.sending,
		}
		if o.ShowValues && x.row.Schema != nil {
			j.Values = map[string]*string{}
			for c, f := range x.row.Schema.Fields() {
				j.Values[f.Name] = x.value(c)
			}
		}
		out.Letters[i] = j
	}
	return out
}

func whenever(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
