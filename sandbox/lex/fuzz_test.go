package lex

import "testing"

// FuzzSplit: whatever the text, tokens lie one behind the other within it, each with the text it claims.
func FuzzSplit(f *testing.F) {
	for _, sql := range []string{
		"", "SELECT 1", "SELECT 'it''s', \"a\\\"b\", `a``b` -- end", "/* a /* b */ c */ x >= 1.5e-3", "r'raw\\n' x'0AF'", "'open", "`open", "/* open",
		"a<=>b::INT || ?", "INSERT INTO t VALUES (1, 'ä\x00\xff😀')", "1.e 1..2 .5 1L 2BD",
	} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		tokens, err := Split(sql)
		if err != nil {
			return
		}
		at := 0
		for _, tok := range tokens {
			if tok.Pos < at || tok.End <= tok.Pos || tok.End > len(sql) {
				t.Fatalf("%q: token %q lies at %d to %d, behind %d of %d", sql, tok.Raw, tok.Pos, tok.End, at, len(sql))
			}
			if sql[tok.Pos:tok.End] != tok.Raw {
				t.Fatalf("%q: token at %d is %q, the text there %q", sql, tok.Pos, tok.Raw, sql[tok.Pos:tok.End])
			}
			at = tok.End
		}
	})
}
