package databricks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/destinations"
)

// session is one run on one table.
type session struct {
	w       *warehouse
	cfg     Config
	plan    destinations.Plan
	layout  layout
	create  bool // make the target before the commit
	created bool // it was made by this run
	known   bool // of a tracked mirror: there are keys of earlier runs

	rows *feed // what goes into the target
	keys *feed // keys of refused rows; nil unless the run mirrors
	// buffer holds the row being encoded.
	buffer []byte

	written  int64   // rows that Write saw
	refused  []int64 // which of them it refused, ascending: numbers of staged rows skip these
	lostKeys int64   // refused rows whose key is not staged: no deletes (W7)

	files     *spool      // rows go by files; with a choice they may. nil: by statements
	choice    *choice     // nil: the loader is not to be chosen
	findFiles filesFinder // nil: there is no workspace to ask

	different *int64    // keys among the staged rows, counted before they left; nil: only the warehouse can tell
	seen      *sighting // what the target's log said before the first change; nil: it was not asked

	stager   *stager
	scratch  bool       // the scratch table was asked for and may be there
	probe    bool       // so was the probe
	stray    []error    // what may be there when everything was cleared up
	applied  bool       // a statement that changes the target was sent: what it refuses is a row of ours
	clearing chan error // the outcome of clearing up, which a commit starts; nil: it did not
	warnings []string
	notes    []string
	broken   bool // an error ended the session: only Close is left
	closed   bool
}

var _ destinations.Session = (*session)(nil)

// cleanUp bounds what Close does.
const cleanUp = time.Minute

// Write implements destinations.Session.
func (s *session) Write(ctx context.Context, b arrow.RecordBatch) error {
	if s.broken || s.closed {
		return internal("stage rows", "Write after an error or Close", nil)
	}
	if err := s.w.mayBegin(ctx, "stage rows"); err != nil {
		s.broken = true
		return err
	}
	var rejects []destinations.Reject
	var err error
	if s.files != nil {
		rejects, err = s.writeFiles(ctx, b)
	} else {
		rejects, err = s.writeRows(ctx, b)
	}
	if err != nil {
		s.broken = true
		return err
	}
	if len(rejects) > 0 {
		return &destinations.RejectError{Rejects: rejects}
	}
	return nil
}

// writeRows is Write of a load that goes by statements.
func (s *session) writeRows(ctx context.Context, b arrow.RecordBatch) (rejects []destinations.Reject, _ error) {
	columns := b.Columns()
	for i := range int(b.NumRows()) {
		column, reason, err := s.stageRow(ctx, columns, i)
		if err != nil {
			return nil, err
		}
		if reason != "" {
			s.refused = append(s.refused, s.written)
			rejects = append(rejects, destinations.Reject{
				Row: int64(i), Column: column, Reason: reason, Key: s.rows.encode.maskedKey(columns, i),
			})
		}
		s.written++
	}
	return rejects, nil
}

// stageRow puts a row into its chunk, or returns why the target cannot hold it.
func (s *session) stageRow(ctx context.Context, columns []arrow.Array, i int) (column, reason string, _ error) {
	s.buffer, column, reason = s.rows.encode.append(s.buffer[:0], columns, i)
	if reason == "" && s.rows.tooLong(s.buffer) {
		column = s.rows.encode.longest(columns, i)
		reason = fmt.Sprintf("too long: the row takes %d bytes, loader %s carries at most %d", len(s.buffer), s.rows.by.name(), maxRowBytes)
	}
	if reason == "" {
		return "", "", s.push(ctx, s.rows)
	}
	if s.keys == nil {
		return column, reason, nil
	}
	var unusable string
	s.buffer, _, unusable = s.keys.encode.append(s.buffer[:0], columns, i)
	if unusable != "" || s.keys.tooLong(s.buffer) {
		s.lostKeys++
		return column, reason, nil
	}
	return column, reason, s.push(ctx, s.keys)
}

// push adds the row in the buffer to f, and sends the chunk before it if there is no room.
func (s *session) push(ctx context.Context, f *feed) error {
	if f.full(s.buffer) {
		if err := s.flush(ctx, f); err != nil {
			return err
		}
	}
	f.add(s.buffer)
	return nil
}

// flush sends what f has collected; the first time it makes the scratch table.
func (s *session) flush(ctx context.Context, f *feed) error {
	if f.cur.rows() == 0 {
		return nil
	}
	if s.stager == nil {
		if err := s.createScratch(ctx); err != nil {
			return err
		}
		s.stager = newStager(ctx, s.w, s.plan.SkipErrors)
	}
	next, err := s.stager.send(ctx, f.cur)
	if err != nil {
		return err
	}
	f.cur = next
	return nil
}

func (s *session) createScratch(ctx context.Context) error {
	s.w.doing("creating scratch")
	s.scratch = true
	err := s.w.define(ctx, "create scratch "+s.layout.scratch.plain(), statement{text: createScratchSQL(s.layout)}, onScratch)
	s.mayAppear(err)
	return err
}

// sweep drops what a dead run left behind. What cannot be dropped is a warning: it does not harm this run.
func (s *session) sweep(ctx context.Context, syncRun string) {
	left := scratchFor(s.cfg.scratchSchema(), s.cfg.target(), syncRun)
	for _, t := range []table{left, left.probe()} {
		if err := s.w.define(ctx, "drop "+t.plain(), statement{text: dropSQL(t)}, onScratch); err != nil {
			s.warnings = append(s.warnings, "scratch of an earlier run stays: "+err.Error())
			s.stray = append(s.stray, err)
			return
		}
	}
}

// source returns the position, among all rows that Write saw, of staged row n.
func (s *session) source(n int64) int64 {
	at := n
	for _, r := range s.refused {
		if r > at {
			break
		}
		at++
	}
	return at
}

// rejects are the rows that only the warehouse could refuse, in the order of the source.
func (s *session) rejects(bad []badRow) []destinations.Reject {
	var out []destinations.Reject
	for _, b := range bad {
		out = append(out, destinations.Reject{Row: s.source(b.row), Reason: b.reason})
	}
	slices.SortFunc(out, func(a, b destinations.Reject) int { return int(a.Row - b.Row) })
	return out
}

// Close implements destinations.Session: it stops what is being staged, drops scratch, and ends the session. It works
// under a context of its own: the run's may be what ended the run.
func (s *session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	if s.stager != nil {
		s.stager.stop()
	}
	err := s.cleared()
	_ = s.w.close()
	return err
}
