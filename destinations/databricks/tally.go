package databricks

import (
	"context"
	"fmt"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// tally is what scratch holds.
type tally struct {
	staged    int64 // rows
	different int64 // keys among them
	keyOnly   int64
}

// count asks the warehouse what is in scratch, and stops the run before the target changes if rows are missing.
// bad rows are known not to be there, or to be key-only by now.
func (s *session) count(ctx context.Context, bad int64) (tally, error) {
	var t tally
	keyed := len(s.layout.keys()) > 0
	st := statement{text: countRowsSQL(s.layout)}
	if keyed {
		st.text = countKeysSQL(s.layout)
	}
	s.w.doing("counting what is staged")
	err := s.w.query(ctx, "count staged rows", st, func() { t = tally{} }, func(row []any) error {
		for i, into := range []*int64{&t.staged, &t.different, &t.keyOnly}[:min(3, len(row))] {
			n, ok := number(row[i])
			if !ok {
				return internal("count staged rows", "a count is no number", nil)
			}
			*into = n
		}
		return nil
	})
	if err != nil {
		return t, err
	}
	if want := s.rows.next - bad; t.staged != want {
		return t, &connector.Error{
			Kind: connector.KindPermanent, Op: "count staged rows",
			Message: fmt.Sprintf("scratch holds %d rows, %d were sent; the target is as before", t.staged, want),
			Hint:    "run it again; if it happens again, set staging.loader: values",
		}
	}
	if keyed && s.plan.Duplicates == destinations.DuplicateFail && t.different < t.staged {
		return t, s.duplicates(ctx, t)
	}
	return t, nil
}

// duplicates is the error that names keys that came more than once.
func (s *session) duplicates(ctx context.Context, t tally) error {
	const most = 10
	var keys []string
	st := statement{text: duplicatesSQL(s.layout, most)}
	err := s.w.query(ctx, "name duplicate keys", st, func() { keys = nil }, func(row []any) error {
		parts := make([]string, len(row)-1)
		for i := range parts {
			parts[i] = text(row[i])
		}
		keys = append(keys, strings.Join(parts, ", "))
		return nil
	})
	if err != nil {
		return err
	}
	return &connector.Error{
		Kind: connector.KindRejected, Op: "check keys",
		Message: fmt.Sprintf("%d rows repeat a key that another row of this run has; the target is as before; keys: %s",
			t.staged-t.different, strings.Join(keys, "; ")),
		Hint: "make the model unique by upsert_key, or let the last row win: on_duplicate: last",
	}
}
