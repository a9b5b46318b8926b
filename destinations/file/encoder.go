package file

import (
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// encoder writes batches to a file in its format.
type encoder interface {
	// write returns the rows that the format cannot hold; the others are written.
	write(b arrow.RecordBatch) ([]destinations.Reject, error)
	// close writes what ends the file. The file itself stays open.
	close() error
}

// newEncoder makes the encoder of c's format. It refuses a column whose type the format cannot hold.
func newEncoder(c Config, schema *arrow.Schema, out io.Writer) (encoder, error) {
	if c.Format == "parquet" {
		return newParquetEncoder(c, schema, out)
	}
	e := &rowEncoder{out: out, fields: schema.Fields()}
	switch c.Format {
	case "csv":
		d := newDialect(c, schema.NumFields())
		e.value = d.value
		e.between, e.after = make([]string, schema.NumFields()), "\n"
		for i := 1; i < len(e.between); i++ {
			e.between[i] = string(d.delimiter)
		}
	case "jsonl", "json":
		e.value = jsonValue
		e.between, e.after = jsonFields(e.fields), "}"
		for i := range e.between {
			e.between[i] = string("{,"[min(i, 1)]) + e.between[i]
		}
		e.end = "\n"
		if c.Format == "json" {
			e.first, e.next, e.end = "[\n", ",\n", "\n]\n"
		} else {
			e.after, e.end = "}\n", ""
		}
	}
	return e, checkTypes(e.fields, e.value)
}

func checkTypes(fields []arrow.Field, value func(arrow.Array) appender) error {
	for _, f := range fields {
		none := array.MakeArrayOfNull(memory.DefaultAllocator, f.Type, 1)
		supported := value(none) != nil
		none.Release()
		if !supported {
			return unsupported(f)
		}
	}
	return nil
}

func unsupported(f arrow.Field) error {
	return &connector.Error{Kind: connector.KindConfig, Op: "open", Message: fmt.Sprintf("column %s: the format cannot hold the type %s", f.Name, f.Type), Hint: "cast it in the model"}
}

// flushAt is how many bytes of rows are gathered before they are written.
const flushAt = 256 << 10

// rowEncoder writes rows as text, one after the other.
type rowEncoder struct {
	out    io.Writer
	fields []arrow.Field
	value  func(arrow.Array) appender

	first, next, end string   // before the first row, before the others, after the last
	between          []string // before each value of a row
	after            string   // after each row

	buf     []byte
	columns []appender
	rows    int64
}

func (e *rowEncoder) write(b arrow.RecordBatch) ([]destinations.Reject, error) {
	e.columns = e.columns[:0]
	for i, c := range b.Columns() {
		f := e.value(c)
		if f == nil {
			return nil, unsupported(b.Schema().Field(i))
		}
		e.columns = append(e.columns, f)
	}
	var rejects []destinations.Reject
	for i := range int(b.NumRows()) {
		start := len(e.buf)
		if column, reason := e.appendRow(i); reason != "" {
			e.buf = e.buf[:start]
			rejects = append(rejects, destinations.Reject{Row: int64(i), Column: b.ColumnName(column), Reason: reason})
			continue
		}
		e.rows++
		if len(e.buf) >= flushAt {
			if err := e.flush(); err != nil {
				return rejects, err
			}
		}
	}
	return rejects, nil
}

// appendRow appends row i of the batch, or says which column cannot be written and why.
func (e *rowEncoder) appendRow(i int) (column int, reason string) {
	if e.rows == 0 {
		e.buf = append(e.buf, e.first...)
	} else {
		e.buf = append(e.buf, e.next...)
	}
	for c, value := range e.columns {
		e.buf = append(e.buf, e.between[c]...)
		if e.buf, reason = value(e.buf, i); reason != "" {
			return c, reason
		}
	}
	e.buf = append(e.buf, e.after...)
	return 0, ""
}

func (e *rowEncoder) flush() error {
	_, err := e.out.Write(e.buf)
	e.buf = e.buf[:0]
	return err
}

func (e *rowEncoder) close() error {
	if e.rows == 0 {
		e.buf = append(e.buf, e.first...)
	}
	e.buf = append(e.buf, e.end...)
	return e.flush()
}
