package connector

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-playground/validator/v10"
)

// inlined stands in the validator's paths where YAML has no key.
const inlined = "<inline>"

// validate holds a decoded struct to its `validate` tags. What has a diagnostic already is not told again.
func (d *decoder) validate(v reflect.Value) {
	check := validator.New(validator.WithRequiredStructEnabled())
	check.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if strings.Contains(options, "inline") {
			return inlined
		}
		return name
	})
	err := check.Struct(v.Addr().Interface())
	var broken validator.ValidationErrors
	if !errors.As(err, &broken) {
		if err != nil {
			panic("drt: " + err.Error()) // wrong wiring: into is no struct, or a tag is misspelled
		}
		return
	}
	for _, b := range broken {
		d.broken(b)
	}
}

func (d *decoder) broken(b validator.FieldError) {
	if d.report.full() {
		d.report.extra++
		return
	}
	_, field, _ := strings.Cut(strings.ReplaceAll(b.Namespace(), inlined+".", ""), ".")
	path := joinPath(d.top.Path, field)
	said := func(f string) bool {
		return f == path || strings.HasPrefix(path, f+".") || strings.HasPrefix(path, f+"[")
	}
	missing := b.Tag() == "required"
	if slices.ContainsFunc(d.faulty, said) || slices.Contains(d.skip, field) || missing && slices.Contains(d.meant, path) {
		return
	}
	found := d.top.find(field)
	summary, hint := explainRule(b, found)
	if missing && found.Path != path {
		d.report.add(Diagnostic{Range: found.KeyRange(), Path: path, Summary: summary, Hint: hint})
		return
	}
	d.report.add(Diagnostic{Range: found.Range(), Path: path, Summary: summary, Hint: hint})
}

// explainRule says which rule a value broke.
func explainRule(b validator.FieldError, at *Node) (summary, hint string) {
	name, param := b.Field(), b.Param()
	unit := ""
	switch b.Kind() {
	case reflect.Slice, reflect.Map:
		unit = " entries"
	case reflect.String:
		unit = " characters"
	}
	switch b.Tag() {
	case "required":
		return name + " is required", ""
	case "oneof":
		return unsupportedValue(b, at)
	case "gt":
		return fmt.Sprintf("%s must be greater than %s%s", name, param, unit), ""
	case "gte", "min":
		return fmt.Sprintf("%s must be at least %s%s", name, param, unit), ""
	case "lt":
		return fmt.Sprintf("%s must be less than %s%s", name, param, unit), ""
	case "lte", "max":
		return fmt.Sprintf("%s must be at most %s%s", name, param, unit), ""
	case "unique":
		return name + " names the same thing twice", ""
	case "required_with":
		return fmt.Sprintf("%s is required together with %s", name, keyName(param)), ""
	case "excluded_with":
		return fmt.Sprintf("%s cannot be combined with %s", name, keyName(param)), ""
	case "required_without":
		return fmt.Sprintf("%s is required without %s", name, keyName(param)), ""
	}
	rule := b.Tag()
	if param != "" {
		rule += "=" + param
	}
	return fmt.Sprintf("%s does not satisfy %s", name, rule), ""
}

// unsupportedValue says that a value is not in the list of a oneof rule, and which are.
func unsupportedValue(b validator.FieldError, at *Node) (summary, hint string) {
	known := strings.Fields(b.Param())
	value, isText := b.Value().(string)
	if value == "" || !isText || quoteValue(at) == "" {
		return "unsupported " + b.Field(), "expected one of " + strings.Join(known, ", ")
	}
	return "unsupported " + b.Field() + ": " + clip(value), didYouMean(value, known)
}

// keyName makes batch_size of BatchSize, as far as a rule that names another field by its Go name allows.
func keyName(goName string) string {
	var b strings.Builder
	for i, r := range goName {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}
