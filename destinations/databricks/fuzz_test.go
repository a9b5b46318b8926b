package databricks

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/go-cmp/cmp"
)

// FuzzRow: a row becomes a JSON array with one text or null for each column, from which every value comes back exactly;
// what cannot be held is refused with its column, and never changed.
func FuzzRow(f *testing.F) {
	f.Add(int64(1), "Ada \"Lovelace\"\\", 0.1, []byte{0xff, 0}, true, true)
	f.Add(int64(math.MinInt64), "\xff", math.Inf(1), []byte(nil), false, false)
	f.Add(int64(-0), "\x00\u2028</script>😀", math.Copysign(0, -1), bytes.Repeat([]byte{'"'}, 70), true, false)
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64}, {Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "score", Type: arrow.PrimitiveTypes.Float64, Nullable: true}, {Name: "raw", Type: arrow.BinaryTypes.Binary, Nullable: true},
		{Name: "flag", Type: arrow.FixedWidthTypes.Boolean, Nullable: true},
	}, nil)
	encode, err := newRowEncoder(schema, testLayout(f, 1, "id:BIGINT", "name:STRING", "score:DOUBLE", "raw:BINARY", "flag:BOOLEAN"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id int64, name string, score float64, raw []byte, flag, null bool) {
		b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		defer b.Release()
		b.Field(0).(*array.Int64Builder).Append(id)
		b.Field(1).(*array.StringBuilder).Append(name)
		b.Field(2).(*array.Float64Builder).Append(score)
		b.Field(3).(*array.BinaryBuilder).Append(raw)
		if null {
			b.Field(4).AppendNull()
		} else {
			b.Field(4).(*array.BooleanBuilder).Append(flag)
		}
		rb := b.NewRecordBatch()
		defer rb.Release()
		const before = "what is there already"
		out, column, reason := encode.append([]byte(before), rb.Columns(), 0)
		if reason != "" {
			if column != "name" || utf8.ValidString(name) {
				t.Fatalf("column %q is refused: %s", column, reason)
			}
			return
		}
		text, ok := strings.CutPrefix(string(out), before)
		var cells []*string
		if err := json.Unmarshal([]byte(text), &cells); !ok || err != nil || len(cells) != 5 || !utf8.ValidString(text) {
			t.Fatalf("%q: %v", out, err)
		}
		n, err := strconv.ParseInt(*cells[0], 10, 64)
		if err != nil || n != id {
			t.Errorf("%d reads back as %q", id, *cells[0])
		}
		if *cells[1] != name {
			t.Errorf("%q reads back as %q", name, *cells[1])
		}
		if back, err := strconv.ParseFloat(*cells[2], 64); err != nil || back != score && !(math.IsNaN(back) && math.IsNaN(score)) || math.Signbit(back) != math.Signbit(score) && !math.IsNaN(score) {
			t.Errorf("%v reads back as %q", score, *cells[2])
		}
		if back, err := base64.StdEncoding.DecodeString(*cells[3]); err != nil || !bytes.Equal(back, raw) {
			t.Errorf("%x reads back as %q", raw, *cells[3])
		}
		if (cells[4] == nil) != null || !null && *cells[4] != strconv.FormatBool(flag) {
			t.Errorf("%t (null %t) reads back as %v", flag, null, cells[4])
		}
		if key := encode.maskedKey(rb.Columns(), 0); strings.Contains(key, *cells[0]) && len(*cells[0]) > 1 {
			t.Errorf("the key %d is shown whole: %s", id, key)
		}
	})
}

// FuzzSignature: a signature is found again in whatever a log wraps it into, and a text that only looks like one reads
// back as what it says.
func FuzzSignature(f *testing.F) {
	f.Add("scores", testRun, `{"cursor_field":"it's","type":"string","value":"\"\\\n"}`, `{"predicate":"[\"true\"]"}`)
	f.Add("", "", "", `{"sync":"%zz","run":"x"}`)
	f.Add(`o'hara "\ ü {"sync":"x"}`, "a,b", "\xff\x00", `{"sync":"a","run":"b","watermark":"!"} {"sync":"a%20","run":"b","watermark":"e30"}`)
	f.Fuzz(func(t *testing.T, sync, run, mark, logged string) {
		want := authorship{sync: sync, run: run, watermark: mark}
		text := want.String()
		if strings.ContainsAny(text, "'\\?\n\r\x00") || !utf8.ValidString(text) {
			t.Fatalf("%q cannot stand in a condition", text)
		}
		predicates, err := json.Marshal([]map[string]string{{"predicate": "((source._drt = '" + text + "') AND true)"}})
		if err != nil {
			t.Fatal(err)
		}
		parameters, err := json.Marshal(map[string]string{"matchedPredicates": string(predicates)})
		if err != nil {
			t.Fatal(err)
		}
		for _, log := range []string{text, string(predicates), string(parameters)} {
			got, ok := signatureIn(log)
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(authorship{})); !ok || diff != "" {
				t.Fatalf("in %q: found %t (-want +got):\n%s", log, ok, diff)
			}
		}
		if found, ok := signatureIn(logged); ok {
			if again, ok := signatureIn(found.String()); !ok || again != found {
				t.Fatalf("%q says %+v, and that %+v", logged, found, again)
			}
		}
	})
}

// FuzzHistory: a row of a table's log is read whole or refused; what it says about numbers is what it holds.
func FuzzHistory(f *testing.F) {
	f.Add(int64(3), `{"mode":"Append"}`, `{"numOutputRows":"7"}`, "true")
	f.Add(int64(-1), `{"mode":{"a":1}}`, `[]`, "")
	f.Fuzz(func(t *testing.T, number int64, parameters, metrics, blind string) {
		v, err := readVersion([]string{"version", "operationParameters", "operationMetrics", "isBlindAppend", "more"}, []any{number, parameters, metrics, blind})
		if (err == nil) != (number >= 0) || err == nil && v.number != number {
			t.Fatalf("version %d: %+v, %v", number, v, err)
		}
		rows := v.metric("numOutputRows")
		var held map[string]string
		if json.Unmarshal([]byte(metrics), &held) != nil {
			held = nil
		}
		n, parseErr := strconv.ParseInt(held["numOutputRows"], 10, 64)
		if (rows == nil) != (parseErr != nil) || rows != nil && *rows != n {
			t.Fatalf("%q holds %v", metrics, rows)
		}
	})
}
