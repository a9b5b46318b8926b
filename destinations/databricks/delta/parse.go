package delta

import (
	"fmt"
	"strconv"
	"strings"
)

// maxTypeDepth bounds the recursion of Parse; Delta's own limit for nested columns is far below it.
const maxTypeDepth = 100

// Parse reads a type as the warehouse writes it (full_data_type of information_schema, DESCRIBE TABLE, DDL),
// regardless of case. A type it does not know is no error: it comes back as Unknown with its text, and NewEncoder
// refuses it by name. An error means that the text is no type at all.
func Parse(full string) (Type, error) {
	p := typeParser{src: full}
	t, err := p.typ(0)
	if err == nil && p.skip() < len(p.src) {
		err = p.errorf("unexpected %q after the type", p.rest())
	}
	if err != nil {
		return Type{}, fmt.Errorf("read type %q: %w", full, err)
	}
	return t, nil
}

// typeParser walks over the text of a type.
type typeParser struct {
	src string
	pos int
}

func (p *typeParser) errorf(format string, args ...any) error {
	return fmt.Errorf("position %d: %w", p.pos+1, fmt.Errorf(format, args...))
}

func (p *typeParser) typ(depth int) (Type, error) {
	if depth > maxTypeDepth {
		return Type{}, p.errorf("nested deeper than %d types", maxTypeDepth)
	}
	start := p.skip()
	word := strings.ToUpper(p.word())
	if word == "" {
		return Type{}, p.errorf("a type is missing")
	}
	kind := kindOf(word)
	if p.peek() == '<' {
		switch kind {
		case Array, Map, Struct:
			return p.nested(kind, depth)
		}
	}
	switch kind {
	case Unknown, Array, Map, Struct:
		return p.unknown(start)
	case Decimal:
		return p.decimal()
	case Char, Varchar:
		return p.text(kind)
	case String:
		return p.collated(Type{Kind: String})
	}
	return Type{Kind: kind}, nil
}

func kindOf(word string) Kind {
	switch word {
	case "BOOLEAN":
		return Boolean
	case "TINYINT", "BYTE":
		return TinyInt
	case "SMALLINT", "SHORT":
		return SmallInt
	case "INT", "INTEGER":
		return Int
	case "BIGINT", "LONG":
		return BigInt
	case "FLOAT", "REAL":
		return Float
	case "DOUBLE":
		return Double
	case "DECIMAL", "DEC", "NUMERIC":
		return Decimal
	case "STRING":
		return String
	case "CHAR", "CHARACTER":
		return Char
	case "VARCHAR":
		return Varchar
	case "BINARY":
		return Binary
	case "DATE":
		return Date
	case "TIMESTAMP", "TIMESTAMP_LTZ":
		return Timestamp
	case "TIMESTAMP_NTZ":
		return TimestampNTZ
	case "ARRAY":
		return Array
	case "MAP":
		return Map
	case "STRUCT":
		return Struct
	case "VARIANT":
		return Variant
	}
	return Unknown
}

// unknown keeps the text of a type as it is, up to where the type that holds it goes on.
func (p *typeParser) unknown(start int) (Type, error) {
	open := 0
	for p.pos = start; p.pos < len(p.src); p.pos++ {
		c := p.src[p.pos]
		if c == '(' || c == '<' {
			open++
		}
		if c == ')' || c == '>' {
			open--
		}
		if open < 0 || open == 0 && (c == ',' || p.clause()) {
			break
		}
	}
	if open > 0 {
		return Type{}, p.errorf("a bracket is not closed")
	}
	return Type{Text: strings.TrimSpace(p.src[start:p.pos])}, nil
}

// clause says whether what follows the type of a struct field begins here.
func (p *typeParser) clause() bool {
	rest := strings.ToUpper(p.src[p.pos:])
	return strings.HasPrefix(rest, " NOT NULL") || strings.HasPrefix(rest, " COMMENT ")
}

func (p *typeParser) decimal() (Type, error) {
	t := Type{Kind: Decimal, Precision: 10}
	args, err := p.numbers()
	switch {
	case err != nil:
		return Type{}, err
	case len(args) > 2:
		return Type{}, p.errorf("DECIMAL takes a precision and a scale")
	}
	if len(args) > 0 {
		t.Precision = args[0]
	}
	if len(args) > 1 {
		t.Scale = args[1]
	}
	if t.Precision < 1 || t.Precision > 38 || t.Scale > t.Precision {
		return Type{}, p.errorf("DECIMAL(%d,%d) is out of range: precision 1 to 38, scale 0 to the precision", t.Precision, t.Scale)
	}
	return t, nil
}

func (p *typeParser) text(kind Kind) (Type, error) {
	args, err := p.numbers()
	if err != nil {
		return Type{}, err
	}
	if len(args) != 1 || args[0] < 1 {
		return Type{}, p.errorf("%s takes a length", keyword(kind))
	}
	return p.collated(Type{Kind: kind, Length: args[0]})
}

// collated reads the COLLATE clause that may follow a text type. The default collation is left out.
func (p *typeParser) collated(t Type) (Type, error) {
	if !p.takeWord("COLLATE") {
		return t, nil
	}
	p.skip()
	name := strings.ToUpper(p.word())
	if name == "" {
		return Type{}, p.errorf("COLLATE takes a name")
	}
	if name != "UTF8_BINARY" {
		t.Collation = name
	}
	return t, nil
}

// numbers reads "(18, 2)", or nothing.
func (p *typeParser) numbers() ([]int, error) {
	if !p.take('(') {
		return nil, nil
	}
	var out []int
	for {
		p.skip()
		start := p.pos
		for p.pos < len(p.src) && p.src[p.pos] >= '0' && p.src[p.pos] <= '9' {
			p.pos++
		}
		n, err := strconv.Atoi(p.src[start:p.pos])
		if err != nil {
			return nil, p.errorf("a number is missing")
		}
		out = append(out, n)
		if p.take(')') {
			return out, nil
		}
		if !p.take(',') {
			return nil, p.errorf("a bracket is not closed")
		}
	}
}
