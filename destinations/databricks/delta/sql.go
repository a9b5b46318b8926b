package delta

// CastSQL returns the expression that turns a staged STRING, expr, into t: what AppendJSON and AppendText wrote comes
// out as the value that went in. Text needs nothing; nested types are parsed in FAILFAST mode, because the default
// mode turns what it cannot read into NULL. expr is pasted as it is.
func CastSQL(expr string, t Type) string {
	switch t.Kind {
	case String, Char, Varchar:
		return expr
	case Binary:
		return "unbase64(" + expr + ")"
	case Variant:
		return "parse_json(" + expr + ")"
	case Array, Map, Struct:
		r := fromWire()
		parsed := "from_json(" + expr + ", " + quoteString(ddl(wireType(t))) + ", map('mode','FAILFAST'))"
		if !r.deep(t) {
			return parsed
		}
		// The text is parsed once: a lambda binds the result, which the expression below names many times.
		v := r.name()
		return "transform(array(" + parsed + "), " + v + " -> " + r.apply(v, t) + ")[0]"
	}
	return "CAST(" + expr + " AS " + t.SQL() + ")"
}

// ScratchType is the type of a scratch column for t: the same values, without limits of length, collations, NOT NULL
// and comments, which are the target's to enforce.
func ScratchType(t Type) Type {
	switch t.Kind {
	case String, Char, Varchar:
		return Type{Kind: String}
	}
	return t.parts(ScratchType)
}

// CompareSQL returns an expression that is true if a (the target's) and b (the staged) differ, NULL being a value like
// any other. The second result is false if values of t cannot be compared.
//
// What Delta would call equal although it reads differently is told apart: text under a collation is compared by its
// bytes. CHAR is compared without the blanks that pad it. MAP and VARIANT, which Delta cannot compare, are compared in
// a normal form. The sign of a zero is not told apart.
func CompareSQL(a, b string, t Type) (string, bool) {
	if t.Kind == Unknown {
		return "", false
	}
	left, right := normal(), normal()
	return left.apply(a, t) + " IS DISTINCT FROM " + right.apply(b, t), true
}

// parts returns t with each of the types within it replaced, its fields nullable and without comments.
func (t Type) parts(replace func(Type) Type) Type {
	if t.Key != nil {
		key := replace(*t.Key)
		t.Key = &key
	}
	if t.Elem != nil {
		elem := replace(*t.Elem)
		t.Elem = &elem
	}
	if t.Fields != nil {
		fields := make([]Field, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = Field{Name: f.Name, Type: replace(f.Type)}
		}
		t.Fields = fields
	}
	return t
}

// wireType is what from_json parses for t. It reads MAPs with text keys only, so that others travel as arrays of
// entries; a VARIANT travels as the text that parse_json reads.
func wireType(t Type) Type {
	switch t.Kind {
	case String, Char, Varchar, Variant:
		return Type{Kind: String}
	}
	odd := oddMap(t)
	t = t.parts(wireType)
	if odd {
		entry := Type{Kind: Struct, Fields: []Field{{Name: "key", Type: *t.Key}, {Name: "value", Type: *t.Elem}}}
		return Type{Kind: Array, Elem: &entry}
	}
	return t
}

// oddMap says whether t is a MAP that from_json cannot read.
func oddMap(t Type) bool {
	return t.Kind == Map && t.Key.Kind != String && t.Key.Kind != Char && t.Key.Kind != Varchar
}
