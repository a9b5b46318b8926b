package wire

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/lex"
)

// volumeStatement is a statement about volumes, which the front answers itself.
type volumeStatement struct {
	verb      string // PUT, GET, REMOVE, LIST, CREATE, DROP, SHOW
	path      string // of PUT, GET, REMOVE, LIST
	local     string // of PUT, GET: the file on the client's machine
	overwrite bool
	name      []string // CREATE, DROP: of the volume; SHOW: of the schema; one to three parts
	lenient   bool     // IF EXISTS, IF NOT EXISTS
	pattern   string   // SHOW ... LIKE; "" is all
	limit     int      // LIST; -1 is all
}

// staging reports whether the client gets a URL to send to or fetch from.
func (s *volumeStatement) staging() bool {
	return s.verb == "PUT" || s.verb == "GET" || s.verb == "REMOVE"
}

// parseVolumeStatement returns nil if sql is no statement about volumes, and an error if it is a broken one.
func parseVolumeStatement(sql string) (*volumeStatement, error) {
	verb := firstWord(sql)
	switch verb {
	case "PUT", "GET", "REMOVE", "LIST", "CREATE", "DROP", "SHOW", "":
	default:
		return nil, nil
	}
	tokens, err := lex.Split(sql)
	if err != nil || len(tokens) == 0 {
		return nil, nil // the engine words it
	}
	p := &statementParser{sql: sql, tokens: tokens}
	st := &volumeStatement{verb: strings.ToUpper(p.take().Raw), limit: -1}
	switch st.verb {
	case "PUT", "GET", "REMOVE", "LIST":
		p.files(st)
	case "CREATE":
		if p.is("EXTERNAL") && len(p.tokens) > 1 && p.tokens[1].Is("VOLUME") {
			return nil, unsupportedError("External volumes; use CREATE VOLUME.")
		}
		if !p.skip("VOLUME") {
			return nil, nil
		}
		st.lenient = p.skip("IF") && p.skip("NOT") && p.skip("EXISTS")
		st.name = p.names()
	case "DROP":
		if !p.skip("VOLUME") {
			return nil, nil
		}
		st.lenient = p.skip("IF") && p.skip("EXISTS")
		st.name = p.names()
	case "SHOW":
		if !p.skip("VOLUMES") {
			return nil, nil
		}
		p.show(st)
	default:
		return nil, nil
	}
	p.skip(";")
	if err := p.end(); err != nil {
		return nil, err
	}
	return st, nil
}

type statementParser struct {
	sql    string
	tokens []lex.Token
	err    error
}

func (p *statementParser) files(st *volumeStatement) {
	switch st.verb {
	case "PUT":
		st.local = p.text()
		p.expect("INTO")
		st.path = p.text()
		st.overwrite = p.skip("OVERWRITE")
	case "GET":
		st.path = p.text()
		p.expect("TO")
		st.local = p.text()
	case "REMOVE":
		st.path = p.text()
	case "LIST":
		st.path = p.text()
		if p.skip("LIMIT") {
			st.limit = p.number()
		}
	}
}

func (p *statementParser) show(st *volumeStatement) {
	if p.skip("IN") || p.skip("FROM") {
		st.name = p.names()
	}
	p.skip("LIKE")
	if len(p.tokens) > 0 && p.tokens[0].Kind == lex.String {
		st.pattern = p.text()
	}
}

func (p *statementParser) is(word string) bool { return len(p.tokens) > 0 && p.tokens[0].Is(word) }

func (p *statementParser) take() lex.Token {
	if len(p.tokens) == 0 {
		p.fail()
		return lex.Token{}
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *statementParser) skip(word string) bool {
	if !p.is(word) {
		return false
	}
	p.take()
	return true
}

func (p *statementParser) expect(word string) {
	if !p.skip(word) {
		p.fail()
	}
}

func (p *statementParser) text() string {
	if len(p.tokens) == 0 || p.tokens[0].Kind != lex.String {
		p.fail()
		return ""
	}
	return p.take().Value
}

func (p *statementParser) number() int {
	n, err := strconv.Atoi(p.take().Raw)
	if err != nil || n < 0 {
		p.fail()
	}
	return n
}

func (p *statementParser) names() []string {
	var out []string
	for {
		t := p.take()
		if t.Kind != lex.Word && t.Kind != lex.Quoted {
			p.fail()
			return nil
		}
		out = append(out, t.Value)
		if !p.skip(".") {
			return out
		}
	}
}

// fail notes a syntax error at the token that is next, once.
func (p *statementParser) fail() {
	if p.err != nil {
		return
	}
	at, pos := "end of input", len(p.sql)
	if len(p.tokens) > 0 {
		at, pos = "'"+p.tokens[0].Raw+"'", p.tokens[0].Pos
	}
	p.err = &Error{Class: "PARSE_SYNTAX_ERROR", SQLState: "42601", Message: fmt.Sprintf("Syntax error at or near %s. (position %d)", at, pos)}
	p.tokens = nil
}

func (p *statementParser) end() error {
	if p.err == nil && len(p.tokens) > 0 {
		p.fail()
	}
	return p.err
}
