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
	"github.com/apache/arrow-go/v18/parquet/metadata"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/drt-go/drt/connector"
)

// pageBuffer is what one column reads ahead: pages are streamed, so that a row group is never in memory as a whole.
const pageBuffer = 256 << 10

// parquetFile is one open file.
type parquetFile struct {
	rows      int64 // not read yet
	batchRows int64
	rdr       *file.Reader
	columns   []*pqarrow.ColumnReader
	rehearsal *rehearsal // nil if nothing has to be read twice
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
		return nil, &connector.Error{Kind: connector.KindPermanent, Op: "open " + p.shown, // err may be io.EOF
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

// openColumns begins to read all row groups of a file.
//
// The library's own reader of rows opens its columns in goroutines, where a panic ends the process (FuzzParquet found one).
// Here the columns are opened, and read, one after the other where recoverDamage sees it.
func (o *parquetFile) openColumns(ctx context.Context) error {
	props := pqarrow.ArrowReadProperties{}
	rdr, err := pqarrow.NewFileReader(o.rdr, props, memory.DefaultAllocator)
	if err == nil {
		rdr.Manifest, err = manifest(o.rdr, &props)
	}
	if err != nil {
		return err
	}
	leaves := map[int]bool{}
	for i := range o.rdr.MetaData().Schema.NumColumns() {
		leaves[i] = true
	}
	if err := checkDirectory(o.rdr.MetaData()); err != nil || o.rows == 0 {
		return err
	}
	groups := make([]int, o.rdr.NumRowGroups())
	for i := range groups {
		groups[i] = i
	}
	if o.rehearsal, err = newRehearsal(o, rdr.Manifest); err != nil {
		return err
	}
	for i := range rdr.Manifest.Fields {
		c, err := rdr.GetFieldReader(ctx, i, leaves, groups)
		if err != nil {
			return err
		}
		o.columns = append(o.columns, c)
	}
	return nil
}

// checkDirectory looks at what the directory says of rows, row groups and columns: damage there could be taken for a file
// of fewer rows.
func checkDirectory(m *metadata.FileMetaData) error {
	var rows int64
	for i := range m.RowGroups {
		group := m.RowGroup(i)
		if group.NumRows() < 0 || group.NumColumns() != m.Schema.NumColumns() {
			return fmt.Errorf("its directory says %d rows and %d columns of row group %d, and the file has %d columns", group.NumRows(), group.NumColumns(), i, m.Schema.NumColumns())
		}
		for j := range group.NumColumns() {
			if _, err := group.ColumnChunk(j); err != nil {
				return err
			}
		}
		rows += group.NumRows()
	}
	if rows != m.GetNumRows() {
		return fmt.Errorf("its directory says %d rows, and %d rows in all row groups", m.GetNumRows(), rows)
	}
	return nil
}

// next reads the next batch. It fails where a column ends before the rows that the directory says.
func (o *parquetFile) next(ctx context.Context, schema *arrow.Schema) (arrow.RecordBatch, error) {
	n := min(o.batchRows, o.rows)
	if o.rehearsal != nil {
		if err := o.rehearsal.upTo(ctx, o.rdr.NumRows()-o.rows+n, o.batchRows); err != nil {
			return nil, err
		}
	}
	columns := make([]arrow.Array, 0, len(o.columns))
	defer func() {
		for _, c := range columns {
			c.Release()
		}
	}()
	for _, rdr := range o.columns {
		c, err := nextOf(rdr, n)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if err == nil {
			columns = append(columns, c)
		}
		if err != nil || int64(c.Len()) != n {
			return nil, fmt.Errorf("a column ends before the %d rows that the directory still has", o.rows)
		}
		if err := checkShape(c); err != nil {
			return nil, err
		}
	}
	o.rows -= n
	return array.NewRecordBatch(schema, columns, n), nil
}

// nextOf reads n values of a column into one array.
func nextOf(rdr *pqarrow.ColumnReader, n int64) (arrow.Array, error) {
	chunks, err := rdr.NextBatch(n)
	if err != nil {
		return nil, err
	}
	defer chunks.Release()
	switch len(chunks.Chunks()) {
	case 0:
		return nil, io.EOF
	case 1:
		c := chunks.Chunk(0)
		c.Retain()
		return c, nil
	}
	return array.Concatenate(chunks.Chunks(), memory.DefaultAllocator)
}

// release frees what was read ahead. The library panics here too after some damage (FuzzParquet found it), which Next has
// reported by then: what is left is the garbage collector's.
func (o *parquetFile) release() {
	defer func() { _ = recover() }()
	for _, c := range o.columns {
		c.Release()
	}
}
