package file

import (
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	arrowmem "github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// rowGroup is how many rows a row group holds: large enough to compress, small enough to be held in memory.
const rowGroup = 1 << 17

// parquetEncoder writes Arrow types as they are; the Arrow schema is kept in the file, so that what Parquet has no
// type for (seconds, durations) comes back exactly.
type parquetEncoder struct {
	cfg    Config
	schema *arrow.Schema
	out    io.Writer
	file   *pqarrow.FileWriter // made with the first batch, which shows what a dictionary is good for
}

func newParquetEncoder(c Config, schema *arrow.Schema, out io.Writer) (encoder, error) {
	for _, f := range schema.Fields() {
		one := arrow.NewSchema([]arrow.Field{f}, nil)
		if !inParquet(f.Type) {
			return nil, unsupported(f)
		}
		if _, err := pqarrow.ToParquet(one, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps()); err != nil {
			return nil, unsupported(f)
		}
	}
	// A writer that keeps the file open when the Parquet writer is closed: the session owns it.
	return &parquetEncoder{cfg: c, schema: schema, out: struct{ io.Writer }{out}}, nil
}

func (e *parquetEncoder) write(b arrow.RecordBatch) ([]destinations.Reject, error) {
	if err := e.begin(b); err != nil {
		return nil, err
	}
	rejects := invalidText(b)
	start := int64(0)
	for _, r := range append(rejects, destinations.Reject{Row: b.NumRows()}) {
		if err := e.writeRows(b, start, r.Row); err != nil {
			return nil, err
		}
		start = r.Row + 1
	}
	return rejects, nil
}

func (e *parquetEncoder) writeRows(b arrow.RecordBatch, start, end int64) error {
	if start >= end {
		return nil
	}
	part := b.NewSlice(start, end)
	defer part.Release()
	return e.file.WriteBuffered(part)
}

// begin makes the writer. sample may be nil.
func (e *parquetEncoder) begin(sample arrow.RecordBatch) error {
	if e.file != nil {
		return nil
	}
	codec := map[string]compress.Compression{
		"none": compress.Codecs.Uncompressed, "snappy": compress.Codecs.Snappy, "gzip": compress.Codecs.Gzip, "zstd": compress.Codecs.Zstd,
	}[e.cfg.Compression]
	options := []parquet.WriterProperty{
		parquet.WithCompression(codec), parquet.WithMaxRowGroupLength(rowGroup), parquet.WithCreatedBy("drt"),
		parquet.WithVersion(parquet.V2_LATEST), parquet.WithDictionaryDefault(false),
	}
	if e.cfg.Compression == "zstd" {
		options = append(options, parquet.WithCompressionLevel(1))
	}
	for i, f := range e.schema.Fields() {
		if sample != nil && repeats(sample.Column(i)) {
			options = append(options, parquet.WithDictionaryFor(f.Name, true))
		}
	}
	file, err := pqarrow.NewFileWriter(e.schema, e.out, parquet.NewWriterProperties(options...), pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return &connector.Error{Kind: connector.KindPermanent, Op: "write parquet", Err: err}
	}
	e.file = file
	return nil
}

func (e *parquetEncoder) close() error {
	if err := e.begin(nil); err != nil {
		return err
	}
	if err := e.file.Close(); err != nil {
		return fmt.Errorf("end parquet file: %w", err)
	}
	return nil
}

// repeats reports whether a text column has few values: there a dictionary saves half the bytes, elsewhere
// it costs a third of the time.
func repeats(a arrow.Array) bool {
	const sample = 1000
	value := text(a)
	n := min(a.Len(), sample)
	if value == nil || n == 0 {
		return false
	}
	seen := make(map[string]struct{}, n)
	for i := range n {
		seen[value(i)] = struct{}{}
	}
	return len(seen) <= n/4
}

// invalidText finds the rows whose text is not UTF-8, which Parquet's strings must be.
func invalidText(b arrow.RecordBatch) []destinations.Reject {
	var rejects []destinations.Reject
	var scratch []byte
	checks := make([]func(i int) bool, b.NumCols())
	for c, col := range b.Columns() {
		a := underneath(col)
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

// inParquet refuses the types that the library would write wrongly or not at all.
func inParquet(t arrow.DataType) bool {
	switch t.ID() {
	case arrow.INTERVAL_MONTHS, arrow.INTERVAL_DAY_TIME, arrow.INTERVAL_MONTH_DAY_NANO,
		arrow.SPARSE_UNION, arrow.DENSE_UNION, arrow.RUN_END_ENCODED, arrow.LIST_VIEW, arrow.LARGE_LIST_VIEW:
		return false
	}
	none := array.MakeArrayOfNull(arrowmem.DefaultAllocator, t, 1)
	defer none.Release()
	return jsonValue(none) != nil
}
