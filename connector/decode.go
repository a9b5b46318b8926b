package connector

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Decode decodes n strictly over *into, a pointer to a struct, and validates it (tags `yaml` and `validate`; keys
// without a `yaml` tag do not exist). skip lists key paths relative to n ("type", "sync.mask") that belong to somebody
// else. Unknown, misspelled and duplicated keys at any depth, wrong types, missing fields and literal secrets are
// diagnostics; all of them are returned at once.
//
// Besides structs, lists, maps and scalars a field may be a *Node (the value as it is written), a Duration or
// time.Duration, or an encoding.TextUnmarshaler; a struct that is one may be written as text or as a mapping.
func Decode(n *Node, into any, skip ...string) Diagnostics {
	target := reflect.ValueOf(into).Elem()
	d := decoder{skip: skip, top: n, config: target.Type()}
	if d.isMapping(n) {
		d.structure(n, target)
		d.validate(target)
	}
	return d.report.all()
}

// Diagnose turns an error of a constructor into diagnostics: each *FieldError in it (see errors.Join) at its field,
// anything else at n.
func (n *Node) Diagnose(err error) Diagnostics {
	switch e := err.(type) {
	case nil:
		return nil
	case *FieldError:
		return Diagnostics{n.fieldDiagnostic(e.Field, e.Message, e.Hint)}
	case *Error:
		return Diagnostics{n.atKey(e.Error(), e.Hint)}
	case interface{ Unwrap() []error }:
		var ds Diagnostics
		for _, part := range e.Unwrap() {
			ds = append(ds, n.Diagnose(part)...)
		}
		return ds
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil && holdsFieldError(inner) {
			return n.Diagnose(inner)
		}
	}
	return Diagnostics{n.atKey(err.Error(), "")}
}

func (n *Node) fieldDiagnostic(field, message, hint string) Diagnostic {
	path := n.Path
	if field != "" {
		path = joinPath(n.Path, field)
	}
	return Diagnostic{Range: n.Position(field), Path: path, Summary: message, Hint: hint}
}

// typeName reads the key `type` and holds it to names.
func (n *Node) typeName(kind string, names []string) (string, Diagnostics) {
	if resolveAlias(n.YAML).Kind != yaml.MappingNode {
		return "", Diagnostics{n.diagnostic("expected a mapping with the key type, got "+describe(n.YAML), "write `type: "+strings.Join(names, "` or `type: ")+"`")}
	}
	t := n.Child("type")
	if t == nil {
		return "", Diagnostics{n.atKey("type is required", "expected one of "+strings.Join(names, ", "))}
	}
	v := resolveAlias(t.YAML)
	if bad, ok := t.unset[v]; ok {
		return "", bad
	}
	if v.Kind != yaml.ScalarNode || v.Value == "" {
		return "", Diagnostics{t.diagnostic(fmt.Sprintf("expected the type of the %s, got %s", kind, describe(v)), "expected one of "+strings.Join(names, ", "))}
	}
	if !slices.Contains(names, v.Value) {
		return "", Diagnostics{t.diagnostic(fmt.Sprintf("unknown %s type%s", kind, quoteValue(t)), didYouMean(v.Value, names))}
	}
	return v.Value, nil
}

type decoder struct {
	report collector
	skip   []string
	top    *Node
	config reflect.Type // of the struct that top is decoded into
	faulty []string     // paths with a diagnostic of their own, which validation need not repeat
	meant  []string     // paths that a misspelled key stands for: they are not missing as well
}

func (d *decoder) fail(n *Node, summary, hint string) {
	d.faulty = append(d.faulty, n.Path)
	d.report.add(n.diagnostic(summary, hint))
}

func (d *decoder) isMapping(n *Node) bool {
	v := resolveAlias(n.YAML)
	if v.Kind != yaml.MappingNode && !isNull(v) {
		d.fail(n, "expected a mapping of keys to values, got "+describe(v), "")
		return false
	}
	return true
}

func isNull(v *yaml.Node) bool { return v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null" }

// value decodes n into v, whose type chooses how.
func (d *decoder) value(n *Node, v reflect.Value) {
	if d.report.full() {
		d.report.extra++
		return
	}
	t, y := v.Type(), resolveAlias(n.YAML)
	if bad, ok := n.unset[y]; ok {
		d.faulty = append(d.faulty, n.Path)
		d.report.add(bad...)
		return
	}
	switch {
	case t == reflect.TypeFor[*Node]():
		v.Set(reflect.ValueOf(n))
	case t.Kind() == reflect.Pointer:
		if !isNull(y) {
			v.Set(reflect.New(t.Elem()))
			d.value(n, v.Elem())
		}
	case isText(v) && (y.Kind == yaml.ScalarNode || t.Kind() != reflect.Struct):
		d.text(n, v)
	case t == reflect.TypeFor[time.Duration]():
		d.text(n, reflect.NewAt(reflect.TypeFor[Duration](), v.Addr().UnsafePointer()).Elem())
	case t.Kind() == reflect.Struct:
		if d.isMapping(n) {
			d.structure(n, v)
		}
	case t.Kind() == reflect.Slice:
		d.list(n, v)
	case t.Kind() == reflect.Map:
		d.mapping(n, v)
	case t.Kind() == reflect.Interface:
		v.Set(reflect.ValueOf(plain(n)))
	default:
		d.scalar(n, v)
	}
}

func isText(v reflect.Value) bool {
	_, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	return ok
}

func (d *decoder) list(n *Node, v reflect.Value) {
	y := resolveAlias(n.YAML)
	if y.Kind != yaml.SequenceNode {
		if isNull(y) {
			return
		}
		hint := ""
		if n.Key != nil && quoteValue(n) != "" {
			hint = fmt.Sprintf("write `%s: [%s]`", n.Key.Value, y.Value)
		}
		d.fail(n, "expected a list, got "+describe(y), hint)
		return
	}
	items := n.items()
	list := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		d.value(item, list.Index(i))
	}
	v.Set(list)
}

// mapping decodes a mapping whose keys are the user's own, names of columns for example.
func (d *decoder) mapping(n *Node, v reflect.Value) {
	if !d.isMapping(n) {
		return
	}
	m := reflect.MakeMap(v.Type())
	for _, child := range n.Children() {
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(child, item)
		m.SetMapIndex(reflect.ValueOf(child.Key.Value).Convert(v.Type().Key()), item)
	}
	v.Set(m)
}

func holdsFieldError(err error) bool {
	var f *FieldError
	return errors.As(err, &f)
}
