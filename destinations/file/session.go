package file

import (
	"context"
	"io"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// session is one run's work on one file.
type session struct {
	cfg    Config
	plan   destinations.Plan
	schema *arrow.Schema // of the file: the model's columns and the metadata
	meta   *metadata
	place  *place
	out    *output // nil in a dry run
	sink   *sink
	enc    encoder
	rows   int64
}

// sink counts what an encoder writes. In a dry run it goes nowhere.
type sink struct {
	w     io.Writer
	bytes int64
}

// Write implements io.Writer.
func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.bytes += int64(n)
	return n, err
}

// Write implements destinations.Session.
func (s *session) Write(ctx context.Context, b arrow.RecordBatch) error {
	if err := ctx.Err(); err != nil {
		return failed("write", err)
	}
	full := s.meta.extend(b)
	defer full.Release()
	rejects, err := s.enc.write(full)
	if err != nil {
		return failed("write", err)
	}
	s.rows += b.NumRows() - int64(len(rejects))
	s.progress("writing")
	if len(rejects) > 0 {
		return &destinations.RejectError{Rejects: rejects}
	}
	return nil
}

// Commit implements destinations.Session.
func (s *session) Commit(ctx context.Context, _ destinations.Commit) (destinations.Result, error) {
	if err := ctx.Err(); err != nil {
		return destinations.Result{}, failed("commit", err)
	}
	res := destinations.Result{
		Staged: destinations.Count(s.rows), Inserted: destinations.Count(s.rows),
		Updated: destinations.Count(0), Duplicates: destinations.Count(0),
	}
	if s.plan.Mode == destinations.ModeInsert {
		res.Deleted, res.Unchanged = destinations.Count(0), destinations.Count(0)
	}
	if s.rows == 0 && (s.plan.Mode == destinations.ModeInsert || !s.plan.AllowEmpty) {
		res.Deleted = destinations.Count(0)
		if s.plan.Mode == destinations.ModeReplace {
			res.Warnings = []string{"the source had no row that could be taken: " + s.cfg.Path + " was left as it is (allow_empty: true means it)"}
		}
		return res, nil
	}
	s.progress("closing the file")
	if err := s.enc.close(); err != nil {
		return destinations.Result{}, failed("commit", err)
	}
	if s.out == nil {
		return res, nil
	}
	if err := s.publish(ctx); err != nil {
		return destinations.Result{}, failed("commit", err)
	}
	return res, nil
}

// publish makes the temporary file the target.
func (s *session) publish(ctx context.Context) error {
	if err := s.out.finish(); err != nil {
		return err
	}
	unlock, err := lockFolder(ctx, s.place.target)
	if err != nil {
		return err
	}
	defer unlock()
	if s.plan.Mode == destinations.ModeInsert {
		err = s.join(ctx)
	} else if err = s.announce(ctx, kindReplace, 0, 0); err == nil {
		if err = ctx.Err(); err == nil {
			err = s.out.rename(s.place.target)
		}
	}
	if err != nil {
		return err
	}
	if err := syncFolder(s.place.target); err != nil {
		return &connector.Error{Kind: connector.KindUnknown, Op: "commit", Err: err,
			Message: s.cfg.Path + " is written, but the disk did not confirm its folder: a power cut now could bring the old file back: " + err.Error()}
	}
	return nil
}

// Close implements destinations.Session.
func (s *session) Close() error {
	if s.out == nil {
		return nil
	}
	err := s.out.remove()
	if !s.out.renamed {
		s.place.dropFolder()
	}
	return failed("close", err)
}

func (s *session) progress(doing string) {
	if s.plan.Progress == nil {
		return
	}
	p := destinations.Progress{Doing: doing, Bytes: s.sink.bytes}
	if s.out != nil {
		p.Bytes = s.out.bytes
	}
	s.plan.Progress(p)
}
