package native

import bindings "github.com/duckdb/duckdb-go-bindings"

// Type is a scalar type in which functions take and give values.
type Type int

// The types of functions.
const (
	Boolean Type = iota
	TinyInt
	SmallInt
	Integer
	BigInt
	Float
	Double
	Varchar
	Blob
	Date      // int32: days since 1970-01-01
	Timestamp // int64: microseconds since 1970-01-01
)

func (t Type) logical() bindings.LogicalType {
	return bindings.CreateLogicalType([]bindings.Type{
		bindings.TypeBoolean, bindings.TypeTinyInt, bindings.TypeSmallInt, bindings.TypeInteger, bindings.TypeBigInt,
		bindings.TypeFloat, bindings.TypeDouble, bindings.TypeVarchar, bindings.TypeBlob, bindings.TypeDate,
		bindings.TypeTimestamp,
	}[t])
}
