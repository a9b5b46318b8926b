package sqltype

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/lex"
)

// Parse reads one type at the start of tokens and returns how many it took. allowVoid: VOID is a type to be named.
func Parse(tokens []lex.Token) (Type, int, error) {
	p := parser{tokens: splitShifts(tokens), all: len(tokens)}
	before := len(p.tokens)
	t, err := p.parse()
	return t, consumed(tokens, before-len(p.tokens)), err
}

// ParseText reads text that is a type and nothing else.
func ParseText(text string) (Type, error) {
	tokens, err := lex.Split(text)
	if err != nil {
		return Type{}, sqlerr.New("PARSE_SYNTAX_ERROR", "The type %q: %s.", text, err)
	}
	t, n, err := Parse(tokens)
	if err == nil && n != len(tokens) {
		err = syntax(tokens[n].Raw)
	}
	return t, err
}

// splitShifts makes two tokens of the >> at the end of ARRAY<ARRAY<INT>>.
func splitShifts(in []lex.Token) []lex.Token {
	var out []lex.Token
	for _, t := range in {
		if t.Is(">>") {
			one := lex.Token{Kind: lex.Symbol, Raw: ">", Value: ">", Pos: t.Pos, End: t.Pos + 1}
			out = append(out, one, one)
			continue
		}
		out = append(out, t)
	}
	return out
}

// consumed turns a count of split tokens into one of the original.
func consumed(tokens []lex.Token, split int) int {
	for i, t := range tokens {
		if split <= 0 {
			return i
		}
		split--
		if t.Is(">>") {
			split--
		}
	}
	return len(tokens)
}

type parser struct {
	tokens []lex.Token
	all    int
}

func syntax(near string) error {
	return sqlerr.New("PARSE_SYNTAX_ERROR", "Syntax error at or near '%s'.", near)
}

func (p *parser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t.Value
}

func (p *parser) accept(s string) bool {
	if len(p.tokens) > 0 && p.tokens[0].Is(s) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *parser) expect(s string) error {
	if p.accept(s) {
		return nil
	}
	if len(p.tokens) == 0 {
		return syntax("end of input")
	}
	return syntax(p.tokens[0].Raw)
}

func (p *parser) parse() (Type, error) {
	if len(p.tokens) == 0 || p.tokens[0].Kind != lex.Word {
		return Type{}, p.expect("a type")
	}
	word := strings.ToUpper(p.next())
	switch word {
	case "DECIMAL", "DEC", "NUMERIC":
		return p.decimal()
	case "CHAR", "CHARACTER":
		return p.length(Char, word)
	case "VARCHAR":
		return p.length(Varchar, word)
	case "ARRAY":
		return p.array()
	case "MAP":
		return p.mapType()
	case "STRUCT":
		return p.structType()
	}
	if k, ok := scalarKind(word); ok {
		return Of(k), nil
	}
	if word == "INTERVAL" || word == "GEOMETRY" || word == "GEOGRAPHY" || word == "OBJECT" {
		return Type{}, sqlerr.Unsupported("The type %s is not in the sandbox.", word)
	}
	return Type{}, sqlerr.New("UNSUPPORTED_DATATYPE", "Unsupported data type \"%s\".", word)
}

func scalarKind(word string) (Kind, bool) {
	switch word {
	case "BOOLEAN":
		return Boolean, true
	case "TINYINT", "BYTE":
		return TinyInt, true
	case "SMALLINT", "SHORT":
		return SmallInt, true
	case "INT", "INTEGER":
		return Int, true
	case "BIGINT", "LONG":
		return BigInt, true
	case "FLOAT", "REAL":
		return Float, true
	case "DOUBLE":
		return Double, true
	case "STRING":
		return String, true
	case "BINARY":
		return Binary, true
	case "DATE":
		return Date, true
	case "TIMESTAMP", "TIMESTAMP_LTZ":
		return Timestamp, true
	case "TIMESTAMP_NTZ":
		return TimestampNTZ, true
	case "VARIANT":
		return Variant, true
	case "VOID":
		return Void, true
	}
	return 0, false
}

func (p *parser) number() (int, error) {
	if len(p.tokens) == 0 || p.tokens[0].Kind != lex.Number {
		return 0, p.expect("a number")
	}
	n, err := strconv.Atoi(p.next())
	if err != nil {
		return 0, syntax("a number")
	}
	return n, nil
}

func (p *parser) decimal() (Type, error) {
	t := DecimalOf(10, 0)
	if !p.accept("(") {
		return t, nil
	}
	var err error
	if t.Precision, err = p.number(); err != nil {
		return t, err
	}
	if p.accept(",") {
		if t.Scale, err = p.number(); err != nil {
			return t, err
		}
	}
	if t.Precision > 38 {
		return t, sqlerr.New("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "Decimal precision %d exceeds max precision 38.", t.Precision)
	}
	if t.Scale > t.Precision || t.Precision < 1 {
		return t, sqlerr.New("INVALID_PARAMETER_VALUE", "Decimal scale %d cannot be greater than precision %d.", t.Scale, t.Precision)
	}
	return t, p.expect(")")
}

func (p *parser) length(k Kind, word string) (Type, error) {
	if !p.accept("(") {
		return Type{}, sqlerr.New("DATATYPE_MISSING_SIZE", "DataType %q requires a length parameter, for example %s(10).", word, word)
	}
	n, err := p.number()
	if err != nil {
		return Type{}, err
	}
	return Type{Kind: k, Length: n}, p.expect(")")
}

func (p *parser) array() (Type, error) {
	if err := p.expect("<"); err != nil {
		return Type{}, err
	}
	e, err := p.parse()
	if err != nil {
		return Type{}, err
	}
	return ArrayOf(e), p.expect(">")
}

func (p *parser) mapType() (Type, error) {
	if err := p.expect("<"); err != nil {
		return Type{}, err
	}
	k, err := p.parse()
	if err != nil {
		return Type{}, err
	}
	if err := p.expect(","); err != nil {
		return Type{}, err
	}
	v, err := p.parse()
	if err != nil {
		return Type{}, err
	}
	return MapOf(k, v), p.expect(">")
}

func (p *parser) structType() (Type, error) {
	if p.accept("<>") {
		return Type{}, emptyStruct()
	}
	if err := p.expect("<"); err != nil {
		return Type{}, err
	}
	var fields []Field
	for !p.accept(">") {
		if len(fields) > 0 {
			if err := p.expect(","); err != nil {
				return Type{}, err
			}
		}
		f, err := p.field()
		if err != nil {
			return Type{}, err
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 {
		return Type{}, emptyStruct()
	}
	return StructOf(fields...), nil
}

// emptyStruct refuses what DuckDB has no type for.
func emptyStruct() error { return sqlerr.Unsupported("A STRUCT without fields.") }

// CheckFieldName refuses a name that no field of a STRUCT can have in DuckDB.
func CheckFieldName(name string) error {
	if name == "" {
		return sqlerr.Unsupported("A field of a STRUCT without a name.")
	}
	if strings.IndexByte(name, 0) >= 0 {
		return sqlerr.Unsupported("A field of a STRUCT whose name has a NUL character.")
	}
	return nil
}

func (p *parser) field() (Field, error) {
	if len(p.tokens) == 0 || p.tokens[0].Kind != lex.Word && p.tokens[0].Kind != lex.Quoted {
		return Field{}, p.expect("a field name")
	}
	f := Field{Name: p.next()}
	err := CheckFieldName(f.Name)
	if err != nil {
		return f, err
	}
	p.accept(":")
	if f.Type, err = p.parse(); err != nil {
		return f, err
	}
	if p.accept("NOT") {
		if err := p.expect("NULL"); err != nil {
			return f, err
		}
		f.NotNull = true
	}
	if p.accept("COMMENT") {
		f.Comment = p.next()
	}
	return f, nil
}
