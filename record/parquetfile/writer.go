package parquetfile

import (
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

const (
	// RowGroup is how many rows a row group holds at most: what one task of a reader takes.
	RowGroup = 131_072
	// groupBytes ends a row group of few but large rows early: compressed, it waits in memory for its last column.
	groupBytes = 32 << 20
	// pageBytes is how large the values of a page grow before they are compressed.
	pageBytes = 1 << 20
)

// Spark before 3.0 wrote dates in a mixed calendar. Where the writer of a file is not known, a reader may be set to
// refuse dates before 1582-10-15 and timestamps before 1900 (datetimeRebaseModeInRead = EXCEPTION, the default up to
// Spark 3.5), or to shift them. This entry of the footer is how Spark tells; ours are in the calendar of 3.0 and later.
const (
	calendarKey   = "org.apache.spark.version"
	calendarSince = "3.0.0"
)

// Options are how a file is written.
type Options struct {
	Lanes      int  // goroutines that encode columns at a time, at least 1
	Statistics bool // what each row group holds at least and at most, for readers that skip row groups
}

// Writer writes one file. After an error only Close is of use.
type Writer struct {
	out     *sink
	options Options
	schema  *arrow.Schema
	props   *parquet.WriterProperties
	meta    *metadata.FileMetaDataBuilder
	packers []*packer // one a lane, see lanes.go
	columns []*column
	pending int // rows of the row group at hand
	groups  int16
	rows    int64
	closed  bool
}

// NewWriter begins a file on out, which the caller closes. It refuses a schema with types that it does not take.
func NewWriter(out io.Writer, schema *arrow.Schema, o Options) (*Writer, error) {
	w := &Writer{out: &sink{w: out}, options: o, schema: schema, props: parquet.NewWriterProperties(
		parquet.WithCompression(compress.Codecs.Zstd), parquet.WithCompressionLevel(1),
		parquet.WithStoreDecimalAsInteger(true), parquet.WithCreatedBy("drt"),
	)}
	fields := make([]arrow.Field, schema.NumFields())
	for i, f := range schema.Fields() {
		plain, err := plainOf(f.Type)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", f.Name, err)
		}
		c := newColumn(plain, f)
		if o.Statistics {
			c.bounds = boundsOf(f.Type)
		}
		w.columns = append(w.columns, c)
		fields[i] = arrow.Field{Name: f.Name, Type: f.Type, Nullable: f.Nullable}
	}
	tree, err := pqarrow.ToParquet(arrow.NewSchema(fields, nil), w.props, pqarrow.DefaultWriterProps())
	if err != nil {
		return nil, fmt.Errorf("describe parquet file: %w", err)
	}
	for range max(1, min(o.Lanes, len(w.columns))) {
		w.packers = append(w.packers, newPacker())
	}
	w.meta = metadata.NewFileMetadataBuilder(tree, w.props, nil)
	if err := w.meta.AppendKeyValueMetadata(calendarKey, calendarSince); err != nil {
		return nil, fmt.Errorf("describe parquet file: %w", err)
	}
	_, err = w.out.Write([]byte(magic))
	return w, w.fail(err)
}

// Write appends a batch of the Writer's schema; no reference to it is kept.
func (w *Writer) Write(b arrow.RecordBatch) error {
	if !w.schema.Equal(b.Schema()) {
		return fmt.Errorf("write parquet file: the batch has another schema: a bug in drt\n%s\nwant %s", b.Schema(), w.schema)
	}
	return w.WriteRows(b.Columns(), 0, int(b.NumRows()))
}

// WriteRows appends the rows from..to of arrays of the Writer's types; no reference to them is kept.
func (w *Writer) WriteRows(columns []arrow.Array, from, to int) error {
	if w.closed {
		return errors.New("write to a closed Parquet file: a bug in drt")
	}
	for i, c := range w.columns {
		if c.required && columns[i].NullN() > 0 {
			return fmt.Errorf("write parquet file: column %s has NULLs and must not: a bug in drt", w.schema.Field(i).Name)
		}
	}
	for from < to {
		end := min(to, from+w.room())
		if err := w.append(columns, from, end); err != nil {
			return err
		}
		w.pending += end - from
		w.rows += int64(end - from)
		from = end
		if w.pending == RowGroup || w.held() >= groupBytes {
			if err := w.endGroup(); err != nil {
				return err
			}
		}
	}
	return nil
}

// append adds rows to every column. Few rows are not worth a second goroutine.
func (w *Writer) append(columns []arrow.Array, from, to int) error {
	const few = 512
	lanes := w.packers
	if to-from < few {
		lanes = lanes[:1]
	}
	InLanes(len(lanes), len(w.columns), func(lane, i int) {
		w.columns[i].append(lanes[lane], columns[i], from, to)
	})
	return w.packErr()
}

// packErr returns why a lane could not compress a page.
func (w *Writer) packErr() error {
	for _, p := range w.packers {
		if p.err != nil {
			return w.fail(p.err)
		}
	}
	return nil
}

// room is how many rows may be appended before the row group is looked at again: in steps, so that a batch of large
// values does not pile up.
func (w *Writer) room() int {
	const step = 8192
	return min(step, RowGroup-w.pending)
}

// held is the compressed size of what waits in memory.
func (w *Writer) held() int64 {
	var n int64
	for _, c := range w.columns {
		n += int64(len(c.packed))
	}
	return n
}

// Rows is how many rows were written.
func (w *Writer) Rows() int64 { return w.rows }

// Size is about how long the file would be if it were closed now.
func (w *Writer) Size() int64 {
	n := w.out.n + w.held()
	for _, c := range w.columns {
		n += int64(len(c.raw)) / 2 // not compressed yet
	}
	return n
}

// Close ends the file; a file without rows is a valid one. Idempotent: an error is returned once.
func (w *Writer) Close() error {
	if w.closed {
		return nil
	}
	w.closed = true
	if w.out.err != nil {
		return w.fail(nil)
	}
	if w.pending > 0 {
		if err := w.endGroup(); err != nil {
			return err
		}
	}
	return w.footer()
}

// fail prefers the error of the medium to what the Parquet library made of it.
func (w *Writer) fail(err error) error {
	if w.out.err != nil {
		err = w.out.err
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("write parquet file: %w", err)
}

// allocator is what arrow-go's page writer asks for; what it allocates is one dictionary a row group.
func allocator() memory.Allocator { return memory.DefaultAllocator }
