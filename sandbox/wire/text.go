package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
)

const (
	dateLayout      = "2006-01-02"
	timestampLayout = "2006-01-02 15:04:05.999999"
)

// textColumn returns a function that prints the values of a column as a warehouse prints them: DECIMAL with its scale,
// DATE, TIMESTAMP in the zone of its type, nested values as JSON. It is not called for NULL.
func textColumn(arr arrow.Array) (func(i int) string, error) {
	switch a := arr.(type) {
	case interface{ Value(int) string }:
		return a.Value, nil
	case *array.Decimal128:
		scale := a.DataType().(*arrow.Decimal128Type).Scale
		return func(i int) string { return decimalText(a.Value(i), scale) }, nil
	case *array.Date32:
		return func(i int) string { return a.Value(i).ToTime().Format(dateLayout) }, nil
	case *array.Timestamp:
		return timestampText(a)
	case *array.List, *array.Map, *array.Struct, *array.LargeList:
		return func(i int) string {
			var b strings.Builder
			writeJSON(&b, arr, i)
			return b.String()
		}, nil
	case *array.Null:
		return func(int) string { return "" }, nil
	}
	return nil, fmt.Errorf("no text for arrow type %s", arr.DataType())
}

func timestampText(a *array.Timestamp) (func(i int) string, error) {
	t := a.DataType().(*arrow.TimestampType)
	zone, err := t.GetZone()
	if err != nil {
		return nil, err
	}
	if zone == nil {
		zone = time.UTC
	}
	return func(i int) string { return a.Value(i).ToTime(t.Unit).In(zone).Format(timestampLayout) }, nil
}

// decimalText prints all digits: decimal128.Num.ToString rounds through a float.
func decimalText(n decimal128.Num, scale int32) string {
	v := n.BigInt()
	sign := ""
	if v.Sign() < 0 {
		sign = "-"
		v.Neg(v)
	}
	digits := v.String()
	if scale <= 0 {
		return sign + digits
	}
	if pad := int(scale) + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - int(scale)
	return sign + digits[:point] + "." + digits[point:]
}

func writeJSON(b *strings.Builder, arr arrow.Array, i int) {
	if isNull(arr, i) {
		b.WriteString("null")
		return
	}
	switch a := arr.(type) {
	case *array.Map:
		writeMap(b, a, i)
	case array.ListLike:
		from, to := a.ValueOffsets(i)
		b.WriteByte('[')
		for j := from; j < to; j++ {
			if j > from {
				b.WriteByte(',')
			}
			writeJSON(b, a.ListValues(), int(j))
		}
		b.WriteByte(']')
	case *array.Struct:
		writeStruct(b, a, i)
	default:
		writeScalar(b, arr, i)
	}
}

func writeMap(b *strings.Builder, a *array.Map, i int) {
	from, to := a.ValueOffsets(i)
	b.WriteByte('{')
	for j := from; j < to; j++ {
		if j > from {
			b.WriteByte(',')
		}
		var key strings.Builder
		writeJSON(&key, a.Keys(), int(j))
		if k := key.String(); strings.HasPrefix(k, `"`) {
			b.WriteString(k)
		} else {
			writeQuoted(b, k)
		}
		b.WriteByte(':')
		writeJSON(b, a.Items(), int(j))
	}
	b.WriteByte('}')
}

func writeStruct(b *strings.Builder, a *array.Struct, i int) {
	t := a.DataType().(*arrow.StructType)
	b.WriteByte('{')
	for f := range t.NumFields() {
		if f > 0 {
			b.WriteByte(',')
		}
		writeQuoted(b, t.Field(f).Name)
		b.WriteByte(':')
		writeJSON(b, a.Field(f), i)
	}
	b.WriteByte('}')
}

func writeScalar(b *strings.Builder, arr arrow.Array, i int) {
	switch a := arr.(type) {
	case *array.Boolean:
		b.WriteString(strconv.FormatBool(a.Value(i)))
	case *array.Float32:
		writeFloat(b, float64(a.Value(i)), 32)
	case *array.Float64:
		writeFloat(b, a.Value(i), 64)
	case *array.Decimal128:
		b.WriteString(decimalText(a.Value(i), a.DataType().(*arrow.Decimal128Type).Scale))
	case interface{ Value(int) []byte }:
		writeQuoted(b, base64.StdEncoding.EncodeToString(a.Value(i)))
	case *array.Int8, *array.Int16, *array.Int32, *array.Int64:
		b.WriteString(arr.ValueStr(i))
	default:
		text, err := textColumn(arr)
		if err != nil {
			writeQuoted(b, arr.ValueStr(i))
			return
		}
		writeQuoted(b, text(i))
	}
}

// writeFloat prints what JSON has no number for as text, as to_json does.
func writeFloat(b *strings.Builder, v float64, bits int) {
	switch {
	case math.IsNaN(v):
		b.WriteString(`"NaN"`)
	case math.IsInf(v, 1):
		b.WriteString(`"Infinity"`)
	case math.IsInf(v, -1):
		b.WriteString(`"-Infinity"`)
	default:
		b.WriteString(strconv.FormatFloat(v, 'g', -1, bits))
	}
}

func writeQuoted(b *strings.Builder, s string) {
	enc := json.NewEncoder(noNewline{b})
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes, and a Builder always takes it
}

// noNewline drops the line end that an Encoder adds.
type noNewline struct{ b *strings.Builder }

func (w noNewline) Write(p []byte) (int, error) {
	w.b.WriteString(strings.TrimSuffix(string(p), "\n"))
	return len(p), nil
}
