package destinationtest

import (
	"encoding/base64"
	"fmt"
	"hash/crc32"
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

// canonical turns what a reader returned for a column of type t into the text that the cases are written in; nil
// stays nil. A value of another kind becomes a text that equals no expected one.
func canonical(t arrow.DataType, v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case []byte:
		if t.ID() == arrow.BINARY {
			return base64.StdEncoding.EncodeToString(v)
		}
		return canonical(t, string(v))
	case bool:
		return strconv.FormatBool(v)
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return canonical(t, fmt.Sprint(v))
	case float32:
		return canonicalFloat(t, float64(v))
	case float64:
		return canonicalFloat(t, v)
	case time.Time:
		return canonicalTime(t, v)
	case string:
		if f, err := strconv.ParseFloat(v, 64); err == nil && arrow.IsFloating(t.ID()) {
			return canonicalFloat(t, f)
		}
		return v
	default:
		return fmt.Sprintf("a %T from the reader of the harness", v)
	}
}

// canonicalFloat is the shortest text that reads back as the same number of the column's width.
func canonicalFloat(t arrow.DataType, f float64) string {
	bits := 64
	if t.ID() == arrow.FLOAT32 {
		bits = 32
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

func canonicalTime(t arrow.DataType, v time.Time) string {
	ts, ok := t.(*arrow.TimestampType)
	switch {
	case !ok:
		return v.Format(time.DateOnly)
	case ts.TimeZone == "":
		return v.Format("2006-01-02T15:04:05.999999999")
	default:
		return v.UTC().Format("2006-01-02T15:04:05.999999999Z")
	}
}

func checksum(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }
