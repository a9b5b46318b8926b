package spark

import (
	"math"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Functions returns the functions that translated statements call. Their names begin with spark_; those with try_ behind
// that give NULL where the others fail.
func Functions() []native.Function {
	z := &Zones{}
	var out []native.Function
	add := func(fs ...native.Function) { out = append(out, fs...) }
	for _, i := range []struct {
		name string
		typ  native.Type
		bits int
	}{{"TINYINT", native.TinyInt, 8}, {"SMALLINT", native.SmallInt, 16}, {"INT", native.Integer, 32}, {"BIGINT", native.BigInt, 64}} {
		add(intFunctions(i.name, i.typ, i.bits)...)
	}
	add(fromText("bool", native.Boolean, ParseBool)...)
	add(fromText("f32", native.Float, func(s string) (float32, error) {
		v, err := ParseFloat(s, "FLOAT", 32)
		return float32(v), err
	})...)
	add(fromText("f64", native.Double, func(s string) (float64, error) { return ParseFloat(s, "DOUBLE", 64) })...)
	add(fromText("date", native.Date, ParseDate)...)
	add(timeFunctions(z)...)
	add(decimalFunctions()...)
	add(arithmeticFunctions()...)
	add(textFunctions()...)
	add(stringFunctions()...)
	add(jsonFunctions(z)...)
	add(binaryFunctions()...)
	add(dateFormatFunctions()...)
	return out
}

// fromText makes spark_x(text) and spark_try_x(text) of a parser.
func fromText[T any](name string, typ native.Type, parse func(string) (T, error)) []native.Function {
	make1 := func(name string, try bool) native.Function {
		return native.Function{Name: name, Args: []native.Type{native.Varchar}, Result: typ, Apply: func(in []native.Vector, out *native.Vector, n int) error {
			for i := range n {
				if in[0].Null(i) {
					out.SetNull(i)
					continue
				}
				v, err := parse(in[0].Text(i))
				if err != nil && !try {
					return sqlerr.Carry(err)
				}
				if err != nil {
					out.SetNull(i)
					continue
				}
				*native.At[T](out, i) = v
			}
			return nil
		}}
	}
	return []native.Function{make1("spark_"+name, false), make1("spark_try_"+name, true)}
}

// intFunctions are the casts from text and from DOUBLE to an integral type.
func intFunctions(name string, typ native.Type, bits int) []native.Function {
	lower := map[int]string{8: "i8", 16: "i16", 32: "i32", 64: "i64"}[bits]
	var out []native.Function
	switch bits {
	case 8:
		out = fromText(lower, typ, parseIntAs[int8](name, bits))
	case 16:
		out = fromText(lower, typ, parseIntAs[int16](name, bits))
	case 32:
		out = fromText(lower, typ, parseIntAs[int32](name, bits))
	default:
		out = fromText(lower, typ, parseIntAs[int64](name, bits))
	}
	for _, try := range []bool{false, true} {
		prefix := map[bool]string{false: "spark_f64_", true: "spark_try_f64_"}[try]
		out = append(out, native.Function{Name: prefix + lower, Args: []native.Type{native.Double}, Result: native.BigInt,
			Apply: func(in []native.Vector, o *native.Vector, n int) error { return truncate(in, o, n, name, bits, try) }})
	}
	return out
}

func parseIntAs[T int8 | int16 | int32 | int64](name string, bits int) func(string) (T, error) {
	return func(s string) (T, error) {
		v, err := ParseInt(s, name, bits)
		return T(v), err
	}
}

// truncate cuts the fraction; what does not fit is CAST_OVERFLOW.
func truncate(in []native.Vector, out *native.Vector, n int, name string, bits int, try bool) error {
	limit := math.Ldexp(1, bits-1)
	for i := range n {
		if in[0].Null(i) {
			out.SetNull(i)
			continue
		}
		v := math.Trunc(*native.At[float64](&in[0], i))
		if !(v >= -limit && v < limit) {
			if !try {
				return sqlerr.Carry(sqlerr.New("CAST_OVERFLOW", "The value %sD of the type \"DOUBLE\" cannot be cast to \"%s\" due to an overflow. "+
					"Use `try_cast` to tolerate overflow and return NULL instead.", FormatFloat(v, 64), name))
			}
			out.SetNull(i)
			continue
		}
		*native.At[int64](out, i) = int64(v)
	}
	return nil
}

// rows runs f for every row in which no argument is NULL; f may set the row NULL itself.
func rows(f func(in []native.Vector, out *native.Vector, i int) error) func([]native.Vector, *native.Vector, int) error {
	return func(in []native.Vector, out *native.Vector, n int) error {
	next:
		for i := range n {
			for j := range in {
				if in[j].Null(i) {
					out.SetNull(i)
					continue next
				}
			}
			if err := f(in, out, i); err != nil {
				return sqlerr.Carry(err)
			}
		}
		return nil
	}
}

func timeFunctions(z *Zones) []native.Function {
	parse := func(ntz, try bool) func([]native.Vector, *native.Vector, int) error {
		return rows(func(in []native.Vector, out *native.Vector, i int) error {
			loc, err := z.Load(in[1].Text(i))
			if err != nil {
				return err
			}
			v, err := z.ParseTimestamp(in[0].Text(i), loc, ntz)
			if err != nil && try {
				out.SetNull(i)
				return nil
			}
			*native.At[int64](out, i) = v
			return err
		})
	}
	shift := func(f func(int64, *time.Location) int64) func([]native.Vector, *native.Vector, int) error {
		return rows(func(in []native.Vector, out *native.Vector, i int) error {
			loc, err := z.Load(in[1].Text(i))
			if err != nil {
				return err
			}
			*native.At[int64](out, i) = f(*native.At[int64](&in[0], i), loc)
			return nil
		})
	}
	text, stamp := []native.Type{native.Varchar, native.Varchar}, []native.Type{native.Timestamp, native.Varchar}
	return []native.Function{
		{Name: "spark_ts", Args: text, Result: native.Timestamp, Apply: parse(false, false)},
		{Name: "spark_try_ts", Args: text, Result: native.Timestamp, Apply: parse(false, true)},
		{Name: "spark_ntz", Args: text, Result: native.Timestamp, Apply: parse(true, false)},
		{Name: "spark_try_ntz", Args: text, Result: native.Timestamp, Apply: parse(true, true)},
		{Name: "spark_wall", Args: stamp, Result: native.Timestamp, Apply: shift(ToWall)},
		{Name: "spark_instant", Args: stamp, Result: native.Timestamp, Apply: shift(ToInstant)},
	}
}

func jsonFunctions(z *Zones) []native.Function {
	two := []native.Type{native.Varchar, native.Varchar}
	var types typeCache
	return []native.Function{
		{Name: "spark_from_json", Args: []native.Type{native.Varchar, native.Varchar, native.Varchar, native.Boolean}, Result: native.Varchar,
			Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
				t, err := types.get(in[1].Text(i))
				if err != nil {
					return err
				}
				loc, err := z.Load(in[2].Text(i))
				if err != nil {
					return err
				}
				r := JSONReader{Zones: z, Loc: loc}
				text, null, err := r.Read(in[0].Text(i), t, *native.At[bool](&in[3], i))
				return setText(out, i, text, null, err)
			})},
		{Name: "spark_parse_json", Args: two[:1], Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			text, err := ParseVariant(in[0].Text(i))
			return setText(out, i, text, false, err)
		})},
		{Name: "spark_try_parse_json", Args: two[:1], Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			text, err := ParseVariant(in[0].Text(i))
			return setText(out, i, text, err != nil, nil)
		})},
		{Name: "spark_get_json", Args: two, Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			text, ok := GetJSON(in[0].Text(i), in[1].Text(i))
			return setText(out, i, text, !ok, nil)
		})},
		{Name: "spark_get_variant", Args: two, Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			text, ok := GetVariant(in[0].Text(i), in[1].Text(i))
			return setText(out, i, text, !ok, nil)
		})},
		{Name: "spark_variant_text", Args: two[:1], Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			text, ok := VariantText(in[0].Text(i))
			return setText(out, i, text, !ok, nil)
		})},
		{Name: "spark_quote", Args: two[:1], Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			return setText(out, i, Quote(in[0].Text(i)), false, nil)
		})},
	}
}

func setText(out *native.Vector, i int, text string, null bool, err error) error {
	if null {
		out.SetNull(i)
	} else if err == nil {
		out.SetText(i, text)
	}
	return err
}

// typeCache remembers the last type that was parsed: a statement uses one, many times.
type typeCache struct{ last lastType }

func (c *typeCache) get(text string) (sqltype.Type, error) {
	if t, ok := c.last.get(text); ok {
		return t, nil
	}
	t, err := sqltype.ParseText(text)
	if err == nil {
		c.last.set(text, t)
	}
	return t, err
}
