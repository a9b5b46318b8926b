package memory

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// merge updates the rows whose key exists and inserts the others. Rows that do not differ are left alone.
func (s *session) merge(t *table, staged [][]any) change {
	ch := change{rows: slices.Clone(t.rows)}
	byKey := make(map[string][]int, len(t.rows))
	for i, r := range t.rows {
		if key, ok := s.tableKey(r); ok {
			byKey[key] = append(byKey[key], i)
		}
	}
	for _, r := range staged {
		found := byKey[s.stagedKey(r)]
		if len(found) == 0 {
			ch.rows = append(ch.rows, s.newRow(r))
			ch.inserted++
			continue
		}
		for _, i := range found {
			if s.plan.Touch || s.differs(t.rows[i], r) {
				ch.rows[i] = s.updated(t.rows[i], r)
				ch.updated++
			} else {
				ch.unchanged++
			}
		}
	}
	return ch
}

// updated is old with the values of staged; columns that the model lacks stay, and a soft delete is taken back.
func (s *session) updated(old, staged []any) []any {
	row := slices.Clone(old)
	for i, c := range s.layout.columns {
		row[c.at] = staged[i]
	}
	if s.layout.soft >= 0 {
		row[s.layout.soft] = nil
	}
	return row
}

// differs reports whether staged would change old. Metadata columns are no reason: they differ in every run.
func (s *session) differs(old, staged []any) bool {
	if s.layout.soft >= 0 && old[s.layout.soft] != nil {
		return true
	}
	var a, b []byte
	for i, c := range s.layout.columns {
		if c.meta {
			continue
		}
		a, b = appendKey(a[:0], old[c.at]), appendKey(b[:0], staged[i])
		if !bytes.Equal(a, b) {
			return true
		}
	}
	return false
}

func (s *session) stagedKey(row []any) string {
	var key []byte
	for _, c := range s.layout.key {
		key = appendKey(key, row[c])
	}
	return string(key)
}

// tableKey returns the key of a row in the table; ok is false if a part is NULL, which equals no key.
func (s *session) tableKey(row []any) (key string, ok bool) {
	var k []byte
	for _, c := range s.layout.key {
		v := row[s.layout.columns[c].at]
		if v == nil {
			return "", false
		}
		k = appendKey(k, v)
	}
	return string(k), true
}

// keyText shows the key of a staged row to people: "(7, eu)".
func (s *session) keyText(row []any) string {
	parts := make([]string, len(s.layout.key))
	for i, c := range s.layout.key {
		parts[i] = "***"
		if name := s.layout.columns[c].field.Name; !slices.ContainsFunc(s.plan.Sensitive, func(hidden string) bool { return strings.EqualFold(hidden, name) }) {
			parts[i] = fmt.Sprint(row[c])
		}
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
