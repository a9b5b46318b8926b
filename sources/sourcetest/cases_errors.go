package sourcetest

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
)

// isError holds an error to what the contract says of errors.
func isError(t testing.TB, p Place, err error) {
	t.Helper()
	switch {
	case err == nil || errors.Is(err, io.EOF):
		t.Errorf("%s: an error that is not io.EOF; got %v", p.Name, err)
	default:
		var e *connector.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: errors are *connector.Error, so that code can act on their kind; got %T: %v", p.Name, err, err)
		}
	}
}

func queryErrorIsSaid(t testing.TB, h Harness) {
	if h.BadQueries == nil {
		t.Skip("the harness has no BadQueries: no query can fail")
	}
	for _, p := range h.BadQueries(t) {
		o := readAll(t, h.source(t, p), query(p))
		isError(t, p, o.err)
		if len(o.rows) > 0 {
			t.Errorf("%s: %d rows came before the error", p.Name, len(o.rows))
		}
		if !h.NoModel && p.Model != "" && o.err != nil && !strings.Contains(o.err.Error(), query(p).Origin) {
			t.Errorf("%s: the error of a query names the place of the model, %s; got %q", p.Name, query(p).Origin, o.err)
		}
	}
}

func missingIsNotMade(t testing.TB, h Harness) {
	if h.Missing == nil {
		t.Skip("the harness has no Missing: the source is always there")
	}
	p := h.Missing(t)
	o := readAll(t, h.source(t, p), query(p))
	isError(t, p, o.err)
	if k := connector.KindOf(o.err); k != connector.KindNotFound {
		t.Errorf("what does not exist is an error of kind %s; got %s: %v", connector.KindNotFound, k, o.err)
	}
	if left, err := os.ReadDir(p.Env.Dir); err != nil || len(left) > 0 {
		t.Errorf("reading what does not exist creates nothing; found %v, %v", left, err)
	}
}

func brokenReadIsNotTheEnd(t testing.TB, h Harness) {
	if h.Broken == nil {
		t.Skip("the harness has no Broken: a read cannot be made to break off")
	}
	for _, p := range h.Broken(t) {
		q := query(p)
		q.BatchRows = 100
		s := h.source(t, p)
		r, err := s.Open(t.Context(), q)
		if err != nil {
			isError(t, p, err)
			continue
		}
		for err == nil {
			b, nextErr := r.Next(t.Context())
			if err = nextErr; err == nil {
				b.Release()
			}
		}
		isError(t, p, err)
		if _, err := r.Next(t.Context()); err == nil || errors.Is(err, io.EOF) {
			t.Errorf("%s: after an error, Next is not the end and not a batch; got %v", p.Name, err)
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: Close after an error: %v", p.Name, err)
		}
	}
}

func badRowIsNamed(t testing.TB, h Harness) {
	if h.BadRow == nil {
		t.Skip("the harness has no BadRow: every value fits its column")
	}
	p, column := h.BadRow(t)
	o := readAll(t, h.source(t, p), query(p))
	if len(o.rejects) == 0 {
		isError(t, p, o.err)
		if o.err != nil && (!strings.Contains(o.err.Error(), column) || !strings.Contains(o.err.Error(), "row 2")) {
			t.Errorf("a value that does not fit is an error that names row 2 and column %s; got %v", column, o.err)
		}
		return
	}
	if len(o.rejects) != 1 || o.rejects[0].Row != 2 || o.rejects[0].Column != column || o.rejects[0].Reason == "" {
		t.Errorf("the one bad row is rejected with its position from 1, column and reason: row 2, column %s; got %+v", column, o.rejects)
	}
	if o.err != io.EOF || len(o.rows) != 2 {
		t.Errorf("the rows beside a rejected one arrive; got %d of 2, %v", len(o.rows), o.err)
	}
}

func modelsThatWriteAreRefused(t testing.TB, h Harness) {
	if h.Writes == nil {
		t.Skip("the harness has no Writes: the source runs no models")
	}
	for _, p := range h.Writes(t) {
		before := fingerprint(t, p)
		isError(t, p, readAll(t, h.source(t, p), query(p)).err)
		if after := fingerprint(t, p); before != after {
			t.Errorf("%s: a model that writes changed the source: before %s, after %s", p.Name, before, after)
		}
	}
}

func fingerprint(t testing.TB, p Place) string {
	t.Helper()
	if p.Fingerprint == nil {
		return ""
	}
	return p.Fingerprint(t)
}

func readingChangesNothing(t testing.TB, h Harness) {
	p := h.Load(t, numbered(500, 10))
	if p.Fingerprint == nil {
		t.Skip("the place has no Fingerprint: nothing is stored that could change")
	}
	before := p.Fingerprint(t)
	mustRead(t, h, p)
	r := open(t, h.source(t, p), query(p)) // and a read that is given up
	if b, err := r.Next(t.Context()); err == nil {
		b.Release()
	}
	if err := r.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if after := p.Fingerprint(t); before != after {
		t.Errorf("reading changes nothing in the source and leaves nothing beside it: before %s, after %s", before, after)
	}
}

func canceledContextReadsNothing(t testing.TB, h Harness) {
	p := h.Load(t, numbered(500, 0))
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := h.source(t, p).Open(canceled, query(p)); err == nil {
		r.Close()
		t.Error("Open with a canceled context is an error")
	} else if !isCanceled(err) {
		t.Errorf("the error of a canceled Open is context.Canceled, of kind %s; got %v", connector.KindCanceled, err)
	}
	p = h.again(t, p, numbered(500, 0))
	q := query(p)
	q.BatchRows = 100
	r := open(t, h.source(t, p), q)
	if b, err := r.Next(canceled); err == nil {
		b.Release()
		t.Error("Next with a canceled context is an error")
	} else if !isCanceled(err) {
		t.Errorf("the error of a canceled Next is context.Canceled, of kind %s, never io.EOF; got %v", connector.KindCanceled, err)
	}
}
