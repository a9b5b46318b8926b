package spark

import (
	"context"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/sandbox/lex"
	"github.com/drt-go/drt/sandbox/wire"
)

// statement is one statement on its way to Spark: parameters are bound, catalogs renamed.
type statement struct {
	session *session
	tokens  []lex.Token
}

// run sends the statement, or what stands for it on open-source Spark.
func (st *statement) run(ctx context.Context) (*wire.Result, error) {
	var err error
	if st.tokens, err = localFiles(st.tokens, st.session.volumes); err != nil {
		return nil, err
	}
	switch {
	case st.begins("SHOW", "CATALOGS"):
		return stringRows("catalog", "main", "hive_metastore"), nil
	case st.begins("CREATE", "CATALOG"), st.begins("GRANT"), st.begins("REVOKE"):
		return &wire.Result{Modified: -1}, nil
	case st.begins("DELETE"):
		return st.delete(ctx)
	case st.begins("TRUNCATE", "TABLE"):
		st.tokens = append([]lex.Token{made("DELETE FROM")}, st.tokens[2:]...)
		return st.dml(ctx)
	case st.begins("INSERT"), st.createsFromQuery():
		return st.countedWrite(ctx)
	case st.begins("CREATE") || st.begins("REPLACE"):
		st.tokens = withoutKeys(st.tokens)
		return st.create(ctx)
	case st.begins("MERGE"), st.begins("UPDATE"):
		return st.dml(ctx)
	case st.mentions("information_schema"):
		return st.informationSchema(ctx)
	default:
		return st.pass(ctx)
	}
}

// begins reports whether the statement begins with these keywords.
func (st *statement) begins(words ...string) bool {
	if len(st.tokens) < len(words) {
		return false
	}
	for i, w := range words {
		if !st.tokens[i].Is(w) {
			return false
		}
	}
	return true
}

func (st *statement) mentions(name string) bool {
	for _, t := range st.tokens {
		if (t.Kind == lex.Word || t.Kind == lex.Quoted) && strings.EqualFold(t.Value, name) {
			return true
		}
	}
	return false
}

// createsFromQuery reports whether this is CREATE TABLE ... AS SELECT.
func (st *statement) createsFromQuery() bool {
	if !st.begins("CREATE") && !st.begins("REPLACE") || st.indexAtTop("TABLE") < 0 {
		return false
	}
	as := st.indexAtTop("AS")
	return as > 0 && as+1 < len(st.tokens) && (st.tokens[as+1].Is("SELECT") || st.tokens[as+1].Is("WITH") || st.tokens[as+1].Is("("))
}

// indexAtTop finds a keyword outside of all parentheses; -1 if there is none.
func (st *statement) indexAtTop(word string) int {
	depth := 0
	for i, t := range st.tokens {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			depth--
		case depth == 0 && t.Is(word):
			return i
		}
	}
	return -1
}

// pass sends the statement as it is.
func (st *statement) pass(ctx context.Context) (*wire.Result, error) {
	a, err := st.session.query(ctx, render(st.tokens))
	if err != nil {
		return nil, err
	}
	if a.schema == nil || a.command && len(a.schema.Fields()) == 0 {
		a.release()
		return &wire.Result{Modified: -1}, nil
	}
	return result(a), nil
}

// create sends a CREATE. A failed one may leave a folder that the next one would trip over.
func (st *statement) create(ctx context.Context) (*wire.Result, error) {
	r, err := st.pass(ctx)
	if err != nil && !isClass(err, "TABLE_OR_VIEW_ALREADY_EXISTS") {
		st.session.removeOrphan(ctx, st.target())
	}
	return r, err
}

// dml sends a statement whose answer is its row counts.
func (st *statement) dml(ctx context.Context) (*wire.Result, error) {
	r, err := st.pass(ctx)
	if err != nil {
		return nil, err
	}
	r.Modified = firstCount(r)
	return r, nil
}

// target returns the dotted name behind the statement's INTO, OVERWRITE, FROM or TABLE, as written.
func (st *statement) target() string {
	for i, t := range st.tokens {
		if t.Is("INTO") || t.Is("OVERWRITE") || t.Is("TABLE") || t.Is("FROM") {
			return dotted(afterWords(st.tokens[i+1:]))
		}
	}
	return ""
}

// afterWords skips the keywords that may stand between a statement's verb and its table.
func afterWords(tokens []lex.Token) []lex.Token {
	for len(tokens) > 0 && (tokens[0].Is("TABLE") || tokens[0].Is("IF") || tokens[0].Is("NOT") || tokens[0].Is("EXISTS") || tokens[0].Is("INTO")) {
		tokens = tokens[1:]
	}
	return tokens
}

func dotted(tokens []lex.Token) string {
	end := 1
	for end+1 < len(tokens) && tokens[end].Is(".") {
		end += 2
	}
	if len(tokens) < end {
		return ""
	}
	return render(tokens[:end])
}

// withoutKeys drops PRIMARY KEY and FOREIGN KEY clauses, which inform only, from a list of columns.
func withoutKeys(tokens []lex.Token) []lex.Token {
	var out []lex.Token
	for i := 0; i < len(tokens); i++ {
		n := keyClause(tokens[i:])
		if n == 0 {
			out = append(out, tokens[i])
			continue
		}
		if len(out) > 0 && out[len(out)-1].Is(",") {
			out = out[:len(out)-1]
		}
		i += n - 1
	}
	return out
}

// keyClause returns the length of the key clause that tokens begin with, 0 if it is none.
func keyClause(tokens []lex.Token) int {
	i := 0
	if len(tokens) > 3 && tokens[0].Is("CONSTRAINT") {
		i = 2
	}
	if len(tokens) < i+2 || !tokens[i].Is("PRIMARY") && !tokens[i].Is("FOREIGN") || !tokens[i+1].Is("KEY") {
		return 0
	}
	i += 2
	for i < len(tokens) && (tokens[i].Is("(") || tokens[i].Is("REFERENCES")) {
		if tokens[i].Is("REFERENCES") {
			i++
			for i < len(tokens) && !tokens[i].Is("(") && !tokens[i].Is(")") && !tokens[i].Is(",") {
				i++
			}
			continue
		}
		for i < len(tokens) && !tokens[i].Is(")") {
			i++
		}
		i++
	}
	return i
}

func stringRows(column string, values ...string) *wire.Result {
	schema := arrow.NewSchema([]arrow.Field{{Name: column, Type: arrow.BinaryTypes.String}}, nil)
	return result(&answer{schema: schema, batches: []arrow.RecordBatch{stringBatch(schema, values)}})
}
