package delta

import (
	"strconv"
	"strings"
)

// Kind is the family of a Type.
type Kind uint8

// The kinds. Unknown is any type that this package does not load: INTERVAL, GEOMETRY, VOID, OBJECT and what is new.
const (
	Unknown Kind = iota
	Boolean
	TinyInt
	SmallInt
	Int
	BigInt
	Float
	Double
	Decimal
	String
	Char
	Varchar
	Binary
	Date
	Timestamp
	TimestampNTZ
	Array
	Map
	Struct
	Variant
)

// Type is a column's type as Delta knows it. The zero Type is Unknown without text.
type Type struct {
	Kind      Kind
	Precision int     // DECIMAL: all digits, 1 to 38
	Scale     int     // DECIMAL: digits after the point, 0 to Precision
	Length    int     // CHAR, VARCHAR: characters
	Collation string  // STRING, CHAR, VARCHAR: upper case; "" is UTF8_BINARY, where equal means equal bytes
	Key       *Type   // MAP
	Elem      *Type   // ARRAY element, MAP value
	Fields    []Field // STRUCT
	Text      string  // Unknown: as the warehouse wrote it
}

// Field is one field of a STRUCT.
type Field struct {
	Name    string
	Type    Type
	NotNull bool
	Comment string
}

// keywords are the names that SQL prints, by Kind.
func keyword(k Kind) string {
	return [...]string{
		"", "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL", "STRING", "CHAR", "VARCHAR",
		"BINARY", "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "ARRAY", "MAP", "STRUCT", "VARIANT",
	}[k]
}

// SQL returns the type as DDL, upper case, field names in backticks. Parse reads it back.
func (t Type) SQL() string {
	var b strings.Builder
	t.write(&b, true)
	return b.String()
}

// String is SQL.
func (t Type) String() string { return t.SQL() }

// write prints t. Without full it leaves out NOT NULL and COMMENT, which the schema of from_json has no use for.
func (t Type) write(b *strings.Builder, full bool) {
	b.WriteString(keyword(t.Kind))
	switch t.Kind {
	case Unknown:
		b.WriteString(t.Text)
	case Decimal:
		b.WriteString("(" + strconv.Itoa(t.Precision) + "," + strconv.Itoa(t.Scale) + ")")
	case Char, Varchar:
		b.WriteString("(" + strconv.Itoa(t.Length) + ")")
	case Array:
		b.WriteByte('<')
		t.Elem.write(b, full)
		b.WriteByte('>')
	case Map:
		b.WriteByte('<')
		t.Key.write(b, full)
		b.WriteString(", ")
		t.Elem.write(b, full)
		b.WriteByte('>')
	case Struct:
		b.WriteByte('<')
		for i, f := range t.Fields {
			if i > 0 {
				b.WriteString(", ")
			}
			f.write(b, full)
		}
		b.WriteByte('>')
	}
	if t.Collation != "" && full {
		b.WriteString(" COLLATE " + t.Collation)
	}
}

func (f Field) write(b *strings.Builder, full bool) {
	b.WriteString(quoteName(f.Name) + ": ")
	f.Type.write(b, full)
	if !full {
		return
	}
	if f.NotNull {
		b.WriteString(" NOT NULL")
	}
	if f.Comment != "" {
		b.WriteString(" COMMENT " + quoteString(f.Comment))
	}
}

// Equal says whether two types hold the same values: field names are compared as Delta does, regardless of case, and
// comments do not count. Two unknown types are equal if their text is.
func (t Type) Equal(o Type) bool {
	if t.Kind != o.Kind || t.Precision != o.Precision || t.Scale != o.Scale || t.Length != o.Length ||
		t.Collation != o.Collation || !strings.EqualFold(t.Text, o.Text) || len(t.Fields) != len(o.Fields) {
		return false
	}
	if !equalPart(t.Key, o.Key) || !equalPart(t.Elem, o.Elem) {
		return false
	}
	for i, f := range t.Fields {
		g := o.Fields[i]
		if !strings.EqualFold(f.Name, g.Name) || f.NotNull != g.NotNull || !f.Type.Equal(g.Type) {
			return false
		}
	}
	return true
}

func equalPart(a, b *Type) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}

// Nested says whether values of t are staged as JSON text: ARRAY, MAP, STRUCT and VARIANT.
func (t Type) Nested() bool { return t.Kind >= Array }

// quoteName puts a name in backticks.
func quoteName(s string) string { return "`" + strings.ReplaceAll(s, "`", "``") + "`" }

// quoteString writes a string literal as Spark reads it by default: backslash escapes.
func quoteString(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}
