package file

import (
	"context"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/parquet/file"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

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
		f, err := openFooter(p)
		if err != nil {
			return err
		}
		r.open = &parquetFile{rdr: f, rows: f.NumRows(), batchRows: r.batchRows(f)}
		if err := r.open.openColumns(ctx); err != nil {
			return ioError(p, "open", err)
		}
	}
	if r.open.rows == 0 {
		r.closeFile()
		r.files = r.files[1:]
		return nil
	}
	if r.batch, err = r.open.next(ctx, r.schema); err != nil {
		if ctx.Err() != nil {
			return canceled("read "+p.shown, ctx.Err())
		}
		return ioError(p, "read", err)
	}
	return nil
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
