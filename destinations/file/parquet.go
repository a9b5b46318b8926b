package file

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// parquetEncoder writes Arrow types as they are. Parquet knows no seconds: they become milliseconds.
type parquetEncoder struct{ file parquetWriter }

// parquetWriter takes rows into one file, which the session owns and closes.
type parquetWriter interface {
	writeRows(b arrow.RecordBatch, from, to int64) error
	// close writes the footer.
	close() error
}

func newParquetEncoder(c Config, schema *arrow.Schema, out io.Writer) (encoder, error) {
	for _, f := range schema.Fields() {
		if !inParquet(f) {
			return nil, unsupported(f)
		}
	}
	open := newArrowParquet
	if c.Compression == "zstd" && !slices.ContainsFunc(schema.Fields(), func(f arrow.Field) bool { return !flat(f.Type) }) {
		open = newFlatParquet
	}
	file, err := open(c, schema, out)
	if err != nil {
		return nil, &connector.Error{Kind: connector.KindPermanent, Op: "write parquet", Err: err}
	}
	return &parquetEncoder{file}, nil
}

func (e *parquetEncoder) write(b arrow.RecordBatch) ([]destinations.Reject, error) {
	rejects := invalidText(b)
	start := int64(0)
	for _, r := range append(rejects, destinations.Reject{Row: b.NumRows()}) {
		if start < r.Row {
			if err := e.file.writeRows(b, start, r.Row); err != nil {
				return nil, err
			}
		}
		start = r.Row + 1
	}
	return rejects, nil
}

func (e *parquetEncoder) close() error {
	if err := e.file.close(); err != nil {
		return fmt.Errorf("end parquet file: %w", err)
	}
	return nil
}

// invalidText finds the rows whose text is not UTF-8, which Parquet's strings must be.
func invalidText(b arrow.RecordBatch) []destinations.Reject {
	var rejects []destinations.Reject
	var scratch []byte
	checks, doubtful := make([]func(i int) bool, b.NumCols()), false
	for c, col := range b.Columns() {
		a := underneath(col)
		if s, ok := a.(*array.String); ok && validText(s) {
			continue
		}
		if value := text(a); value != nil {
			checks[c] = func(i int) bool { return utf8.ValidString(value(i)) }
		} else if _, nested := a.DataType().(arrow.NestedType); nested {
			asJSON := jsonValue(a)
			checks[c] = func(i int) bool {
				var reason string
				scratch, reason = asJSON(scratch[:0], i)
				return reason != reasonUTF8
			}
		}
		doubtful = doubtful || checks[c] != nil
	}
	if !doubtful {
		return nil
	}
	for i := range int(b.NumRows()) {
		for c, valid := range checks {
			if valid != nil && b.Column(c).IsValid(i) && !valid(i) {
				rejects = append(rejects, destinations.Reject{Row: int64(i), Column: b.ColumnName(c), Reason: reasonUTF8})
				break
			}
		}
	}
	return rejects
}

// validText reports whether all values are UTF-8, which is told of all of them at once: together they are, and none begins
// in the middle of a character. false says nothing.
func validText(a *array.String) bool {
	if a.Len() == 0 {
		return true
	}
	first, bytes := a.ValueOffset(0), a.ValueBytes()
	if !utf8.Valid(bytes) {
		return false
	}
	for i := range a.Len() {
		if at := a.ValueOffset(i) - first; at < len(bytes) && !utf8.RuneStart(bytes[at]) {
			return false
		}
	}
	return true
}

// inParquet refuses the types that the library would write wrongly or not at all.
func inParquet(f arrow.Field) bool {
	switch f.Type.ID() {
	case arrow.INTERVAL_MONTHS, arrow.INTERVAL_DAY_TIME, arrow.INTERVAL_MONTH_DAY_NANO,
		arrow.SPARSE_UNION, arrow.DENSE_UNION, arrow.RUN_END_ENCODED, arrow.LIST_VIEW, arrow.LARGE_LIST_VIEW:
		return false
	}
	none := array.MakeArrayOfNull(arrowmem.DefaultAllocator, f.Type, 1)
	defer none.Release()
	if jsonValue(none) == nil {
		return false
	}
	_, err := pqarrow.ToParquet(arrow.NewSchema([]arrow.Field{f}, nil), parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	return err == nil
}
