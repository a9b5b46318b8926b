package sourcetest

import (
	"cmp"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// Harness is what the suite has to know of a source. Functions may be called often; what they make is removed by
// t.Cleanup. A nil function says that the source cannot be brought into that state.
type Harness struct {
	// Spec is the source.
	Spec sources.Spec
	// Types are those that the source stores and returns exactly. For each the suite brings values: the ends of the
	// range, empty and odd texts, dates before 1900. BIGINT and STRING must be among them.
	Types []arrow.DataType
	// NoNaN says that the store has no NaN.
	NoNaN bool
	// NoModel says that the source runs no queries.
	NoModel bool

	// Load stores rows somewhere fresh, by code that is not the source's, and says how to read all of them in their
	// order. It may be asked for no rows, and for columns with odd names. Required.
	Load func(t testing.TB, rows arrow.RecordBatch) Place
	// BadQueries are reads that fail before the first row: a missing table, a syntax error, a file of another kind.
	BadQueries func(t testing.TB) []Place
	// Missing is a place that does not exist, in an empty folder Place.Env.Dir.
	Missing func(t testing.TB) Place
	// Broken is a read that breaks off after some rows or before the first: a cut file, an error in a late row.
	Broken func(t testing.TB) []Place
	// Endless is a read that does not end, whether it yields rows or not.
	Endless func(t testing.TB) Place
	// Writes are models that would change something.
	Writes func(t testing.TB) []Place
	// BadRow has three rows, of which the second does not fit its column.
	BadRow func(t testing.TB) (p Place, column string)

	patience time.Duration // how long to wait for what must happen soon; 0 is enough
}

func (h Harness) patient() time.Duration { return cmp.Or(h.patience, enough) }

// Place is something to read.
type Place struct {
	Name   string // for messages; "" if there is only one
	Config string // the profile as YAML, without type
	Env    connector.Env
	Model  string
	// Once says that it can be read only once, as standard input can.
	Once bool
	// Fingerprint tells, by code that is not the source's, what is stored. Nil if that cannot change.
	Fingerprint func(t testing.TB) string
}

// again is a place with the same rows as p: p itself, unless that was read.
func (h Harness) again(t testing.TB, p Place, rows arrow.RecordBatch) Place {
	t.Helper()
	if p.Once {
		return h.Load(t, rows)
	}
	return p
}

// source builds the source of p.
func (h Harness) source(t testing.TB, p Place) sources.Source {
	t.Helper()
	n, ds := connector.ParseNode("profiles.yml", []byte("type: "+h.Spec.Name()+"\n"+p.Config))
	if len(ds) > 0 {
		t.Fatalf("harness: the config of place %q is no YAML: %v", p.Name, ds)
	}
	env := p.Env
	if env.Lookup == nil {
		env.Lookup = func(string) (string, bool) { return "", false }
	}
	s, ds := h.Spec.New(n, env)
	if len(ds) > 0 {
		t.Fatalf("harness: the config of place %q is refused: %v", p.Name, ds)
	}
	return s
}
