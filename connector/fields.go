package connector

import (
	"encoding"
	"reflect"
	"strings"
	"time"
)

// Field is one key of a config, as help, JSON Schema and the docs table show it. It comes from a struct's tags:
//
//	Batch int `yaml:"batch_size" validate:"gt=0" default:"10000" doc:"rows per Arrow batch"`
//
// default is only shown; the value comes from the struct that is decoded over. Fields without a yaml tag and fields of
// type Secret are no keys. A *Node says what it takes in the tag type:"...".
type Field struct {
	Name string // "batch_size"
	// Type is "string", "integer", "number", "boolean", "duration", "any", "object", or "list of " or "map of " one of
	// them. A struct that may also be written as text is "string or object".
	Type     string
	Default  string // as YAML writes it; "" if none
	Required bool
	Enum     []string // from validate:"oneof=a b"; from enum:"a b" for a type that reads text itself
	Rules    []Rule   // the other rules of the validate tag
	Doc      string
	Fields   []Field // of an object, or of the objects in a list or map
}

// Rule is one rule of a validate tag: {"gt", "0"}.
type Rule struct{ Name, Param string }

// FieldsOf lists the fields of a config struct (or a pointer to one) in order.
func FieldsOf(config any) []Field {
	t := reflect.TypeOf(config)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return fieldsOf(t)
}

func fieldsOf(t reflect.Type) []Field {
	var fields []Field
	for _, k := range keysOf(t) {
		f := Field{Name: k.name, Default: k.field.Tag.Get("default"), Doc: k.field.Tag.Get("doc")}
		f.Type, f.Fields = typeOf(k.field.Type)
		if named := k.field.Tag.Get("type"); named != "" {
			f.Type = named
		}
		f.addRules(k.field.Tag.Get("validate"))
		if enum := k.field.Tag.Get("enum"); enum != "" {
			f.Enum = strings.Fields(enum)
		}
		fields = append(fields, f)
	}
	return fields
}

// addRules reads a validate tag; what follows `dive` is about the entries of a list, of which only oneof is kept.
func (f *Field) addRules(tag string) {
	whole, entries, _ := strings.Cut(tag, "dive")
	for part := range strings.SplitSeq(whole, ",") {
		name, param, _ := strings.Cut(part, "=")
		switch name {
		case "", "-", "omitempty", "structonly":
		case "required":
			f.Required = true
		case "oneof":
			f.Enum = strings.Fields(param)
		default:
			f.Rules = append(f.Rules, Rule{Name: name, Param: param})
		}
	}
	for part := range strings.SplitSeq(entries, ",") {
		if values, ok := strings.CutPrefix(part, "oneof="); ok {
			f.Enum = strings.Fields(values)
		}
	}
}

// typeOf names a Go type as Field.Type does, and lists the fields of the objects in it.
func typeOf(t reflect.Type) (name string, fields []Field) {
	switch t {
	case reflect.TypeFor[*Node](), reflect.TypeFor[any]():
		return "any", nil
	case reflect.TypeFor[Duration](), reflect.TypeFor[time.Duration]():
		return "duration", nil
	}
	isText := reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	switch t.Kind() {
	case reflect.Pointer:
		return typeOf(t.Elem())
	case reflect.Struct:
		if fields = fieldsOf(t); isText && len(fields) == 0 {
			return "string", nil
		}
		if isText {
			return "string or object", fields
		}
		return "object", fields
	case reflect.Slice:
		name, fields = typeOf(t.Elem())
		return "list of " + name, fields
	case reflect.Map:
		name, fields = typeOf(t.Elem())
		return "map of " + name, fields
	}
	return scalarType(t.Kind(), isText), nil
}

func scalarType(k reflect.Kind, isText bool) string {
	switch {
	case isText || k == reflect.String:
		return "string"
	case k == reflect.Bool:
		return "boolean"
	case k == reflect.Float32 || k == reflect.Float64:
		return "number"
	}
	return "integer"
}
