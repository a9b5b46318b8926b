package duckdb

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	duckdb "github.com/duckdb/duckdb-go-bindings"
)

// column is one result column.
type column struct {
	name  string
	dtype arrow.DataType
	sql   string // DuckDB's name of the type it is read as
	cast  string // sql, if DuckDB must cast to it; "" if it is read as it is
}

// newColumn settles how a column of type t is read; t is destroyed by the caller.
func newColumn(name string, t duckdb.LogicalType) (column, error) {
	dtype, err := arrowType(t)
	if err != nil {
		return column{}, fmt.Errorf("column %s: %w", name, err)
	}
	sql, changed := castOf(t)
	c := column{name: name, dtype: dtype, sql: sql}
	if changed {
		c.cast = sql
	}
	return c, nil
}

// arrowType is the type that has the same values as t; STRING for those that Arrow lacks.
func arrowType(t duckdb.LogicalType) (arrow.DataType, error) {
	id := duckdb.GetTypeId(t)
	if d := scalarType(id); d != nil {
		return d, nil
	}
	switch id {
	case duckdb.TypeDecimal:
		return &arrow.Decimal128Type{Precision: int32(duckdb.DecimalWidth(t)), Scale: int32(duckdb.DecimalScale(t))}, nil
	case duckdb.TypeList:
		child := duckdb.ListTypeChildType(t)
		defer duckdb.DestroyLogicalType(&child)
		item, err := arrowType(child)
		return arrow.ListOf(orNull(item)), err
	case duckdb.TypeArray:
		child := duckdb.ArrayTypeChildType(t)
		defer duckdb.DestroyLogicalType(&child)
		item, err := arrowType(child)
		return arrow.ListOf(orNull(item)), err
	case duckdb.TypeMap:
		return mapType(t)
	case duckdb.TypeStruct:
		return structType(t)
	}
	return nil, refusal(id)
}

// orNull keeps the constructors of nested types, which want a type, from panicking beside an error.
func orNull(t arrow.DataType) arrow.DataType {
	if t == nil {
		return arrow.Null
	}
	return t
}

func scalarType(id duckdb.Type) arrow.DataType {
	switch id {
	case duckdb.TypeBoolean:
		return arrow.FixedWidthTypes.Boolean
	case duckdb.TypeTinyInt:
		return arrow.PrimitiveTypes.Int8
	case duckdb.TypeSmallInt:
		return arrow.PrimitiveTypes.Int16
	case duckdb.TypeInteger:
		return arrow.PrimitiveTypes.Int32
	case duckdb.TypeBigInt:
		return arrow.PrimitiveTypes.Int64
	case duckdb.TypeUTinyInt:
		return arrow.PrimitiveTypes.Uint8
	case duckdb.TypeUSmallInt:
		return arrow.PrimitiveTypes.Uint16
	case duckdb.TypeUInteger:
		return arrow.PrimitiveTypes.Uint32
	case duckdb.TypeUBigInt:
		return arrow.PrimitiveTypes.Uint64
	case duckdb.TypeHugeInt, duckdb.TypeUHugeInt:
		return &arrow.Decimal128Type{Precision: 38, Scale: 0}
	case duckdb.TypeFloat:
		return arrow.PrimitiveTypes.Float32
	case duckdb.TypeDouble:
		return arrow.PrimitiveTypes.Float64
	case duckdb.TypeDate:
		return arrow.FixedWidthTypes.Date32
	case duckdb.TypeTimestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case duckdb.TypeTimestampS:
		return &arrow.TimestampType{Unit: arrow.Second}
	case duckdb.TypeTimestampMS:
		return &arrow.TimestampType{Unit: arrow.Millisecond}
	case duckdb.TypeTimestampNS:
		return &arrow.TimestampType{Unit: arrow.Nanosecond}
	case duckdb.TypeTimestampTZ:
		return arrow.FixedWidthTypes.Timestamp_us
	case duckdb.TypeBlob:
		return arrow.BinaryTypes.Binary
	case duckdb.TypeVarchar:
		return arrow.BinaryTypes.String
	}
	if castToText(id) {
		return arrow.BinaryTypes.String
	}
	return nil
}

// castToText lists the types that Arrow, or the tables that rows go to, have no equal of.
func castToText(id duckdb.Type) bool {
	switch id {
	case duckdb.TypeUUID, duckdb.TypeEnum, duckdb.TypeTime, duckdb.TypeTimeTZ, duckdb.TypeTimeNS,
		duckdb.TypeInterval, duckdb.TypeBit, duckdb.TypeBigNum, duckdb.TypeSQLNull:
		return true
	}
	return false
}

// refusal says what to write instead of a column whose text would not say the same.
func refusal(id duckdb.Type) error {
	switch id {
	case duckdb.TypeUnion:
		return fmt.Errorf("a UNION has no equal; select its members with union_extract(column, 'member')")
	case duckdb.TypeGeometry:
		return fmt.Errorf("a GEOMETRY has no equal; select ST_AsText(column) or ST_AsWKB(column)")
	case duckdb.TypeVariant:
		return fmt.Errorf("a VARIANT has no equal; select CAST(column AS JSON)")
	}
	return fmt.Errorf("DuckDB's type %d is not known to this version of drt; CAST it in the model", id)
}

func mapType(t duckdb.LogicalType) (arrow.DataType, error) {
	k, v := duckdb.MapTypeKeyType(t), duckdb.MapTypeValueType(t)
	defer duckdb.DestroyLogicalType(&k)
	defer duckdb.DestroyLogicalType(&v)
	key, err := arrowType(k)
	if err != nil {
		return nil, err
	}
	value, err := arrowType(v)
	if err != nil {
		return nil, err
	}
	return arrow.MapOf(key, value), nil
}

func structType(t duckdb.LogicalType) (arrow.DataType, error) {
	fields := make([]arrow.Field, duckdb.StructTypeChildCount(t))
	for i := range fields {
		child := duckdb.StructTypeChildType(t, duckdb.IdxT(i))
		dtype, err := arrowType(child)
		duckdb.DestroyLogicalType(&child)
		if err != nil {
			return nil, err
		}
		fields[i] = arrow.Field{Name: duckdb.StructTypeChildName(t, duckdb.IdxT(i)), Type: dtype, Nullable: true}
	}
	return arrow.StructOf(fields...), nil
}

// castOf names the SQL type that t is read as: VARCHAR for every part that is read as text, LIST for ARRAY; changed says
// whether that is another type than t.
func castOf(t duckdb.LogicalType) (sql string, changed bool) {
	switch id := duckdb.GetTypeId(t); {
	case castToText(id):
		return "VARCHAR", true
	case id == duckdb.TypeList:
		child := duckdb.ListTypeChildType(t)
		defer duckdb.DestroyLogicalType(&child)
		sql, changed = castOf(child)
		return sql + "[]", changed
	case id == duckdb.TypeArray:
		child := duckdb.ArrayTypeChildType(t)
		defer duckdb.DestroyLogicalType(&child)
		sql, _ = castOf(child)
		return sql + "[]", true // no table that rows go to has lists of one length
	case id == duckdb.TypeMap:
		k, v := duckdb.MapTypeKeyType(t), duckdb.MapTypeValueType(t)
		defer duckdb.DestroyLogicalType(&k)
		defer duckdb.DestroyLogicalType(&v)
		key, keyChanged := castOf(k)
		value, valueChanged := castOf(v)
		return "MAP(" + key + ", " + value + ")", keyChanged || valueChanged
	case id == duckdb.TypeStruct:
		return castOfStruct(t)
	case id == duckdb.TypeDecimal:
		return fmt.Sprintf("DECIMAL(%d,%d)", duckdb.DecimalWidth(t), duckdb.DecimalScale(t)), false
	default:
		return scalarSQL(id), false
	}
}

func castOfStruct(t duckdb.LogicalType) (sql string, changed bool) {
	parts := make([]string, duckdb.StructTypeChildCount(t))
	for i := range parts {
		child := duckdb.StructTypeChildType(t, duckdb.IdxT(i))
		part, partChanged := castOf(child)
		duckdb.DestroyLogicalType(&child)
		parts[i] = quote(duckdb.StructTypeChildName(t, duckdb.IdxT(i))) + " " + part
		changed = changed || partChanged
	}
	return "STRUCT(" + strings.Join(parts, ", ") + ")", changed
}

func scalarSQL(id duckdb.Type) string {
	switch id {
	case duckdb.TypeBoolean:
		return "BOOLEAN"
	case duckdb.TypeTinyInt:
		return "TINYINT"
	case duckdb.TypeSmallInt:
		return "SMALLINT"
	case duckdb.TypeInteger:
		return "INTEGER"
	case duckdb.TypeBigInt:
		return "BIGINT"
	case duckdb.TypeUTinyInt:
		return "UTINYINT"
	case duckdb.TypeUSmallInt:
		return "USMALLINT"
	case duckdb.TypeUInteger:
		return "UINTEGER"
	case duckdb.TypeUBigInt:
		return "UBIGINT"
	case duckdb.TypeHugeInt:
		return "HUGEINT"
	case duckdb.TypeUHugeInt:
		return "UHUGEINT"
	case duckdb.TypeFloat:
		return "FLOAT"
	case duckdb.TypeDouble:
		return "DOUBLE"
	case duckdb.TypeDate:
		return "DATE"
	case duckdb.TypeTimestamp:
		return "TIMESTAMP"
	case duckdb.TypeTimestampS:
		return "TIMESTAMP_S"
	case duckdb.TypeTimestampMS:
		return "TIMESTAMP_MS"
	case duckdb.TypeTimestampNS:
		return "TIMESTAMP_NS"
	case duckdb.TypeTimestampTZ:
		return "TIMESTAMPTZ"
	case duckdb.TypeBlob:
		return "BLOB"
	}
	return "VARCHAR"
}
