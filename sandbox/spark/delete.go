package spark

import (
	"context"
	"strings"

	"github.com/drt-go/drt/sandbox/lex"
	"github.com/drt-go/drt/sandbox/wire"
)

// delete runs a DELETE. Open-source Delta refuses every subquery there; `k NOT IN (SELECT ...)` at the top of the
// condition becomes the MERGE that deletes the same rows. Other subqueries get Delta's own refusal.
func (st *statement) delete(ctx context.Context) (*wire.Result, error) {
	d, ok := st.parseNotIn()
	if !ok {
		return st.dml(ctx)
	}
	total, notNull, err := st.session.countKeys(ctx, d.query)
	if err != nil {
		return nil, err
	}
	sql := "MERGE INTO " + d.table + " " + d.alias + " USING (SELECT DISTINCT * FROM (" + d.query + ") AS q(drt_key)) drt_source ON " +
		d.key + " = drt_source.drt_key WHEN NOT MATCHED BY SOURCE AND " + d.key + " IS NOT NULL" + d.rest("AND") + " THEN DELETE"
	switch {
	case total == "0": // NOT IN of nothing is true, for NULL too
		sql = "DELETE FROM " + d.table + " " + d.alias + d.rest("WHERE")
	case notNull != total: // one NULL in the list: never true
		sql = "DELETE FROM " + d.table + " WHERE false"
	}
	r, err := (&statement{session: st.session, tokens: []lex.Token{made(sql)}}).dml(ctx)
	if err != nil || r.Modified < 0 {
		return r, err
	}
	n := r.Modified
	r.Rows.Release()
	return countRows([]string{"num_affected_rows"}, []int64{n}), nil
}

// notIn is DELETE FROM table alias WHERE key NOT IN (query) [AND others].
type notIn struct {
	table, alias, key, query string
	others                   []lex.Token
}

func (d notIn) rest(word string) string {
	if len(d.others) == 0 {
		return ""
	}
	return " " + word + " (" + render(d.others) + ")"
}

func (st *statement) parseNotIn() (notIn, bool) {
	where, not := st.indexAtTop("WHERE"), st.indexAtTop("NOT")
	if where < 0 || not < where || not+3 >= len(st.tokens) || !st.tokens[not+1].Is("IN") || !st.tokens[not+2].Is("(") || !st.tokens[not+3].Is("SELECT") {
		return notIn{}, false
	}
	end := closing(st.tokens, not+2)
	if end < 0 {
		return notIn{}, false
	}
	before, after := st.tokens[where+1:not], st.tokens[end+1:]
	d := notIn{table: st.target(), query: render(st.tokens[not+3 : end])}
	keyFrom := 0
	for i, t := range before {
		if t.Is("AND") {
			keyFrom = i + 1
		}
		if t.Is("OR") {
			return notIn{}, false
		}
	}
	d.key = render(before[keyFrom:])
	if keyFrom > 0 {
		d.others = append(d.others, before[:keyFrom-1]...)
	}
	if len(after) > 0 {
		if !after[0].Is("AND") {
			return notIn{}, false
		}
		if len(d.others) > 0 {
			d.others = append(d.others, made("AND"))
		}
		d.others = append(d.others, after[1:]...)
	}
	d.alias = st.tokens[where-1].Raw // an alias, or the last part of the table's name
	return d, true
}

// closing returns the index of the parenthesis that closes the one at open; -1 if none does.
func closing(tokens []lex.Token, open int) int {
	depth := 0
	for i := open; i < len(tokens); i++ {
		switch {
		case tokens[i].Is("("):
			depth++
		case tokens[i].Is(")"):
			depth--
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (s *session) countKeys(ctx context.Context, query string) (total, notNull string, err error) {
	a, err := s.query(ctx, "SELECT count(*), count(drt_key) FROM ("+query+") AS q(drt_key)")
	if err != nil {
		return "", "", err
	}
	defer a.release()
	total, _ = a.text(0, 0)
	notNull, _ = a.text(0, 1)
	return strings.TrimSpace(total), strings.TrimSpace(notNull), nil
}
