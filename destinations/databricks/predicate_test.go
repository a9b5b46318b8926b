package databricks

import (
	"strings"
	"testing"
)

func TestPredicate(t *testing.T) {
	for written, want := range map[string]string{
		"region = 'EU'":                          "region = 'EU'",
		"a = 1 OR b = 2 -- both":                 "a = 1 OR b = 2",
		"a = 1 -- one\n  AND b = '--'":           "a = 1    AND b = '--'",
		"a /* not ) */ = 1":                      "a   = 1",
		"s IN ('a;b', 'who?', 'it''s', 'x\\'y')": "s IN ('a;b', 'who?', 'it''s', 'x\\'y')",
		"`a``b\\` > (1)\n":                       "`a``b\\` > (1)",
	} {
		if got, err := predicate(written); err != nil || got != want {
			t.Errorf("%q: %q, %v", written, got, err)
		}
	}
	for written, says := range map[string]string{
		"":                    "empty",
		" -- nothing":         "empty",
		"a = 'x":              "not closed",
		"a = 'x\\'":           "not closed",
		"(a = 1":              "not closed",
		"a = 1) OR (b = 2":    "not opened",
		"a = 1; DROP TABLE t": "';'",
		"a = ?":               "'?'",
		"a = 1 /* ":           "not closed",
		"a = 'two\nlines'":    "line break",
	} {
		if got, err := predicate(written); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %q, %v; want %q", written, got, err, says)
		}
	}
}

// Whatever is pasted between parentheses, they close where they should.
func FuzzPredicate(f *testing.F) {
	f.Add("region = 'EU' -- x\n AND (a = \"b\")")
	f.Fuzz(func(t *testing.T, written string) {
		once, err := predicate(written)
		if err != nil {
			return
		}
		if twice, err := predicate("(" + once + ") AND (" + once + ")"); err != nil || strings.ContainsAny(once, "\r\n") {
			t.Errorf("%q: %q, then %q, %v", written, once, twice, err)
		}
	})
}
