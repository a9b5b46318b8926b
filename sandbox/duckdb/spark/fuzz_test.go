package spark

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// FuzzFromJSON: any text is rows in JSON that DuckDB can cast, or NULL, or with failfast an error; and what was read
// reads back as itself.
func FuzzFromJSON(f *testing.F) {
	for _, text := range []string{`[["a",null],["\"",'x']]`, `{"a":1.50,"b":["x"],"c":{"k":1e3},"d":"2024-02-29","e":"AAE="}`, `[{"a":1}]`, `null`, ``, ` [ `, `{"a":1,"a":2}`, `"\ud83d"`, "[\"\xff\"]", `1e999`} {
		f.Add(text)
	}
	var types []sqltype.Type
	for _, text := range []string{"ARRAY<ARRAY<STRING>>", "STRUCT<a:DECIMAL(10,2),b:ARRAY<STRING>,c:MAP<STRING,DOUBLE>,d:DATE,e:BINARY,t:TIMESTAMP>", "ARRAY<STRUCT<a:BIGINT>>", "MAP<STRING,VARIANT>"} {
		t, err := sqltype.ParseText(text)
		if err != nil {
			f.Fatal(err)
		}
		types = append(types, t)
	}
	r := &JSONReader{Zones: &Zones{}, Loc: time.UTC}
	f.Fuzz(func(t *testing.T, text string) {
		for _, typ := range types {
			out, null, err := r.Read(text, typ, false)
			if err != nil || !null && !json.Valid([]byte(out)) {
				t.Fatalf("%q as %s: %q, %v", text, typ.SQL(), out, err)
			}
			strict, strictNull, err := r.Read(text, typ, true)
			var e *wire.Error
			switch {
			case err != nil && (!errors.As(err, &e) || e.Class == "" || len(e.SQLState) != 5):
				t.Fatalf("%q as %s: %#v is no error as clients know them", text, typ.SQL(), err)
			case err != nil && !null:
				t.Fatalf("%q as %s: failfast says %v, and else it is %q", text, typ.SQL(), err, out)
			case err == nil && (strict != out || strictNull != null):
				t.Fatalf("%q as %s: failfast reads %q, and else it is %q", text, typ.SQL(), strict, out)
			}
		}
	})
}

// FuzzParseTimestamp: a text that is a time is one that can be written and read again.
func FuzzParseTimestamp(f *testing.F) {
	for _, text := range []string{"2024-02-29", "2024-02-29 12:00:00.123456", "2024-2-9T1:2:3Z", "2024-02-29T12:00:00+05:30", "-0001-01-01", "294247-01-10T04:00:54.775807", "12:30", " 2024 ", "2024-02-30", "2024-03-31 02:30:00 Europe/Berlin"} {
		f.Add(text, false)
		f.Add(text, true)
	}
	zones := &Zones{}
	f.Fuzz(func(t *testing.T, text string, ntz bool) {
		at, err := zones.ParseTimestamp(text, time.UTC, ntz)
		var e *wire.Error
		if err != nil {
			if errors.As(err, &e) && (e.Class == "" || len(e.SQLState) != 5) {
				t.Fatalf("%q: %#v is no error as clients know them", text, err)
			}
			return
		}
		written := time.UnixMicro(at).UTC()
		if year := written.Year(); year < 1 || year > 9999 {
			return // written with a sign, which Format does not know
		}
		again, err := zones.ParseTimestamp(written.Format("2006-01-02 15:04:05.999999"), time.UTC, ntz)
		if err != nil || again != at {
			// A time without a date is read against today's.
			t.Fatalf("%q is %d, which is written %s and reads back as %d, %v", text, at, written, again, err)
		}
	})
}
