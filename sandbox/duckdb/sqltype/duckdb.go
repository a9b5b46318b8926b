package sqltype

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// DuckDB is the DuckDB type that holds values of t. Both kinds of timestamp are TIMESTAMP: an instant is kept in UTC. A
// VARIANT is its JSON text.
func (t Type) DuckDB() string {
	switch t.Kind {
	case Void:
		return "INTEGER"
	case Int:
		return "INTEGER"
	case String, Char, Varchar, Variant:
		return "VARCHAR"
	case Binary:
		return "BLOB"
	case Timestamp, TimestampNTZ:
		return "TIMESTAMP"
	case Decimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case Array:
		return t.Elem.DuckDB() + "[]"
	case Map:
		return "MAP(" + t.Key.DuckDB() + "," + t.Elem.DuckDB() + ")"
	case Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = `"` + strings.ReplaceAll(f.Name, `"`, `""`) + `" ` + f.Type.DuckDB()
		}
		return "STRUCT(" + strings.Join(parts, ",") + ")"
	}
	return strings.ToUpper(t.Kind.name())
}

// Arrow is the Arrow type in which values of t leave the engine; zone is the session's time zone.
func (t Type) Arrow(zone string) arrow.DataType {
	switch t.Kind {
	case Boolean:
		return arrow.FixedWidthTypes.Boolean
	case TinyInt:
		return arrow.PrimitiveTypes.Int8
	case SmallInt:
		return arrow.PrimitiveTypes.Int16
	case Int:
		return arrow.PrimitiveTypes.Int32
	case BigInt:
		return arrow.PrimitiveTypes.Int64
	case Float:
		return arrow.PrimitiveTypes.Float32
	case Double:
		return arrow.PrimitiveTypes.Float64
	case Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case String, Char, Varchar, Variant:
		return arrow.BinaryTypes.String
	case Binary:
		return arrow.BinaryTypes.Binary
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: zone}
	case TimestampNTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case Array:
		return arrow.ListOf(t.Elem.Arrow(zone))
	case Map:
		return arrow.MapOf(t.Key.Arrow(zone), t.Elem.Arrow(zone))
	case Struct:
		fields := make([]arrow.Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = arrow.Field{Name: f.Name, Type: f.Type.Arrow(zone), Nullable: true}
		}
		return arrow.StructOf(fields...)
	}
	return arrow.Null
}
