package destinationtest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func valueCases() []contractCase {
	return []contractCase{
		{name: "TypesRoundTrip", check: typesRoundTrip},
		{name: "EmptyTextIsNotNull", check: emptyTextIsNotNull},
		{name: "HostileTextSurvives", check: hostileTextSurvives},
		{name: "NamesSurvive", check: namesSurvive},
		{name: "SecretsNotPrinted", check: secretsNotPrinted},
	}
}

// scalar is a type and values of it that others have lost.
type scalar struct {
	typ    arrow.DataType
	values []string
}

func scalars() []scalar {
	stamps := []string{"2024-02-29T12:34:56.789012", "1969-12-31T23:59:59.999999", "1899-12-31T00:00:00", "1582-10-10T01:02:03", "0001-01-01T00:00:00", "9999-12-31T23:59:59.999999"}
	var instants []string
	for _, s := range stamps {
		instants = append(instants, s+"Z")
	}
	return []scalar{
		{arrow.FixedWidthTypes.Boolean, []string{"true", "false"}},
		{arrow.PrimitiveTypes.Int8, []string{"-128", "0", "127"}},
		{arrow.PrimitiveTypes.Int16, []string{"-32768", "32767"}},
		{arrow.PrimitiveTypes.Int32, []string{"-2147483648", "2147483647"}},
		{arrow.PrimitiveTypes.Int64, []string{"-9223372036854775808", "9007199254740993", "9223372036854775807"}},
		{arrow.PrimitiveTypes.Float32, []string{"0.1", "-0", "3.4028235e+38", "1e-45", "NaN", "+Inf", "-Inf"}},
		{arrow.PrimitiveTypes.Float64, []string{"0.1", "0.30000000000000004", "-0", "1.7976931348623157e+308", "5e-324", "9007199254740993e10", "NaN", "+Inf", "-Inf"}},
		{&arrow.Decimal128Type{Precision: 18, Scale: 2}, []string{"0.00", "-0.01", "1.10", "9999999999999999.99"}},
		{&arrow.Decimal128Type{Precision: 38, Scale: 10}, []string{"1234567890123456789012345678.0123456789", "-9999999999999999999999999999.9999999999", "0.0000000001"}},
		{&arrow.Decimal128Type{Precision: 38, Scale: 0}, []string{"99999999999999999999999999999999999999", "-1"}},
		{arrow.BinaryTypes.Binary, []string{"", "AA==", "/wD/JyJc", "8J+ZgA=="}},
		{arrow.FixedWidthTypes.Date32, []string{"2024-02-29", "1970-01-01", "1899-12-31", "1582-10-10", "0001-01-01", "9999-12-31"}},
		{arrow.FixedWidthTypes.Timestamp_us, instants},
		{&arrow.TimestampType{Unit: arrow.Microsecond}, stamps},
	}
}

// W14
func typesRoundTrip(r *run) {
	mode := r.anyMode()
	for _, sc := range scalars() {
		p := r.target(mode, columns("id", arrow.PrimitiveTypes.Int64, "v", sc.typ), "id")
		plan := p.plan(mode)
		s, err := p.dest.Open(r.context(), plan)
		if err != nil {
			r.kind(err, fmt.Sprintf("a type that the target cannot hold: %s", sc.typ), connector.KindConfig)
			if !strings.Contains(err.Error(), "column v") {
				r.Errorf("%s: Open refuses it without naming the column: %v", sc.typ, err)
			}
			continue
		}
		p.Cleanup(func() { _ = s.Close() })
		rows := []row{{"0", nil}}
		for i, v := range sc.values {
			rows = append(rows, row{fmt.Sprint(i + 1), v})
		}
		left := p.writeSome(s, plan, rows)
		p.commit(s, destinations.Commit{})
		p.want(fmt.Sprintf("%s: a value comes back as it was, or its row is rejected (W14)", sc.typ), left...)
	}
}

// writeSome stages rows and returns those that were not rejected. A reject must name the column v.
func (p *place) writeSome(s destinations.Session, plan destinations.Plan, rows []row) []row {
	p.Helper()
	err := p.write(s, plan.Schema, rows...)
	var re *destinations.RejectError
	if err != nil && !errors.As(err, &re) {
		p.Fatalf("write: %v", err)
	}
	if re == nil {
		return rows
	}
	out := map[int64]bool{}
	for _, reject := range re.Rejects {
		if reject.Column != "v" {
			p.Errorf("a reject names the column %q, want v: %s", reject.Column, reject)
		}
		p.Logf("rejected %q: %s", rows[reject.Row], reject)
		out[reject.Row] = true
	}
	var left []row
	for i, r := range rows {
		if !out[int64(i)] {
			left = append(left, r)
		}
	}
	return left
}

// W14
func emptyTextIsNotNull(r *run) {
	mode := r.anyMode()
	p := r.target(mode, columns("id", arrow.PrimitiveTypes.Int64, "v", arrow.BinaryTypes.String), "id")
	p.load(p.plan(mode), row{"1", ""}, row{"2", nil}, row{"3", "NULL"}, row{"4", "null"}, row{"5", `\N`})
	p.want("an empty text, NULL and the word NULL are three things (W14)", row{"1", ""}, row{"2", nil}, row{"3", "NULL"}, row{"4", "null"}, row{"5", `\N`})
}

// W13
func hostileTextSurvives(r *run) {
	mode := r.anyMode()
	p := r.target(mode, columns("id", arrow.PrimitiveTypes.Int64, "v", arrow.BinaryTypes.String), "id")
	var rows []row
	for i, v := range []string{
		"'; DROP TABLE people; --", `\`, `\'`, `\\n`, "*/", "/* -- */", "a\x00b", "a\nb", "a\r\nb", "a\tb", `"`, `""`, "`", "?", ":v", "${v}", "{{ v }}",
		" ", " a ", ",", "a,b", "\ufeffbom", "\u2028", "ünï", "🙂", "e\u0301", "\uffff", "\x01\x1f\x7f", "[1]", `{"a":1}`, "true", "1", "-", "#", strings.Repeat("long ", 200_000),
	} {
		rows = append(rows, row{fmt.Sprint(i), v})
	}
	plan := p.plan(mode)
	s := p.open(plan)
	left := p.writeSome(s, plan, rows)
	p.commit(s, destinations.Commit{})
	p.want("text comes back byte for byte (W13)", left...)
}

// W13
func namesSurvive(r *run) {
	mode := r.anyMode()
	text := arrow.BinaryTypes.String
	var pairs []any
	hostile := []string{"select", "Order", "with space", "quo\"te", "back`tick", "single'quote", "semi;colon", "com,ma", "back\\slash",
		"dash-ed", "ünï", "🙂", "?", ":v", "{brace}", "(paren)", "100%", "--", "/*"}
	for _, name := range hostile {
		pairs = append(pairs, name, text)
	}
	p := r.target(mode, columns(pairs...), "with space", "back`tick")
	values := make(row, len(hostile))
	for i, name := range hostile {
		values[i] = "value of " + name
	}
	p.load(p.plan(mode), values)
	p.want("a column's name may be any text: it is quoted, never pasted (W13)", values)
}
