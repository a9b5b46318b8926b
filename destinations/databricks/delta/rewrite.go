package delta

import (
	"strconv"
	"strings"
)

// rewrite builds an expression that changes some of the types within a value and leaves the others as they are.
type rewrite struct {
	odd  func(t Type) bool                            // whether values of t are changed
	leaf func(r *rewrite, expr string, t Type) string // how
	vars int
}

// fromWire makes of a parsed wireType the type itself.
func fromWire() *rewrite {
	return &rewrite{
		odd: func(t Type) bool { return t.Kind == Variant || oddMap(t) },
		leaf: func(r *rewrite, expr string, t Type) string {
			if t.Kind == Variant {
				return "parse_json(" + expr + ")"
			}
			return "map_from_entries(" + r.entries(expr, t) + ")"
		},
	}
}

// normal makes of a value one that can be compared.
func normal() *rewrite {
	return &rewrite{
		odd: func(t Type) bool {
			return t.Kind == Variant || t.Kind == Map || t.Kind == Char || t.Collation != ""
		},
		leaf: func(r *rewrite, expr string, t Type) string {
			switch t.Kind {
			case Variant:
				return "to_json(" + expr + ")"
			case Map:
				return "array_sort(" + r.entries("map_entries("+expr+")", t) + ")"
			}
			if t.Collation != "" {
				expr += " COLLATE UTF8_BINARY"
			}
			if t.Kind == Char {
				expr = "rtrim(" + expr + ")"
			}
			return expr
		},
	}
}

// entries changes keys and values of an array of a MAP's entries.
func (r *rewrite) entries(expr string, t Type) string {
	if !r.deep(*t.Key) && !r.deep(*t.Elem) {
		return expr
	}
	v := r.name()
	return "transform(" + expr + ", " + v + " -> named_struct('key', " + r.apply(v+".key", *t.Key) +
		", 'value', " + r.apply(v+".value", *t.Elem) + "))"
}

// deep says whether t or a type within it is changed.
func (r *rewrite) deep(t Type) bool {
	if r.odd(t) || t.Key != nil && r.deep(*t.Key) || t.Elem != nil && r.deep(*t.Elem) {
		return true
	}
	for _, f := range t.Fields {
		if r.deep(f.Type) {
			return true
		}
	}
	return false
}

// apply returns the expression that changes expr, of type t.
func (r *rewrite) apply(expr string, t Type) string {
	if !r.deep(t) {
		return expr
	}
	if r.odd(t) {
		return r.leaf(r, expr, t)
	}
	switch t.Kind {
	case Array:
		v := r.name()
		return "transform(" + expr + ", " + v + " -> " + r.apply(v, *t.Elem) + ")"
	case Map:
		k, v := r.name(), r.name()
		return "transform_values(" + expr + ", (" + k + ", " + v + ") -> " + r.apply(v, *t.Elem) + ")"
	}
	var b strings.Builder
	b.WriteString("IF(" + expr + " IS NULL, NULL, named_struct(")
	for i, f := range t.Fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoteString(f.Name) + ", " + r.apply(expr+"."+quoteName(f.Name), f.Type))
	}
	return b.String() + "))"
}

// name returns a fresh lambda variable.
func (r *rewrite) name() string {
	r.vars++
	return "x" + strconv.Itoa(r.vars)
}

// ddl prints t for from_json.
func ddl(t Type) string {
	var b strings.Builder
	t.write(&b, false)
	return b.String()
}
