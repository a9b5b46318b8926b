package duckdb

import (
	"fmt"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go-bindings"
)

func newNested(t duckdb.LogicalType, b array.Builder, rows int) vector {
	switch b := b.(type) {
	case *array.MapBuilder: // before lists: a MAP is a LIST of STRUCTs
		k, v := duckdb.MapTypeKeyType(t), duckdb.MapTypeValueType(t)
		defer duckdb.DestroyLogicalType(&k)
		defer duckdb.DestroyLogicalType(&v)
		entries := &structs{fields: []vector{newVector(k, b.KeyBuilder(), 0), newVector(v, b.ItemBuilder(), 0)}}
		return &lists{rows: rows, begin: b.Append, items: entries}
	case *array.ListBuilder:
		child := duckdb.ListTypeChildType(t)
		defer duckdb.DestroyLogicalType(&child)
		return &lists{rows: rows, begin: b.Append, items: newVector(child, b.ValueBuilder(), 0)}
	case *array.StructBuilder:
		s := &structs{rows: rows, target: b}
		for i := range b.NumField() {
			child := duckdb.StructTypeChildType(t, duckdb.IdxT(i))
			s.fields = append(s.fields, newVector(child, b.FieldBuilder(i), rows))
			duckdb.DestroyLogicalType(&child)
		}
		return s
	}
	panic(fmt.Sprintf("drt: duckdb: no vector for %s", b.Type()))
}

// resize tells v how many rows its vector has: that of the items of lists changes from chunk to chunk.
func resize(v vector, rows int) {
	switch v := v.(type) {
	case interface{ resize(int) }:
		v.resize(rows)
	}
}

func (f *fixed[T]) resize(rows int) { f.rows = rows }
func (t *texts) resize(rows int)    { t.rows = rows }
func (d *decimals) resize(rows int) { d.rows = rows }
func (l *lists) resize(rows int)    { l.rows = rows }

func (s *structs) resize(rows int) {
	s.rows = rows
	for _, f := range s.fields {
		resize(f, rows)
	}
}

// listEntry is duckdb_list_entry: where a row's items lie in the child vector.
type listEntry struct{ offset, length uint64 }

// lists are LIST and MAP.
type lists struct {
	rows  int
	begin func(valid bool)
	items vector

	data  []listEntry
	valid validity
}

func (l *lists) load(v duckdb.Vector) {
	l.data = unsafe.Slice((*listEntry)(duckdb.VectorGetData(v)), l.rows)
	l.valid = loadValidity(v, l.rows)
	resize(l.items, int(duckdb.ListVectorGetSize(v)))
	l.items.load(duckdb.ListVectorGetChild(v))
}

func (l *lists) add(from, n int, bad func(i int, reason string)) {
	row := 0
	inRow := func(_ int, reason string) { bad(row, reason) }
	for ; row < n; row++ {
		valid := l.valid.at(from + row)
		l.begin(valid)
		if e := l.data[from+row]; valid && e.length > 0 {
			l.items.add(int(e.offset), int(e.length), inRow)
		}
	}
}

func (l *lists) size(row int) int64 {
	bytes := int64(4)
	if l.valid.at(row) {
		e := l.data[row]
		for i := e.offset; i < e.offset+e.length; i++ {
			bytes += l.items.size(int(i))
		}
	}
	return bytes
}

// structs are STRUCT, and the entries of a MAP, which have no builder of their own.
type structs struct {
	rows   int
	target *array.StructBuilder // nil for the entries of a MAP
	fields []vector

	valid validity
	room  []bool
}

func (s *structs) load(v duckdb.Vector) {
	s.valid = loadValidity(v, s.rows)
	for i, f := range s.fields {
		f.load(duckdb.StructVectorGetChild(v, duckdb.IdxT(i)))
	}
}

func (s *structs) add(from, n int, bad func(i int, reason string)) {
	if s.target != nil {
		s.room = s.room[:0]
		for i := from; i < from+n; i++ {
			s.room = append(s.room, s.valid.at(i))
		}
		s.target.AppendValues(s.room)
	}
	for _, f := range s.fields {
		f.add(from, n, bad)
	}
}

func (s *structs) size(row int) int64 {
	bytes := int64(1)
	for _, f := range s.fields {
		bytes += f.size(row)
	}
	return bytes
}
