package connector

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// key is one field of a config struct as YAML sees it.
type key struct {
	name  string
	index []int // of the field, through inlined structs
	field reflect.StructField
}

// keysOf lists the keys of a struct type in order. Fields without a yaml tag, "-" and secrets are no keys.
func keysOf(t reflect.Type) []key {
	var keys []key
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case !f.IsExported() && !f.Anonymous || name == "-" || f.Type == reflect.TypeFor[Secret]():
		case strings.Contains(options, "inline"):
			for _, k := range keysOf(f.Type) {
				k.index = append([]int{i}, k.index...)
				keys = append(keys, k)
			}
		case name != "":
			keys = append(keys, key{name: name, index: []int{i}, field: f})
		}
	}
	return keys
}

// structure decodes a mapping into a struct: each key must be one of its own, or skipped.
func (d *decoder) structure(n *Node, v reflect.Value) {
	keys := keysOf(v.Type())
	for _, child := range n.Children() {
		if d.skipped(child) {
			continue
		}
		if d.report.full() {
			d.report.extra++
			return
		}
		i := slices.IndexFunc(keys, func(k key) bool { return k.name == child.Key.Value })
		if bad, found := child.literalSecret(); found {
			d.faulty = append(d.faulty, child.Path)
			d.report.add(withKnownEnv(bad, child.Key.Value, keys))
			continue
		}
		if i < 0 {
			d.unknown(child, keys)
			continue
		}
		d.value(child, v.FieldByIndex(keys[i].index))
	}
}

func (d *decoder) skipped(n *Node) bool {
	if len(d.skip) == 0 {
		return false
	}
	path := n.Path
	if d.top.Path != "" {
		path = strings.TrimPrefix(path, d.top.Path+".")
	}
	return slices.Contains(d.skip, path)
}

func (d *decoder) unknown(n *Node, keys []key) {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	d.faulty = append(d.faulty, n.Path)
	if place, ok := d.belongs(n.Key.Value); ok {
		d.report.add(n.atKey(fmt.Sprintf("unknown key %q", clip(n.Key.Value)), "it belongs "+place))
		return
	}
	if near := Nearest(n.Key.Value, names); near != "" {
		d.meant = append(d.meant, strings.TrimSuffix(n.Path, n.Key.Value)+near)
	}
	d.report.add(n.atKey(fmt.Sprintf("unknown key %q", clip(n.Key.Value)), didYouMean(n.Key.Value, names)))
}

// belongs finds the place of a key that is written in the wrong one: at the top, or in a mapping of the top.
func (d *decoder) belongs(name string) (place string, ok bool) {
	for _, k := range keysOf(d.config) {
		if k.name == name {
			if d.top.Path == "" {
				return "at the top of the file", true
			}
			return fmt.Sprintf("under %q", d.top.Path), true
		}
		if k.field.Type.Kind() == reflect.Struct && slices.ContainsFunc(keysOf(k.field.Type), func(inner key) bool { return inner.name == name }) {
			return fmt.Sprintf("under %q", joinPath(d.top.Path, k.name)), true
		}
	}
	return "", false
}

// withKnownEnv makes the hint name the *_env key that the config really has, and the variable that it reads by default.
func withKnownEnv(d Diagnostic, name string, keys []key) Diagnostic {
	if !IsSecretKey(name) {
		return d
	}
	for _, k := range keys {
		base, ok := strings.CutSuffix(k.name, "_env")
		if ok && (base == name || strings.HasSuffix(name, "_"+base) || strings.HasSuffix(base, "_"+name)) {
			variable := k.field.Tag.Get("default")
			if variable == "" {
				variable = strings.ToUpper(base)
			}
			d.Hint = fmt.Sprintf("name the environment variable that holds it: `%s: %s`", k.name, variable)
			return d
		}
	}
	return d
}
