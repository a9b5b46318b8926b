package databricks

import (
	"context"
	"fmt"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// tally is what the warehouse counted before the commit. What was not asked is nil.
type tally struct {
	staged    int64 // rows in scratch
	different int64 // keys among them
	keyOnly   int64
	outside   int64 // staged rows that the predicate does not hold for

	creates, updates *int64
	total            *int64 // rows of the target
	gone             *int64 // rows of it that would be deleted
}

// count finds out what is in scratch, and stops the run before the target changes if rows are missing. bad rows are
// known not to be there, or to be key-only by now.
func (s *session) count(ctx context.Context, bad int64, q question) (tally, error) {
	t, here := s.countedHere(q, bad)
	if !here {
		var err error
		q.staged = true
		if t, err = s.ask(ctx, q); err != nil {
			return t, err
		}
	}
	if want := s.rows.next - bad; t.staged != want {
		return t, &connector.Error{
			Kind: connector.KindPermanent, Op: "count staged rows",
			Message: fmt.Sprintf("scratch holds %d rows, %d were sent; the target is as before", t.staged, want),
			Hint:    "run it again; if it happens again, set staging.loader: values",
		}
	}
	if t.outside > 0 {
		return t, s.outside(t)
	}
	if len(s.layout.keys()) > 0 && s.plan.Duplicates == destinations.DuplicateFail && t.different < t.staged {
		return t, s.duplicates(ctx, t)
	}
	return t, nil
}

// ask sends q. What q does not ask of a target that does not exist yet is known: it has no rows.
func (s *session) ask(ctx context.Context, q question) (tally, error) {
	var t tally
	asked := q
	q.touch = s.plan.Touch
	if s.create {
		q.changes, q.total, q.gone = false, false, false
	}
	if q == (question{touch: q.touch}) {
		return s.tallyOfNothing(t, asked), nil
	}
	var into []*int64
	want := func(ps ...*int64) { into = append(into, ps...) }
	if q.staged {
		want(&t.staged)
		if len(s.layout.keys()) > 0 {
			want(&t.different, &t.keyOnly)
		}
		if s.layout.where != "" {
			want(&t.outside)
		}
	}
	if q.changes {
		t.creates, t.updates = new(int64), new(int64)
		want(t.creates, t.updates)
	}
	if q.total {
		t.total = new(int64)
		want(t.total)
	}
	if q.gone {
		t.gone = new(int64)
		want(t.gone)
	}
	s.w.doing("counting what is staged")
	clear := func() {
		for _, p := range into {
			*p = 0
		}
	}
	err := s.w.query(ctx, "count staged rows", countSQL(s.layout, q), clear, func(row []any) error {
		for i, p := range into[:min(len(into), len(row))] {
			n, ok := number(row[i])
			if !ok {
				return internal("count staged rows", "a count is no number", nil)
			}
			*p = n
		}
		return nil
	})
	if s.create {
		t = s.tallyOfNothing(t, asked)
	}
	return t, s.explainPredicate(err)
}

// tallyOfNothing answers for a target that does not exist yet.
func (s *session) tallyOfNothing(t tally, q question) tally {
	zero := func() *int64 { return destinations.Count(0) }
	if q.changes {
		t.creates, t.updates = destinations.Count(t.different), zero()
	}
	if q.total {
		t.total = zero()
	}
	if q.gone {
		t.gone = zero()
	}
	return t
}

// predicateField is where the predicate of this run is written.
func (s *session) predicateField() string {
	if s.plan.Mode == destinations.ModeMirror {
		return "mirror.where"
	}
	return "replace_where"
}

// explainPredicate says that a column which is not found may be one of the predicate.
func (s *session) explainPredicate(err error) error {
	var e *connector.Error
	if s.layout.where != "" && asError(err, &e) && strings.HasPrefix(e.Class, "UNRESOLVED_COLUMN") {
		e.Hint = "the predicate of " + s.predicateField() + " may name only columns that both the model and " + s.layout.target.plain() + " have"
	}
	return err
}

// outside is the error of rows that lie where this run changes nothing.
func (s *session) outside(t tally) error {
	return &connector.Error{
		Kind: connector.KindRejected, Op: "check " + s.predicateField(),
		Message: fmt.Sprintf("%d of %d rows do not match %s; the target is as before", t.outside, t.staged, s.predicateField()),
		Hint:    "give the model the same condition as the sync",
	}
}

// duplicates is the error that names keys that came more than once.
func (s *session) duplicates(ctx context.Context, t tally) error {
	keys, err := s.names(ctx, "name duplicate keys", statement{text: duplicatesSQL(s.layout, shownKeys)})
	if err != nil {
		return err
	}
	return &connector.Error{
		Kind: connector.KindRejected, Op: "check keys",
		Message: fmt.Sprintf("%d rows repeat a key that another row of this run has; the target is as before; keys: %s",
			t.staged-t.different, keys),
		Hint: "make the model unique by upsert_key, or let the last row win: on_duplicate: last",
	}
}

// shownKeys is how many keys a message names at most.
const shownKeys = 10

// hiddenValue stands for a value of sync.sensitive.
const hiddenValue = "***"

// names reads keys for people: "eu, 7; us, 1".
func (s *session) names(ctx context.Context, op string, st statement) (string, error) {
	var keys []string
	columns := s.layout.keys()
	err := s.w.query(ctx, op, st, func() { keys = nil }, func(row []any) error {
		parts := make([]string, 0, len(columns))
		for i, v := range row[:min(len(columns), len(row))] {
			shown := text(v)
			if columns[i].hidden {
				shown = hiddenValue
			}
			parts = append(parts, shown)
		}
		keys = append(keys, strings.Join(parts, ", "))
		return nil
	})
	return strings.Join(keys, "; "), err
}
