package sqltype

import "strings"

// Common is the type that both a and b are brought to for a comparison, a CASE or a UNION (the ANSI precedence of
// Spark). ok is false if there is none.
func Common(a, b Type) (t Type, ok bool) {
	a, b = a.Value(), b.Value()
	switch {
	case a.Equal(b), b.Kind == Void:
		return a, true
	case a.Kind == Void:
		return b, true
	case a.Numeric() && b.Numeric():
		return commonNumber(a, b), true
	case a.Kind == String:
		return withString(b)
	case b.Kind == String:
		return withString(a)
	case datelike(a) && datelike(b):
		// DATE < TIMESTAMP_NTZ < TIMESTAMP
		return Of(widerTime(a.Kind, b.Kind)), true
	case a.Kind == b.Kind && a.Nested():
		return commonNested(a, b)
	}
	return Type{}, false
}

func datelike(t Type) bool {
	return t.Kind == Date || t.Kind == Timestamp || t.Kind == TimestampNTZ
}

func widerTime(a, b Kind) Kind {
	if a == Timestamp || b == Timestamp {
		return Timestamp
	}
	return TimestampNTZ
}

// withString: in ANSI mode a STRING gives way to the other type, integers become BIGINT and fractions DOUBLE.
func withString(t Type) (Type, bool) {
	switch {
	case t.Integral():
		return Of(BigInt), true
	case t.Numeric():
		return Of(Double), true
	case t.Nested(), t.Kind == Variant:
		return Type{}, false
	}
	return t, true
}

func commonNumber(a, b Type) Type {
	switch {
	case a.Kind == Double || b.Kind == Double:
		return Of(Double)
	case a.Kind == Float || b.Kind == Float:
		// ANSI: FLOAT with BIGINT, INT or DECIMAL is DOUBLE
		if small(a) && small(b) {
			return Of(Float)
		}
		return Of(Double)
	case a.Kind == Decimal || b.Kind == Decimal:
		return WiderDecimal(AsDecimal(a), AsDecimal(b))
	}
	return Of(max(a.Kind, b.Kind))
}

func small(t Type) bool { return t.Kind == Float || t.Kind == TinyInt || t.Kind == SmallInt }

// AsDecimal is the DECIMAL that holds every value of an integral type.
func AsDecimal(t Type) Type {
	switch t.Kind {
	case TinyInt:
		return DecimalOf(3, 0)
	case SmallInt:
		return DecimalOf(5, 0)
	case Int:
		return DecimalOf(10, 0)
	case BigInt:
		return DecimalOf(20, 0)
	}
	return t
}

// WiderDecimal holds all digits of both, as far as 38 go.
func WiderDecimal(a, b Type) Type {
	scale := max(a.Scale, b.Scale)
	whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
	return DecimalOf(min(whole+scale, 38), min(scale, 38))
}

func commonNested(a, b Type) (Type, bool) {
	switch a.Kind {
	case Array:
		e, ok := Common(*a.Elem, *b.Elem)
		return ArrayOf(e), ok
	case Map:
		k, ok := Common(*a.Key, *b.Key)
		v, ok2 := Common(*a.Elem, *b.Elem)
		return MapOf(k, v), ok && ok2
	}
	if len(a.Fields) != len(b.Fields) {
		return Type{}, false
	}
	fields := make([]Field, len(a.Fields))
	for i := range fields {
		t, ok := Common(a.Fields[i].Type, b.Fields[i].Type)
		if !ok || !strings.EqualFold(a.Fields[i].Name, b.Fields[i].Name) {
			return Type{}, false
		}
		fields[i] = Field{Name: a.Fields[i].Name, Type: t}
	}
	return StructOf(fields...), true
}

// BoundedDecimal is DECIMAL(p,s) cut to 38 digits as Spark does, which gives up digits of the fraction but keeps six.
func BoundedDecimal(p, s int) Type {
	if p <= 38 {
		return DecimalOf(p, s)
	}
	whole := p - s
	keep := min(s, 6)
	return DecimalOf(38, max(38-whole, keep))
}
