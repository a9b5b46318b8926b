package databricks

import (
	"context"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations/databricks/delta"
	"github.com/drt-go/drt/record/parquetfile"
)

// How large files become. The first ones are small, so that their upload begins early; later ones are large, so that
// a load of terabytes is some thousand files, whose names still fit into one statement.
const (
	firstFiles    = 8
	firstBytes    = 64 << 20
	laterBytes    = 256 << 20
	tempMegabytes = (uploadLanes + 2) * laterBytes >> 20 // uploading, waiting for a lane, being written
)

// spool is the loader of large loads: batches become Parquet files, which are uploaded into a volume while the next one
// is written. It is used by one goroutine.
//
// What takes the time is zstd and, for loosely typed sources, the conversion of values; both go by columns, each in a
// goroutine that takes the next column when it is done, so that two cores are busy although the source takes one.
type spool struct {
	into    volume
	columns []spoolColumn
	schema  *arrow.Schema // of the files: _drt_row, c0, c1, ...
	lanes   int
	order   []int64               // numbers of the rows of a batch
	nulls   []arrow.Array         // one NULL of every column, made when a key-only row needs them
	limit   func(files int) int64 // when a file is full

	temp    tempDir
	carrier func(ctx context.Context) (carrier, error) // asked once, when the first file is full
	pause   func(context.Context, time.Duration) error
	report  func(bytes int64)

	out     *tempFile // nil between files
	writer  *parquetfile.Writer
	uploads *uploads // nil until the first file is full
	files   int      // finished
	bytes   int64    // of the finished ones
	next    int64    // number of the next row = rows so far
	keyRows int64    // key-only rows
	ended   bool
}

// spoolColumn is one column on its way into files.
type spoolColumn struct {
	index         int // in the batch
	name          string
	convert       *delta.Column
	key, required bool
}

// newSpool lays the files of a run out. Types that never fit were refused before, by newRowEncoder.
func newSpool(into volume, files string, model *arrow.Schema, l layout) (*spool, error) {
	s := &spool{into: into, temp: tempDir{files: files}, lanes: parquetfile.Lanes(), limit: fileLimit}
	fields := []arrow.Field{{Name: string(orderColumn), Type: arrow.PrimitiveTypes.Int64, Nullable: true}}
	for i, f := range model.Fields() {
		c := l.columns[i]
		convert, err := delta.NewColumn(f.Type, c.typ)
		if err != nil {
			return nil, internal("choose the loader", "column "+f.Name+" can be encoded as text only", err)
		}
		s.columns = append(s.columns, spoolColumn{index: i, name: f.Name, convert: convert, key: c.key, required: c.notNull})
		fields = append(fields, arrow.Field{Name: string(c.scratch), Type: convert.StageType(), Nullable: true})
	}
	s.schema = arrow.NewSchema(fields, nil)
	return s, nil
}

func fileLimit(files int) int64 {
	if files < firstFiles {
		return firstBytes
	}
	return laterBytes
}

// begin opens the next file.
func (s *spool) begin() error {
	if s.writer != nil {
		return nil
	}
	s.out = s.temp.file()
	w, err := parquetfile.NewWriter(s.out, s.schema, parquetfile.Options{Lanes: s.lanes})
	if err != nil {
		return noDisk(err)
	}
	s.writer = w
	return nil
}

// roll ends the file at hand if it is full, and sends it.
func (s *spool) roll(ctx context.Context) error {
	if s.writer == nil || s.writer.Size() < s.limit(s.files) {
		return nil
	}
	return s.send(ctx)
}

// send ends the file at hand and hands it to the uploads, which begin with the first one: until then nothing has left
// this machine, and a volume that is missing costs nothing.
func (s *spool) send(ctx context.Context) error {
	w, out := s.writer, s.out
	s.writer, s.out = nil, nil
	if err := w.Close(); err != nil {
		out.abandon()
		return noDisk(err)
	}
	f, err := out.close()
	if err != nil {
		return err
	}
	if s.uploads == nil {
		by, err := s.carrier(ctx)
		if err != nil {
			return err
		}
		u := &uploads{by: by, into: s.into, files: s.temp.files, pause: s.pause, report: s.report}
		s.uploads = u.start(ctx)
	}
	s.files++
	s.bytes += f.size
	return s.uploads.send(ctx, f)
}

// finish sends what is left and returns when all files lie in the volume. Idempotent.
func (s *spool) finish(ctx context.Context) error {
	if s.ended {
		return nil
	}
	s.ended = true
	if s.writer != nil && s.writer.Rows() > 0 {
		if err := s.send(ctx); err != nil {
			return err
		}
	}
	if s.uploads == nil {
		return internal("stage rows", "no row was written to a file", nil)
	}
	return s.uploads.wait(ctx)
}

// from is what a FROM reads the files from. Call it after finish.
func (s *spool) from() string { return parquetSQL(s.into, s.uploads.names()) }

// close removes all files, here and in the volume. Idempotent.
func (s *spool) close(ctx context.Context) error {
	s.ended = true
	if s.out != nil {
		s.out.abandon()
		s.out, s.writer = nil, nil
	}
	var remote error
	if s.uploads != nil {
		s.uploads.stop()
		remote = s.uploads.clear(ctx)
	}
	return firstError(remote, s.temp.remove())
}
