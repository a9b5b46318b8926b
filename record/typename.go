package record

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// MaxDecimalPrecision is the most digits a DECIMAL has, here as in Databricks.
const MaxDecimalPrecision = 38

// ParseType reads a column type as Databricks and SQL name it: BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT,
// DOUBLE, DECIMAL(p,s), STRING, BINARY, DATE, TIMESTAMP (an instant, microseconds), TIMESTAMP_NTZ (a wall clock) and
// their usual synonyms, in any case. A bare DECIMAL is DECIMAL(10,0), as there. The error says what was expected.
func ParseType(name string) (arrow.DataType, error) {
	base, args, err := splitType(name)
	if err != nil {
		return nil, err
	}
	switch base {
	case "DECIMAL", "NUMERIC", "DEC":
		return decimalType(name, args)
	}
	if len(args) > 0 {
		return nil, fmt.Errorf("type %q takes no (%s); lengths are checked against the target's columns", base, strings.Join(args, ","))
	}
	if t := scalarType(base); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("unknown type %q; expected BOOLEAN, TINYINT, SMALLINT, INT, BIGINT, FLOAT, DOUBLE, DECIMAL(p,s), STRING, BINARY, DATE, TIMESTAMP or TIMESTAMP_NTZ", name)
}

func scalarType(base string) arrow.DataType {
	switch base {
	case "BOOLEAN", "BOOL":
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
	case "DOUBLE", "DOUBLE PRECISION":
		return arrow.PrimitiveTypes.Float64
	case "STRING", "TEXT", "VARCHAR":
		return arrow.BinaryTypes.String
	case "BINARY", "BYTES", "BLOB":
		return arrow.BinaryTypes.Binary
	case "DATE":
		return arrow.FixedWidthTypes.Date32
	case "TIMESTAMP", "TIMESTAMPTZ", "TIMESTAMP_LTZ":
		return arrow.FixedWidthTypes.Timestamp_us
	case "TIMESTAMP_NTZ", "DATETIME":
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	}
	return nil
}

// splitType takes "decimal( 18, 2 )" apart into "DECIMAL" and ["18", "2"].
func splitType(name string) (base string, args []string, err error) {
	s := strings.ToUpper(strings.Join(strings.Fields(name), " "))
	open := strings.IndexByte(s, '(')
	if open < 0 {
		return s, nil, nil
	}
	if !strings.HasSuffix(s, ")") {
		return "", nil, fmt.Errorf("type %q lacks a closing parenthesis", name)
	}
	for _, a := range strings.Split(s[open+1:len(s)-1], ",") {
		args = append(args, strings.TrimSpace(a))
	}
	return strings.TrimSpace(s[:open]), args, nil
}

func decimalType(name string, args []string) (arrow.DataType, error) {
	precision, scale := 10, 0
	var err error
	if len(args) > 2 {
		return nil, fmt.Errorf("type %q: expected DECIMAL(precision, scale)", name)
	}
	if len(args) > 0 {
		if precision, err = strconv.Atoi(args[0]); err != nil {
			return nil, fmt.Errorf("type %q: %q is not a number of digits", name, args[0])
		}
	}
	if len(args) > 1 {
		if scale, err = strconv.Atoi(args[1]); err != nil {
			return nil, fmt.Errorf("type %q: %q is not a number of digits", name, args[1])
		}
	}
	if precision < 1 || precision > MaxDecimalPrecision || scale < 0 || scale > precision {
		return nil, fmt.Errorf("type %q: precision is 1 to %d, scale 0 to the precision", name, MaxDecimalPrecision)
	}
	return &arrow.Decimal128Type{Precision: int32(precision), Scale: int32(scale)}, nil
}

// TypeName names t as ParseType reads it, for messages; types without such a name are shown as Arrow names them.
func TypeName(t arrow.DataType) string {
	switch t := t.(type) {
	case *arrow.BooleanType:
		return "BOOLEAN"
	case *arrow.Int8Type:
		return "TINYINT"
	case *arrow.Int16Type:
		return "SMALLINT"
	case *arrow.Int32Type:
		return "INT"
	case *arrow.Int64Type:
		return "BIGINT"
	case *arrow.Float32Type:
		return "FLOAT"
	case *arrow.Float64Type:
		return "DOUBLE"
	case *arrow.StringType:
		return "STRING"
	case *arrow.BinaryType:
		return "BINARY"
	case *arrow.Date32Type:
		return "DATE"
	case *arrow.Decimal128Type:
		return fmt.Sprintf("DECIMAL(%d,%d)", t.Precision, t.Scale)
	case *arrow.TimestampType:
		if t.TimeZone != "" {
			return "TIMESTAMP"
		}
		return "TIMESTAMP_NTZ"
	}
	return t.String()
}
