package native

import (
	bindings "github.com/duckdb/duckdb-go-bindings"
)

// Texts is a list of rows, each a list of texts or NULLs: what `array<array<string>>` holds.
type Texts struct {
	Cells []Cell
	Ends  []int // Ends[i] is where row i ends in Cells; a row may also be NULL, see Nulls
	Nulls []bool
}

// Cell is a text or NULL.
type Cell struct {
	Text []byte
	Null bool
}

// AppendTexts fills a table of two columns (pos INTEGER, r VARCHAR[]) with rows, counted from 0.
func (c *Conn) AppendTexts(table string, rows Texts) error {
	var app bindings.Appender
	if bindings.AppenderCreateExt(c.conn, "temp", "main", table, &app) == bindings.StateError {
		msg := bindings.AppenderError(app)
		bindings.AppenderDestroy(&app)
		return &Error{Message: msg}
	}
	defer bindings.AppenderDestroy(&app)
	text := bindings.CreateLogicalType(bindings.TypeVarchar)
	defer bindings.DestroyLogicalType(&text)
	list := bindings.CreateListType(text)
	defer bindings.DestroyLogicalType(&list)
	pos := bindings.CreateLogicalType(bindings.TypeInteger)
	defer bindings.DestroyLogicalType(&pos)
	chunk := bindings.CreateDataChunk([]bindings.LogicalType{pos, list})
	defer bindings.DestroyDataChunk(&chunk)
	size := int(bindings.VectorSize())
	for from := 0; from < len(rows.Ends); from += size {
		bindings.DataChunkReset(chunk)
		fillTexts(chunk, rows, from, min(from+size, len(rows.Ends)))
		if bindings.AppendDataChunk(app, chunk) == bindings.StateError {
			return &Error{Message: bindings.AppenderError(app)}
		}
	}
	if bindings.AppenderClose(app) == bindings.StateError {
		return &Error{Message: bindings.AppenderError(app)}
	}
	return nil
}

func fillTexts(chunk bindings.DataChunk, rows Texts, from, to int) {
	start := 0
	if from > 0 {
		start = rows.Ends[from-1]
	}
	cells := rows.Cells[start:rows.Ends[to-1]]
	pos := view(bindings.DataChunkGetVector(chunk, 0))
	list := view(bindings.DataChunkGetVector(chunk, 1))
	bindings.ListVectorReserve(list.vec, bindings.IdxT(len(cells)))
	bindings.ListVectorSetSize(list.vec, bindings.IdxT(len(cells)))
	for i := from; i < to; i++ {
		*At[int32](&pos, i-from) = int32(i)
		begin := start
		if i > from {
			begin = rows.Ends[i-1]
		}
		*At[listEntry](&list, i-from) = listEntry{offset: uint64(begin - start), length: uint64(rows.Ends[i] - begin)}
		if rows.Nulls[i] {
			list.SetNull(i - from)
		}
	}
	child := list.child()
	for i, c := range cells {
		if c.Null {
			*At[stringHeader](&child, i) = stringHeader{}
			child.SetNull(i)
			continue
		}
		child.SetBytes(i, c.Text)
	}
	bindings.DataChunkSetSize(chunk, bindings.IdxT(to-from))
}
