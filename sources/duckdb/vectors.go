package duckdb

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	duckdb "github.com/duckdb/duckdb-go-bindings"

	"github.com/drt-go/drt/record"
)

// vector copies one column of a chunk, DuckDB's batch of up to 2,048 rows, into the builder it was made for. It is
// chosen once per column; a call into DuckDB happens per chunk, never per value.
type vector interface {
	// load looks at v, which holds the rows of the next chunk. It is valid as long as the chunk.
	load(v duckdb.Vector)
	// add appends rows [from, from+n). A value that Arrow cannot hold is appended as NULL and told to bad with its
	// position, counted from the first of the n rows.
	add(from, n int, bad func(i int, reason string))
	// size is about how many bytes a row takes.
	size(row int) int64
}

// validity is DuckDB's bit mask of values that are not NULL; nil if none is.
type validity []uint64

func (m validity) at(i int) bool { return m == nil || m[i/64]>>(i%64)&1 != 0 }

// loadValidity views the mask of a vector with room for rows rows.
func loadValidity(v duckdb.Vector, rows int) validity {
	mask := duckdb.VectorGetValidity(v)
	if mask == nil {
		return nil
	}
	return unsafe.Slice((*uint64)(mask), (rows+63)/64)
}

// bools is the mask of some rows as builders take it; nil if all are valid.
func (m validity) bools(from, n int, room *[]bool) []bool {
	if m == nil {
		return nil
	}
	out := (*room)[:0]
	for i := from; i < from+n; i++ {
		out = append(out, m.at(i))
	}
	*room = out
	return out
}

// newVector returns the vector of one type; rows is how many a chunk holds at most.
func newVector(t duckdb.LogicalType, b array.Builder, rows int) vector {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		return &fixed[bool]{rows: rows, target: b, width: 1}
	case *array.Int8Builder:
		return &fixed[int8]{rows: rows, target: b, width: 1}
	case *array.Int16Builder:
		return &fixed[int16]{rows: rows, target: b, width: 2}
	case *array.Int32Builder:
		return &fixed[int32]{rows: rows, target: b, width: 4}
	case *array.Int64Builder:
		return &fixed[int64]{rows: rows, target: b, width: 8}
	case *array.Uint8Builder:
		return &fixed[uint8]{rows: rows, target: b, width: 1}
	case *array.Uint16Builder:
		return &fixed[uint16]{rows: rows, target: b, width: 2}
	case *array.Uint32Builder:
		return &fixed[uint32]{rows: rows, target: b, width: 4}
	case *array.Uint64Builder:
		return &fixed[uint64]{rows: rows, target: b, width: 8}
	case *array.Float32Builder:
		return &fixed[float32]{rows: rows, target: b, width: 4}
	case *array.Float64Builder:
		return &fixed[float64]{rows: rows, target: b, width: 8}
	case *array.Date32Builder:
		return &fixed[arrow.Date32]{rows: rows, target: b, width: 4, refuse: infiniteDate}
	case *array.TimestampBuilder:
		return &fixed[arrow.Timestamp]{rows: rows, target: b, width: 8, refuse: infiniteTimestamp}
	case *array.Decimal128Builder:
		return newDecimals(t, b, rows)
	case *array.StringBuilder:
		return &texts{rows: rows, add1: b.Append, null: b.AppendNull}
	case *array.BinaryBuilder:
		return &texts{rows: rows, add1: b.AppendString, null: b.AppendNull}
	}
	return newNested(t, b, rows)
}

// DuckDB keeps 'infinity' and '-infinity' as the ends of the range.
func infiniteDate(d arrow.Date32) string {
	if d == math.MaxInt32 || d == -math.MaxInt32 {
		return "an infinite DATE"
	}
	return ""
}

func infiniteTimestamp(t arrow.Timestamp) string {
	if t == math.MaxInt64 || t == -math.MaxInt64 {
		return "an infinite TIMESTAMP"
	}
	return ""
}

// fixed is a vector whose memory Arrow has in the same form.
type fixed[T any] struct {
	rows   int
	target interface{ AppendValues([]T, []bool) }
	width  int64
	refuse func(T) string // a reason, or ""; nil if every value can be held

	data  []T
	valid validity
	room  []bool
}

func (f *fixed[T]) load(v duckdb.Vector) {
	f.data = unsafe.Slice((*T)(duckdb.VectorGetData(v)), f.rows)
	f.valid = loadValidity(v, f.rows)
}

func (f *fixed[T]) add(from, n int, bad func(i int, reason string)) {
	valid := f.valid.bools(from, n, &f.room)
	if f.refuse != nil {
		valid = f.check(from, n, valid, bad)
	}
	f.target.AppendValues(f.data[from:from+n], valid)
}

func (f *fixed[T]) check(from, n int, valid []bool, bad func(i int, reason string)) []bool {
	for i := range n {
		if valid != nil && !valid[i] {
			continue
		}
		reason := f.refuse(f.data[from+i])
		if reason == "" {
			continue
		}
		bad(i, reason)
		if valid == nil {
			valid = make([]bool, n)
			for j := range valid {
				valid[j] = true
			}
		}
		valid[i] = false
	}
	return valid
}

func (f *fixed[T]) size(int) int64 { return f.width }

// stringT is duckdb_string_t: up to 12 bytes lie in the struct itself, after length; more lie at data.
type stringT struct {
	length uint32
	prefix [4]byte
	data   *byte // only to be looked at if length is more than 12: else it is text
}

const inlined = 12

// texts are VARCHAR, which is UTF-8, and BLOB.
type texts struct {
	rows int
	add1 func(string)
	null func()

	data  []stringT
	valid validity
}

func (t *texts) load(v duckdb.Vector) {
	t.data = unsafe.Slice((*stringT)(duckdb.VectorGetData(v)), t.rows)
	t.valid = loadValidity(v, t.rows)
}

func (t *texts) add(from, n int, _ func(i int, reason string)) {
	for i := from; i < from+n; i++ {
		if !t.valid.at(i) {
			t.null()
			continue
		}
		t.add1(t.data[i].view())
	}
}

// view shows the bytes without copying them: valid as long as the chunk.
func (s *stringT) view() string {
	if s.length <= inlined {
		return unsafe.String(&s.prefix[0], s.length)
	}
	return unsafe.String(s.data, s.length)
}

func (t *texts) size(row int) int64 {
	if !t.valid.at(row) {
		return 4
	}
	return 4 + int64(t.data[row].length)
}

// hugeint is duckdb_hugeint and, with upper taken as unsigned, duckdb_uhugeint.
type hugeint struct {
	lower uint64
	upper int64
}

// decimals are DECIMAL, which DuckDB keeps in 2 to 16 bytes by its precision, and HUGEINT.
type decimals struct {
	rows   int
	target *array.Decimal128Builder
	kind   duckdb.Type // of what is in memory
	check  bool        // HUGEINT: values of 39 digits do not fit
	typ    arrow.Decimal128Type

	data  unsafe.Pointer
	valid validity
}

func newDecimals(t duckdb.LogicalType, b *array.Decimal128Builder, rows int) vector {
	d := &decimals{rows: rows, target: b, typ: *b.Type().(*arrow.Decimal128Type), kind: duckdb.GetTypeId(t)}
	if d.kind == duckdb.TypeDecimal {
		d.kind = duckdb.DecimalInternalType(t)
	} else {
		d.check = true
	}
	return d
}

func (d *decimals) load(v duckdb.Vector) {
	d.data = duckdb.VectorGetData(v)
	d.valid = loadValidity(v, d.rows)
}

func (d *decimals) add(from, n int, bad func(i int, reason string)) {
	for i := from; i < from+n; i++ {
		if !d.valid.at(i) {
			d.target.AppendNull()
			continue
		}
		num, ok := d.at(i)
		if !ok {
			bad(i-from, fmt.Sprintf("a HUGEINT of more than %d digits", record.MaxDecimalPrecision))
			d.target.AppendNull()
			continue
		}
		d.target.Append(num)
	}
}

func (d *decimals) at(i int) (decimal128.Num, bool) {
	switch d.kind {
	case duckdb.TypeSmallInt:
		return decimal128.FromI64(int64(unsafe.Slice((*int16)(d.data), d.rows)[i])), true
	case duckdb.TypeInteger:
		return decimal128.FromI64(int64(unsafe.Slice((*int32)(d.data), d.rows)[i])), true
	case duckdb.TypeBigInt:
		return decimal128.FromI64(unsafe.Slice((*int64)(d.data), d.rows)[i]), true
	}
	h := unsafe.Slice((*hugeint)(d.data), d.rows)[i]
	num := decimal128.New(h.upper, h.lower)
	if !d.check {
		return num, true
	}
	if d.kind == duckdb.TypeUHugeInt && h.upper < 0 {
		return num, false
	}
	return num, num.FitsInPrecision(d.typ.Precision)
}

func (d *decimals) size(int) int64 { return 16 }
