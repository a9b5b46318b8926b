package sourcetest

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

func plantedInErrors() []planted {
	kind := func(k connector.Kind, change func(e *connector.Error) error) func(*flawedSource, error) error {
		return func(s *flawedSource, err error) error {
			if e := new(connector.Error); !s.writing && errors.As(err, &e) && e.Kind == k {
				return change(e)
			}
			return err
		}
	}
	broken := func(f func(r *flawedReader) error) func(*flawedReader, arrow.RecordBatch, error) (arrow.RecordBatch, error) {
		return func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			if r.err != nil {
				return nil, f(r)
			}
			return b, err
		}
	}
	return []planted{
		{"QueryErrorIsSaid", "a query that fails has no rows", flaw{failed: kind(connector.KindConfig, func(*connector.Error) error { return nil })}},
		{"QueryErrorIsSaid", "the place of the model is not said", flaw{failed: kind(connector.KindConfig, func(e *connector.Error) error { e.Op = "read"; return e })}},
		{"QueryErrorIsSaid", "an error has no kind", flaw{failed: kind(connector.KindConfig, func(e *connector.Error) error { return errors.New(e.Error()) })}},
		{"MissingIsNotMade", "what is missing is made", flaw{failed: func(s *flawedSource, err error) error {
			if s.shelf == nil {
				return errors.Join(err, os.WriteFile(filepath.Join(s.dir, "made"), nil, 0o600))
			}
			return err
		}}},
		{"MissingIsNotMade", "what is missing is a permanent error", flaw{failed: kind(connector.KindNotFound, func(e *connector.Error) error {
			e.Kind = connector.KindPermanent
			return e
		})}},
		{"MissingIsNotMade", "what is missing is empty", flaw{failed: kind(connector.KindNotFound, func(*connector.Error) error { return nil })}},
		{"BrokenReadIsNotTheEnd", "a broken read is the end", flaw{next: broken(func(*flawedReader) error { return io.EOF })}},
		{"BrokenReadIsNotTheEnd", "a broken read ends in a wrapped end", flaw{next: broken(func(*flawedReader) error {
			return &connector.Error{Kind: connector.KindPermanent, Err: io.EOF}
		})}},
		{"BrokenReadIsNotTheEnd", "after the error comes the end", flaw{next: broken(func(r *flawedReader) error {
			if r.fails++; r.fails > 1 {
				return io.EOF
			}
			return r.err
		})}},
		{"BadRowIsNamed", "a bad row is left out in silence", flaw{next: func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			r.rejects = nil
			return b, err
		}}},
		{"BadRowIsNamed", "rows are counted from 0", flaw{next: func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			for i := range r.rejects {
				r.rejects[i].Row--
			}
			return b, err
		}}},
		{"ModelsThatWriteAreRefused", "a model that writes runs before it is refused", flaw{opened: func(s *flawedSource, q *sources.Query) error {
			if isWrite(q) {
				s.touched++
			}
			return nil
		}}},
		{"ModelsThatWriteAreRefused", "a model that writes returns nothing", flaw{failed: func(s *flawedSource, err error) error {
			if s.writing {
				return nil
			}
			return err
		}}},
		{"ReadingChangesNothing", "a read is noted beside the data", flaw{filter: func(r *flawedReader, _ sources.Query) { r.source.touched++ }}},
	}
}

func plantedInLife(t testing.TB) []planted {
	stop := make(chan struct{})
	t.Cleanup(func() { close(stop) })
	deaf := func(step string) func(context.Context, string) context.Context {
		return func(ctx context.Context, now string) context.Context {
			if now == step {
				return context.WithoutCancel(ctx)
			}
			return ctx
		}
	}
	canceled := func(instead error) func(*flawedReader, arrow.RecordBatch, error) (arrow.RecordBatch, error) {
		return func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			if r.source.shelf != nil && r.source.endless && errors.Is(err, context.Canceled) {
				return nil, instead
			}
			return b, err
		}
	}
	return []planted{
		{"CancelStopsTheRead", "a canceled read is the end", flaw{next: canceled(io.EOF)}},
		{"CancelStopsTheRead", "a canceled read is any error", flaw{next: canceled(errors.New("stopped"))}},
		{"CancelStopsTheRead", "a canceled read goes on", flaw{next: func(r *flawedReader, b arrow.RecordBatch, err error) (arrow.RecordBatch, error) {
			if r.source.shelf != nil && r.source.endless {
				<-stop
			}
			return b, err
		}}},
		{"CanceledContextReadsNothing", "Open does not look at its context", flaw{ctx: deaf("open")}},
		{"CanceledContextReadsNothing", "Next gives what it has", flaw{ctx: func(ctx context.Context, step string) context.Context {
			if step == "next" && ctx.Err() != nil {
				return context.WithoutCancel(ctx)
			}
			return ctx
		}}},
		{"CloseIsIdempotent", "the second Close fails", flaw{close: func(r *flawedReader) error {
			if r.closes > 1 {
				return errors.New("closed already")
			}
			return nil
		}}},
		{"NothingLeaks", "a read leaves a goroutine", flaw{filter: func(*flawedReader, sources.Query) { go func() { <-stop }() }}},
		{"NothingLeaks", "a query that fails leaves a goroutine", flaw{failed: func(_ *flawedSource, err error) error {
			go func() { <-stop }()
			return err
		}}},
		{"NothingLeaks", "a read leaves a file open", flaw{filter: func(*flawedReader, sources.Query) {
			if f, err := os.Open(os.Args[0]); err == nil {
				t.Cleanup(func() { _ = f.Close() })
			}
		}}},
		{"NothingLeaks", "a read leaves a temporary file", flaw{filter: func(*flawedReader, sources.Query) {
			if f, err := os.CreateTemp("", "drt-left-"); err == nil {
				_ = f.Close()
				t.Cleanup(func() { _ = os.Remove(f.Name()) })
			}
		}}},
	}
}
