package warehouse

import (
	"fmt"
	"strconv"
	"strings"
)

// A value is nil (NULL), int64, string, bool, or []any, which only a staged document holds.

// equal is SQL's =: nil if one of the two is NULL.
func equal(a, b any) any {
	if a == nil || b == nil {
		return nil
	}
	return same(a, b)
}

// same is IS NOT DISTINCT FROM.
func same(a, b any) bool {
	if x, ok := a.(int64); ok {
		if y, ok := b.(string); ok {
			return strconv.FormatInt(x, 10) == y
		}
	}
	if _, ok := a.(string); ok {
		if _, ok := b.(int64); ok {
			return same(b, a)
		}
	}
	return a == b
}

// compare orders two values of one type; NULL is smallest.
func compare(a, b any) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	if x, ok := a.(int64); ok {
		if y, ok := b.(int64); ok {
			return int(max(-1, min(1, x-y)))
		}
	}
	if x, ok := a.(string); ok {
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
	}
	panic(bug("values of two types are compared: %T and %T", a, b))
}

// not is SQL's NOT.
func not(v any) any {
	if v == nil {
		return nil
	}
	return !truth(v)
}

// truth is what a condition needs: NULL is not true.
func truth(v any) bool {
	if v == nil {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		panic(bug("%T stands where a condition must", v))
	}
	return b
}

// key makes equal tuples equal texts.
func key(values []any) string {
	var b strings.Builder
	for _, v := range values {
		if v == nil {
			b.WriteString("~|")
			continue
		}
		fmt.Fprintf(&b, "%q|", fmt.Sprint(v))
	}
	return b.String()
}
