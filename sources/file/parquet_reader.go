package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// pageBuffer is what one column reads ahead: pages are streamed, so that a row group is never in memory as a whole.
const pageBuffer = 256 << 10

// parquetReader reads Parquet files one after the other.
type parquetReader struct {
	files  []path // the current one first
	schema *arrow.Schema
	query  sources.Query

	open  *parquetFile // nil between files
	batch arrow.RecordBatch
	at    int64 // rows of batch that were returned
	read  int64
	err   error // what ended the read: Next says it again
}

// parquetFile is one open file.
type parquetFile struct {
	rows int64 // not read yet
	rdr  *file.Reader
	recs pqarrow.RecordReader
}

// openParquet holds the schemas of all files against the first one's.
func openParquet(ctx context.Context, files []path, q sources.Query) (sources.Reader, error) {
	r := &parquetReader{files: files, query: q}
	for _, p := range files {
		if err := ctx.Err(); err != nil {
			return nil, canceled("open "+p.shown, err)
		}
		schema, err := schemaOf(p)
		if err != nil {
			return nil, err
		}
		if r.schema == nil {
			r.schema = schema
		}
		if diff := difference(r.schema, schema); diff != "" {
			return nil, &connector.Error{Kind: connector.KindPermanent, Op: "open " + p.shown,
				Message: fmt.Sprintf("%s, unlike in %s: all files must have one schema", diff, files[0].shown),
				Hint:    "narrow path to files of one schema, or read them with a duckdb profile (local_files: true) and union_by_name"}
		}
	}
	return r, nil
}

func schemaOf(p path) (*arrow.Schema, error) {
	f, err := openFooter(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	schema, err := flatSchema(f)
	if err != nil {
		return nil, ioError(p, "open", err)
	}
	return schema, nil
}

// openFooter opens a file at its directory, which stands at its end: a file that was cut has none.
func openFooter(p path) (f *file.Reader, err error) {
	defer recoverDamage(&err, p, "open")
	in, err := os.Open(p.name)
	if err != nil {
		return nil, ioError(p, "open", err)
	}
	props := parquet.NewReaderProperties(memory.DefaultAllocator)
	props.BufferedStreamEnabled, props.BufferSize = true, pageBuffer
	if f, err = file.NewParquetReader(in, file.WithReadProps(props)); err != nil {
		in.Close()
		return nil, &connector.Error{Kind: connector.KindPermanent, Op: "open " + p.shown, Err: err,
			Message: "not a whole parquet file: " + err.Error(), Hint: "it may have been cut off; write it anew"}
	}
	return f, nil
}

// recoverDamage turns a panic of the parquet library, which some damaged files cause, into an error.
func recoverDamage(err *error, p path, doing string) {
	if v := recover(); v != nil {
		*err = ioError(p, doing, fmt.Errorf("the parquet file is damaged: %v", v))
	}
}

// manifest maps columns by the file's Parquet types alone. The Arrow schema that some writers leave in the file would
// bring dictionaries and large strings back, which are ways to keep a column and not types.
func manifest(f *file.Reader, props *pqarrow.ArrowReadProperties) (*pqarrow.SchemaManifest, error) {
	return pqarrow.NewSchemaManifest(f.MetaData().Schema, nil, props)
}

func flatSchema(f *file.Reader) (*arrow.Schema, error) {
	m, err := manifest(f, &pqarrow.ArrowReadProperties{})
	if err != nil {
		return nil, err
	}
	fields := make([]arrow.Field, len(m.Fields))
	seen := map[string]bool{}
	for i, field := range m.Fields {
		name := field.Field.Name
		if seen[name] {
			return nil, fmt.Errorf("two columns are named %q", name)
		}
		seen[name] = true
		fields[i] = arrow.Field{Name: name, Type: field.Field.Type, Nullable: true}
	}
	return arrow.NewSchema(fields, nil), nil
}

// difference says how b differs from a; "" if it does not.
func difference(a, b *arrow.Schema) string {
	for i := range max(a.NumFields(), b.NumFields()) {
		switch {
		case i >= a.NumFields():
			return fmt.Sprintf("there is a column %s", b.Field(i).Name)
		case i >= b.NumFields():
			return fmt.Sprintf("the column %s is missing", a.Field(i).Name)
		case a.Field(i).Name != b.Field(i).Name:
			return fmt.Sprintf("column %d is %s and not %s", i+1, b.Field(i).Name, a.Field(i).Name)
		case !arrow.TypeEqual(a.Field(i).Type, b.Field(i).Type):
			return fmt.Sprintf("column %s is %s and not %s", b.Field(i).Name, record.TypeName(b.Field(i).Type), record.TypeName(a.Field(i).Type))
		}
	}
	return ""
}

// Schema implements sources.Reader.
func (r *parquetReader) Schema() *arrow.Schema { return r.schema }

// Next implements sources.Reader.
func (r *parquetReader) Next(ctx context.Context) (arrow.RecordBatch, error) {
	if r.err != nil {
		return nil, r.err
	}
	if err := ctx.Err(); err != nil {
		return nil, canceled("read parquet files", err)
	}
	if r.query.Limit > 0 && r.read >= r.query.Limit {
		r.files = nil
	}
	for r.batch == nil && len(r.files) > 0 {
		if r.err = r.advance(ctx); r.err != nil {
			return nil, r.err
		}
	}
	if len(r.files) == 0 {
		r.err = io.EOF
		return nil, io.EOF
	}
	return r.piece(), nil
}

// piece cuts off what the query's bounds let pass of the batch that was read.
func (r *parquetReader) piece() arrow.RecordBatch {
	left := r.batch.NumRows() - r.at
	n := min(left, int64(r.query.BatchRows))
	if r.query.Limit > 0 {
		n = min(n, r.query.Limit-r.read)
	}
	var out arrow.RecordBatch
	for {
		out = r.batch.NewSlice(r.at, r.at+n)
		bytes := record.BatchBytes(out)
		if bytes <= r.query.BatchBytes || n == 1 {
			break
		}
		out.Release()
		n = max(1, min(n/2, n*r.query.BatchBytes/bytes))
	}
	r.at += n
	r.read += n
	if r.at == r.batch.NumRows() {
		r.batch.Release()
		r.batch, r.at = nil, 0
	}
	return out
}

// advance reads the next batch of the current file, or moves on to the next file.
func (r *parquetReader) advance(ctx context.Context) (err error) {
	p := r.files[0]
	defer recoverDamage(&err, p, "read")
	if r.open == nil {
		if r.open, err = r.openFile(ctx, p); err != nil {
			return err
		}
	}
	if r.open.rows == 0 {
		r.closeFile()
		r.files = r.files[1:]
		return nil
	}
	if !r.open.recs.Next() {
		err := r.open.recs.Err()
		switch {
		case ctx.Err() != nil:
			return canceled("read "+p.shown, ctx.Err())
		case err == nil || errors.Is(err, io.EOF):
			err = fmt.Errorf("the file ends %d rows before the number that its directory says", r.open.rows)
		}
		return ioError(p, "read", err)
	}
	b := r.open.recs.RecordBatch()
	r.open.rows -= b.NumRows()
	r.batch = array.NewRecordBatch(r.schema, b.Columns(), b.NumRows())
	return nil
}

func (r *parquetReader) openFile(ctx context.Context, p path) (*parquetFile, error) {
	f, err := openFooter(p)
	if err != nil {
		return nil, err
	}
	o := &parquetFile{rdr: f, rows: f.NumRows()}
	props := pqarrow.ArrowReadProperties{BatchSize: r.batchRows(f)}
	rdr, err := pqarrow.NewFileReader(f, props, memory.DefaultAllocator)
	if err == nil {
		rdr.Manifest, err = manifest(f, &props)
	}
	if err == nil && o.rows > 0 {
		o.recs, err = rdr.GetRecordReader(ctx, nil, nil)
	}
	if err != nil {
		f.Close()
		return nil, ioError(p, "open", err)
	}
	return o, nil
}

// batchRows is how many rows of f are about BatchBytes, by what its directory says of their size.
func (r *parquetReader) batchRows(f *file.Reader) int64 {
	var bytes int64
	for i := range f.NumRowGroups() {
		bytes += f.MetaData().RowGroup(i).TotalByteSize()
	}
	n := int64(r.query.BatchRows)
	if rows := f.NumRows(); bytes > 0 && rows > 0 {
		n = min(n, max(1, r.query.BatchBytes*rows/bytes))
	}
	return n
}

func (r *parquetReader) closeFile() {
	if r.open == nil {
		return
	}
	r.open.release()
	_ = r.open.rdr.Close() // it was only read
	r.open = nil
}

// release frees what was read ahead. The library panics here too after some damage (FuzzParquet found it), which Next has
// reported by then: what is left is the garbage collector's.
func (o *parquetFile) release() {
	defer func() { _ = recover() }()
	if o.recs != nil {
		o.recs.Release()
	}
}

// Close implements sources.Reader.
func (r *parquetReader) Close() error {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
	r.closeFile()
	r.err = io.ErrClosedPipe
	return nil
}
