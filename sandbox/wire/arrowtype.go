package wire

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/sandbox/lex"
)

// ArrowType returns the Arrow type in which an engine should hand over a Databricks type: the one that the driver
// reads without a conversion. TIMESTAMP is timestamp[us, UTC]; an engine whose session has another zone names that zone
// in its own type, and texts are then printed in it. TIMESTAMP_NTZ has no zone. VARIANT and intervals are text.
func ArrowType(typ string) (arrow.DataType, error) {
	tokens, err := lex.Split(typ)
	if err != nil {
		return nil, fmt.Errorf("type %q: %w", typ, err)
	}
	p := typeParser{tokens: splitBrackets(tokens)}
	t, err := p.parse()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("unexpected %q", p.tokens[0].Raw)
	}
	if err != nil {
		return nil, fmt.Errorf("type %q: %w", typ, err)
	}
	return t, nil
}

// splitBrackets makes two tokens of the >> in ARRAY<ARRAY<INT>> and of the <> in STRUCT<>.
func splitBrackets(in []lex.Token) []lex.Token {
	var out []lex.Token
	for _, t := range in {
		if !t.Is(">>") && !t.Is("<>") {
			out = append(out, t)
			continue
		}
		for i := range t.Raw {
			c := t.Raw[i : i+1]
			out = append(out, lex.Token{Kind: lex.Symbol, Raw: c, Value: c, Pos: t.Pos + i, End: t.Pos + i + 1})
		}
	}
	return out
}

type typeParser struct{ tokens []lex.Token }

func (p *typeParser) parse() (arrow.DataType, error) {
	if len(p.tokens) == 0 {
		return nil, fmt.Errorf("a type is missing")
	}
	name := strings.ToUpper(p.tokens[0].Raw)
	p.tokens = p.tokens[1:]
	switch name {
	case "ARRAY":
		return p.array()
	case "MAP":
		return p.mapType()
	case "STRUCT":
		return p.structType()
	case "DECIMAL", "DEC", "NUMERIC":
		return p.decimal()
	case "VARCHAR", "CHAR", "CHARACTER":
		p.skipParens()
		return arrow.BinaryTypes.String, nil
	case "INTERVAL":
		p.tokens = nil
		return arrow.BinaryTypes.String, nil
	}
	if t := scalarType(name); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("unknown type %s", name)
}

func scalarType(name string) arrow.DataType {
	switch name {
	case "BOOLEAN":
		return arrow.FixedWidthTypes.Boolean
	case "TINYINT", "BYTE":
		return arrow.PrimitiveTypes.Int8
	case "SMALLINT", "SHORT":
		return arrow.PrimitiveTypes.Int16
	case "INT", "INTEGER":
		return arrow.PrimitiveTypes.Int32
	case "BIGINT", "LONG":
		return arrow.PrimitiveTypes.Int64
	case "FLOAT", "REAL":
		return arrow.PrimitiveTypes.Float32
	case "DOUBLE":
		return arrow.PrimitiveTypes.Float64
	case "STRING", "VARIANT":
		return arrow.BinaryTypes.String
	case "BINARY":
		return arrow.BinaryTypes.Binary
	case "DATE":
		return arrow.FixedWidthTypes.Date32
	case "TIMESTAMP", "TIMESTAMP_LTZ":
		return arrow.FixedWidthTypes.Timestamp_us
	case "TIMESTAMP_NTZ":
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case "VOID", "NULL":
		return arrow.Null
	}
	return nil
}

func (p *typeParser) array() (arrow.DataType, error) {
	if err := p.expect("<"); err != nil {
		return nil, err
	}
	elem, err := p.parse()
	if err != nil {
		return nil, err
	}
	return arrow.ListOf(elem), p.expect(">")
}

func (p *typeParser) mapType() (arrow.DataType, error) {
	if err := p.expect("<"); err != nil {
		return nil, err
	}
	key, err := p.parse()
	if err != nil {
		return nil, err
	}
	if err := p.expect(","); err != nil {
		return nil, err
	}
	value, err := p.parse()
	if err != nil {
		return nil, err
	}
	return arrow.MapOf(key, value), p.expect(">")
}

func (p *typeParser) structType() (arrow.DataType, error) {
	if err := p.expect("<"); err != nil {
		return nil, err
	}
	var fields []arrow.Field
	for !p.next(">") {
		if len(fields) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		if len(p.tokens) == 0 {
			return nil, fmt.Errorf("a field is missing")
		}
		name := p.tokens[0].Value
		p.tokens = p.tokens[1:]
		if p.next(":") {
			p.tokens = p.tokens[1:]
		}
		t, err := p.parse()
		if err != nil {
			return nil, err
		}
		p.skipFieldOptions()
		fields = append(fields, arrow.Field{Name: name, Type: t, Nullable: true})
	}
	return arrow.StructOf(fields...), p.expect(">")
}

// skipFieldOptions passes NOT NULL and COMMENT 'text' of a field.
func (p *typeParser) skipFieldOptions() {
	for p.next("NOT") || p.next("COMMENT") {
		p.tokens = p.tokens[min(2, len(p.tokens)):]
	}
}

func (p *typeParser) decimal() (arrow.DataType, error) {
	precision, scale := 10, 0
	if p.next("(") && len(p.tokens) >= 3 {
		precision = atoi(p.tokens[1].Raw)
		if p.tokens[2].Is(",") && len(p.tokens) >= 4 {
			scale = atoi(p.tokens[3].Raw)
		}
		p.skipParens()
	}
	if precision < 1 || precision > 38 || scale < 0 || scale > precision {
		return nil, fmt.Errorf("DECIMAL(%d,%d) is out of range", precision, scale)
	}
	return &arrow.Decimal128Type{Precision: int32(precision), Scale: int32(scale)}, nil
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

func (p *typeParser) next(s string) bool { return len(p.tokens) > 0 && p.tokens[0].Is(s) }

func (p *typeParser) expect(s string) error {
	if !p.next(s) {
		return fmt.Errorf("%q expected", s)
	}
	p.tokens = p.tokens[1:]
	return nil
}

func (p *typeParser) skipParens() {
	if !p.next("(") {
		return
	}
	for len(p.tokens) > 0 && !p.next(")") {
		p.tokens = p.tokens[1:]
	}
	p.tokens = p.tokens[min(1, len(p.tokens)):]
}
