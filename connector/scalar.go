package connector

import (
	"encoding"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// envTag marks text that Expand put in: it fits any scalar type, and messages never quote it.
const envTag = "!drt/expanded"

// text decodes a scalar by the type's own UnmarshalText.
func (d *decoder) text(n *Node, v reflect.Value) {
	y := resolveAlias(n.YAML)
	if y.Kind != yaml.ScalarNode || isNull(y) {
		d.fail(n, "expected text, got "+describe(y), "")
		return
	}
	err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(y.Value))
	if err == nil {
		return
	}
	hint := ""
	var f *FieldError
	if errors.As(err, &f) {
		hint = f.Hint
	}
	d.fail(n, err.Error()+gotValue(n), hint)
}

func (d *decoder) scalar(n *Node, v reflect.Value) {
	y := resolveAlias(n.YAML)
	expected, ok := scalarName(v.Kind())
	if !ok {
		panic(fmt.Sprintf("drt: a config field of type %s cannot be decoded", v.Type()))
	}
	if y.Kind != yaml.ScalarNode || isNull(y) {
		hint := ""
		switch {
		case isNull(y) && y.Value == "":
			hint = "write a value, or leave the key out"
		case isNull(y):
			hint = scalarHint(n, v.Kind())
		}
		d.fail(n, "expected "+expected+", got "+describe(y), hint)
		return
	}
	if !setScalar(y, v) {
		d.fail(n, "expected "+expected+gotValue(n), scalarHint(n, v.Kind()))
	}
}

func scalarName(k reflect.Kind) (string, bool) {
	switch k {
	case reflect.String:
		return "text", true
	case reflect.Bool:
		return "true or false", true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number", true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number that is not negative", true
	case reflect.Float32, reflect.Float64:
		return "a number", true
	}
	return "", false
}

// setScalar sets v from y and reports whether y is of v's type.
func setScalar(y *yaml.Node, v reflect.Value) bool {
	tag := y.ShortTag()
	free := tag == envTag
	switch v.Kind() {
	case reflect.String:
		if ok := free || tag == "!!str"; !ok {
			return false
		}
		v.SetString(y.Value)
		return true
	case reflect.Bool:
		b, err := strconv.ParseBool(strings.ToLower(y.Value))
		if err != nil || !(free || tag == "!!bool") {
			return false
		}
		v.SetBool(b)
		return true
	case reflect.Float32, reflect.Float64:
		f, ok := parseFloat(y)
		if !ok || v.OverflowFloat(f) || !(free || tag == "!!float" || tag == "!!int") {
			return false
		}
		v.SetFloat(f)
		return true
	}
	return (free || tag == "!!int") && setInteger(y, v)
}

func setInteger(y *yaml.Node, v reflect.Value) bool {
	text := strings.ReplaceAll(y.Value, "_", "")
	if v.CanUint() {
		u, err := strconv.ParseUint(text, 0, 64)
		if err != nil || v.OverflowUint(u) {
			return false
		}
		v.SetUint(u)
		return true
	}
	i, err := strconv.ParseInt(text, 0, 64)
	if err != nil || v.OverflowInt(i) {
		return false
	}
	v.SetInt(i)
	return true
}

// parseFloat refuses NaN and infinity: no setting means something with them.
func parseFloat(y *yaml.Node) (float64, bool) {
	f, err := strconv.ParseFloat(strings.ReplaceAll(y.Value, "_", ""), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

func scalarHint(n *Node, kind reflect.Kind) string {
	y := resolveAlias(n.YAML)
	if y.ShortTag() == envTag {
		return ""
	}
	switch {
	case kind == reflect.String && n.Key != nil:
		return fmt.Sprintf("quote it: `%s: %q`", n.Key.Value, clip(y.Value))
	case kind == reflect.String:
		return fmt.Sprintf("quote it: %q", clip(y.Value))
	case kind == reflect.Bool && near(y.Value, "yes", "on", "1", "y", "true"):
		return "write true"
	case kind == reflect.Bool && near(y.Value, "no", "off", "0", "n", "false"):
		return "write false"
	case kind != reflect.Bool && y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return "leave out the quotes"
	}
	return ""
}

func near(value string, words ...string) bool {
	for _, w := range words {
		if strings.EqualFold(value, w) {
			return true
		}
	}
	return false
}

// plain returns n as Go values: string, bool, int64, float64, nil, []any, map[string]any.
func plain(n *Node) any {
	y := resolveAlias(n.YAML)
	switch y.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for _, child := range n.Children() {
			m[child.Key.Value] = plain(child)
		}
		return m
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.items() {
			list = append(list, plain(item))
		}
		return list
	}
	for _, v := range []reflect.Value{reflect.ValueOf(new(bool)), reflect.ValueOf(new(int64)), reflect.ValueOf(new(float64))} {
		if y.ShortTag() != envTag && setScalar(y, v.Elem()) {
			return v.Elem().Interface()
		}
	}
	if isNull(y) {
		return nil
	}
	return y.Value
}
