// Package sqltype has the types of Databricks SQL as the embedded engine uses them.
package sqltype

import (
	"fmt"
	"strings"
)

// Kind is the kind of a type.
type Kind int

// The kinds. Numbers stand from narrow to wide.
const (
	Void Kind = iota
	Boolean
	TinyInt
	SmallInt
	Int
	BigInt
	Decimal
	Float
	Double
	String
	Char    // of a column only; its values are STRING
	Varchar // likewise
	Binary
	Date
	Timestamp
	TimestampNTZ
	Array
	Map
	Struct
	Variant
)

// Type is a type; the zero value is VOID.
type Type struct {
	Kind      Kind
	Precision int     // Decimal
	Scale     int     // Decimal
	Length    int     // Char, Varchar
	Elem      *Type   // Array; values of Map
	Key       *Type   // Map
	Fields    []Field // Struct
}

// Field is a field of a STRUCT.
type Field struct {
	Name    string
	Type    Type
	NotNull bool
	Comment string
}

// Of makes a type without arguments.
func Of(k Kind) Type { return Type{Kind: k} }

// DecimalOf makes DECIMAL(p,s).
func DecimalOf(p, s int) Type { return Type{Kind: Decimal, Precision: p, Scale: s} }

// ArrayOf makes ARRAY<e>.
func ArrayOf(e Type) Type { return Type{Kind: Array, Elem: &e} }

// MapOf makes MAP<k,v>.
func MapOf(k, v Type) Type { return Type{Kind: Map, Key: &k, Elem: &v} }

// StructOf makes STRUCT<fields>.
func StructOf(fields ...Field) Type { return Type{Kind: Struct, Fields: fields} }

// names are Spark's simple strings of the scalar kinds.
func (k Kind) name() string {
	return [...]string{"void", "boolean", "tinyint", "smallint", "int", "bigint", "decimal", "float", "double", "string",
		"char", "varchar", "binary", "date", "timestamp", "timestamp_ntz", "array", "map", "struct", "variant"}[k]
}

// Simple is the type as DESCRIBE and information_schema write it: "decimal(18,2)", "array<int>", "struct<a:int>".
func (t Type) Simple() string {
	switch t.Kind {
	case Decimal:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case Char, Varchar:
		return fmt.Sprintf("%s(%d)", t.Kind.name(), t.Length)
	case Array:
		return "array<" + t.Elem.Simple() + ">"
	case Map:
		return "map<" + t.Key.Simple() + "," + t.Elem.Simple() + ">"
	case Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = fieldName(f.Name) + ":" + f.Type.Simple()
		}
		return "struct<" + strings.Join(parts, ",") + ">"
	}
	return t.Kind.name()
}

// SQL is the type as messages and DDL write it: "DECIMAL(18,2)", "ARRAY<INT>", "STRUCT<a: INT>".
func (t Type) SQL() string {
	switch t.Kind {
	case Array:
		return "ARRAY<" + t.Elem.SQL() + ">"
	case Map:
		return "MAP<" + t.Key.SQL() + ", " + t.Elem.SQL() + ">"
	case Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = fieldName(f.Name) + ": " + f.Type.SQL()
			if f.NotNull {
				parts[i] += " NOT NULL"
			}
		}
		return "STRUCT<" + strings.Join(parts, ", ") + ">"
	}
	return strings.ToUpper(t.Simple())
}

func fieldName(s string) string {
	for _, c := range s {
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return "`" + strings.ReplaceAll(s, "`", "``") + "`"
		}
	}
	return s
}

// Value is the type of a column's values: STRING for CHAR and VARCHAR, at any depth.
func (t Type) Value() Type {
	switch t.Kind {
	case Char, Varchar:
		return Of(String)
	case Array:
		return ArrayOf(t.Elem.Value())
	case Map:
		return MapOf(t.Key.Value(), t.Elem.Value())
	case Struct:
		fields := make([]Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = Field{Name: f.Name, Type: f.Type.Value()}
		}
		return StructOf(fields...)
	}
	return t
}

// Equal reports whether both are the same type; names of fields are compared as written.
func (t Type) Equal(u Type) bool { return t.SQL() == u.SQL() }

// Integral reports whether t is TINYINT to BIGINT.
func (t Type) Integral() bool { return t.Kind >= TinyInt && t.Kind <= BigInt }

// Numeric reports whether t is a number.
func (t Type) Numeric() bool { return t.Kind >= TinyInt && t.Kind <= Double }

// Nested reports whether t is ARRAY, MAP or STRUCT.
func (t Type) Nested() bool { return t.Kind == Array || t.Kind == Map || t.Kind == Struct }

// Has reports whether t is or contains k.
func (t Type) Has(k Kind) bool {
	if t.Kind == k {
		return true
	}
	if t.Elem != nil && t.Elem.Has(k) || t.Key != nil && t.Key.Has(k) {
		return true
	}
	for _, f := range t.Fields {
		if f.Type.Has(k) {
			return true
		}
	}
	return false
}
