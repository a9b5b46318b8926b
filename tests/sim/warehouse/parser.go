package warehouse

import (
	"strings"
	"sync"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/parse"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Parser reads statements, and remembers them: a run sends the same few, which differ in the id that scratch is named
// after. It is safe for concurrent use.
type Parser struct {
	mu    sync.RWMutex
	known map[string]parsed
}

type parsed struct {
	stmt   ast.Stmt
	params int
	err    error
}

// NewParser returns a parser that knows no statement yet.
func NewParser() *Parser { return &Parser{known: map[string]parsed{}} }

// runMark stands in remembered statements where the id of a run stood.
const runMark = "_RUN_"

// statement parses sql; run is the id of the run that names a table in it, "" if none does.
func (p *Parser) statement(sql string) (s parsed, run string) {
	if run = runIn(sql); run != "" {
		sql = strings.ReplaceAll(sql, run, runMark)
	}
	p.mu.RLock()
	s, ok := p.known[sql]
	p.mu.RUnlock()
	if ok {
		return s, run
	}
	out, err := parse.Statement(sql)
	s = parsed{out.Stmt, out.Params, err}
	p.mu.Lock()
	p.known[sql] = s
	p.mu.Unlock()
	return s, run
}

// runIn finds 32 hex digits behind an underscore.
func runIn(sql string) string {
	const digits = 32
	for i := 0; i+digits < len(sql); i++ {
		if sql[i] != '_' {
			continue
		}
		n := 0
		for n < digits && isHex(sql[i+1+n]) {
			n++
		}
		if n == digits {
			return sql[i+1 : i+1+digits]
		}
	}
	return ""
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' }

func (p *Parser) condition(text string) (ast.Expr, error) { return parse.Expression(text) }

func (p *Parser) columnType(text string) (sqltype.Type, error) { return sqltype.ParseText(text) }
