package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// decoder is what csv and jsonl differ in.
type decoder interface {
	// begin starts a file, whose text w holds.
	begin(p path, w *window) error
	// bind is called once, before the first next: rows is where values go.
	bind(rows *record.RowBuilder) error
	// next appends or rejects one row; false at the end of the file. An error breaks the read.
	next(p path, rows *record.RowBuilder) (bool, error)
}

// textReader reads files of lines one after the other.
type textReader struct {
	files   []path // the current one first
	decoder decoder
	rows    *record.RowBuilder
	limit   int64

	input io.Closer // of the current file; nil between files
	stop  *stoppable
	err   error // what ended the read: Next says it again
}

// open opens the current file.
func (r *textReader) open(ctx context.Context) error {
	in, err := openInput(r.files[0])
	if err != nil {
		return err
	}
	r.input = in
	r.stop = &stoppable{ctx: ctx, in: in, wait: r.files[0].stdin != nil}
	if err := r.decoder.begin(r.files[0], newWindow(r.stop)); err != nil {
		return r.broken(ctx, err)
	}
	return nil
}

// build makes the batches' builders.
func (r *textReader) build(schema *arrow.Schema, q sources.Query) error {
	r.rows = record.NewRowBuilder(schema, q.BatchRows, q.BatchBytes)
	return r.decoder.bind(r.rows)
}

// Schema implements sources.Reader.
func (r *textReader) Schema() *arrow.Schema { return r.rows.Schema() }

// Rejects implements sources.RowRejecter.
func (r *textReader) Rejects() []record.Reject { return r.rows.Rejects() }

// Next implements sources.Reader.
func (r *textReader) Next(ctx context.Context) (arrow.RecordBatch, error) {
	for r.err == nil {
		if err := ctx.Err(); err != nil {
			return nil, canceled("read "+r.where(), err)
		}
		r.rows.Reserve()
		end, err := r.fill(ctx)
		if err != nil {
			r.err = err
			break
		}
		if b := r.rows.Batch(); b != nil {
			return b, nil
		}
		switch {
		case end:
			r.err = io.EOF
		case r.rows.Pending() >= record.MaxPendingRejects:
			r.err = r.hopeless()
		}
	}
	return nil, r.err
}

// fill reads rows until the batch is full; end says that there are no more.
func (r *textReader) fill(ctx context.Context) (end bool, err error) {
	if r.stop != nil {
		r.stop.ctx = ctx
	}
	for !r.rows.Full() {
		if len(r.files) == 0 || (r.limit > 0 && r.rows.Read() >= r.limit) {
			return true, nil
		}
		if r.input == nil {
			if err := r.open(ctx); err != nil {
				return false, err
			}
		}
		more, err := r.decoder.next(r.files[0], r.rows)
		if err != nil {
			return false, r.broken(ctx, err)
		}
		if !more {
			if err := r.closeFile(); err != nil {
				return false, ioError(r.files[0], "read", err)
			}
			r.files = r.files[1:]
		}
	}
	return false, nil
}

// where names the current file, the last one at the end.
func (r *textReader) where() string {
	if len(r.files) == 0 {
		return "files"
	}
	return r.files[0].shown
}

func (r *textReader) closeFile() error {
	if r.input == nil {
		return nil
	}
	err := r.input.Close()
	r.input, r.stop = nil, nil
	return err
}

// broken says that the current file could not be read to its end.
func (r *textReader) broken(ctx context.Context, err error) error {
	p := r.files[0]
	if ctx.Err() != nil {
		return canceled("read "+p.shown, ctx.Err())
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &connector.Error{Kind: connector.KindPermanent, Op: "read " + p.shown, Err: err,
			Message: "the compressed file is cut off: it ends before its data does",
			Hint:    "write the file anew; nothing of this run was committed"}
	}
	return ioError(p, "read", err)
}

// hopeless ends a read that finds bad rows only.
func (r *textReader) hopeless() error {
	n := r.rows.Pending()
	return &connector.Error{Kind: connector.KindRejected, Op: "read " + r.where(),
		Message: fmt.Sprintf("%d rows in a row cannot be read, first %s", n, r.rows.Rejects()[0]),
		Hint:    "mend format, delimiter or columns in the profile"}
}

// Close implements sources.Reader.
func (r *textReader) Close() error {
	if r.rows != nil {
		r.rows.Release()
	}
	return r.closeFile()
}

// bytesView shows b as a string without copying it: valid until b changes.
func bytesView(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
