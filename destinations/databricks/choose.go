package databricks

import (
	"context"
	"fmt"
	"net/http"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// maxHeld is how many chunks of 900 KB a load may fill before it goes by files, if a volume is configured. Every chunk
// is a statement, and one more makes scratch; files take an upload and one statement, whatever the rows. So both ways take
// the same time at two to three chunks where statements are what costs; a warehouse that has to parse the JSON moves
// that down, a slow line up.
const maxHeld = 3

// choice is `loader: auto` with a volume: rows are written to files, and kept as text too until there are too many of
// them. Nothing leaves this machine before it is decided.
type choice struct {
	held []*chunk // full chunks that wait
}

// writeFiles is Write of a load that goes, or may go, by files.
func (s *session) writeFiles(ctx context.Context, b arrow.RecordBatch) ([]destinations.Reject, error) {
	columns, n := b.Columns(), int(b.NumRows())
	refused, err := s.files.write(ctx, columns, n, s.keys != nil)
	if err != nil {
		return nil, err
	}
	var rejects []destinations.Reject
	for _, r := range refused {
		s.refused = append(s.refused, s.written+int64(r.row))
		rejects = append(rejects, destinations.Reject{
			Row: int64(r.row), Column: s.files.columns[r.at].name, Reason: r.reason, Key: s.rows.encode.maskedKey(columns, r.row),
		})
		if s.keys != nil && !r.keyed {
			s.lostKeys++
		}
	}
	if s.choice != nil && !s.keepText(columns, n, refused) {
		s.byFiles()
	}
	s.written += int64(n)
	s.rows.next = s.files.next
	return rejects, nil
}

// keepText keeps the rows of a batch as text; false if there are too many rows for that by now, or too long ones.
func (s *session) keepText(columns []arrow.Array, n int, refused []refusedRow) bool {
	if s.files.uploads != nil {
		return false // rows that are long without being many
	}
	for i := range n {
		f := s.rows
		if len(refused) > 0 && refused[0].row == i {
			r := refused[0]
			if f, refused = s.keys, refused[1:]; f == nil || !r.keyed {
				continue
			}
		}
		var reason string
		if s.buffer, _, reason = f.encode.append(s.buffer[:0], columns, i); reason != "" || f.tooLong(s.buffer) {
			return false
		}
		if f.full(s.buffer) {
			if len(s.choice.held) == maxHeld-1 {
				return false
			}
			s.choice.held = append(s.choice.held, f.cur)
			f.cur = &chunk{}
			f.cur.reset(f)
		}
		f.add(s.buffer)
	}
	return true
}

// byFiles decides for files: what was kept as text goes.
func (s *session) byFiles() {
	s.choice, s.buffer = nil, nil
	for _, f := range []*feed{s.rows, s.keys} {
		if f != nil {
			f.cur = &chunk{}
			f.cur.reset(f)
		}
	}
}

// decide ends the choice: a load that is still small goes by statements, and its files go.
func (s *session) decide(ctx context.Context) error {
	if s.choice == nil {
		return nil
	}
	err := s.files.close(ctx)
	s.files = nil
	return err
}

// sendHeld stages the chunks that waited for the choice.
func (s *session) sendHeld(ctx context.Context) error {
	if s.choice == nil {
		return nil
	}
	held := s.choice.held
	s.choice.held = nil
	for _, c := range held {
		f := c.feed
		rest := f.cur
		f.cur = c
		if err := s.flush(ctx, f); err != nil {
			return err
		}
		f.cur = rest
	}
	return nil
}

// waiting says whether chunks wait besides those of the feeds.
func (s *session) waiting() bool { return s.choice != nil && len(s.choice.held) > 0 }

// carrier chooses how files are uploaded.
func (s *session) carrier(ctx context.Context) (carrier, error) {
	if s.findFiles != nil {
		by, err := s.findFiles(ctx, s.files.into)
		if by != nil || err != nil {
			return by, err
		}
	}
	return putCarrier{s.w}, nil
}

// loaderNote says in the report which loader it was, and why.
func (s *session) loaderNote() string {
	configured := s.cfg.Staging.Loader
	auto := configured == "" || configured == loaderAuto
	switch {
	case s.files != nil:
		why := "as configured"
		if auto {
			why = fmt.Sprintf("more than %d KB of rows", maxHeld*maxChunkBytes/1000)
		}
		note := "loader volume: " + why + ", " + plural(s.files.files, "file")
		if s.files.uploads != nil {
			note += fmt.Sprintf(" of %s in all by %s", size(s.files.bytes), s.files.uploads.by.name())
		}
		return note
	case !auto:
		return "loader " + s.rows.by.name() + ": as configured"
	case s.choice != nil:
		return fmt.Sprintf("loader json: at most %d KB of rows", maxHeld*maxChunkBytes/1000)
	}
	return "loader json: no staging.volume is configured"
}

// size writes bytes for people.
func size(n int64) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%d KB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// prepareFiles sets the session up for files, if the config has a volume.
func (d *Destination) prepareFiles(s *session) error {
	into, ok := parseVolume(d.cfg.Staging.Volume)
	if !ok {
		return nil
	}
	files, err := newSpool(into, filesOf(s.layout.target, s.plan.SyncRunID), s.plan.Schema, s.layout)
	if err != nil {
		return err
	}
	files.carrier, files.pause, files.report = s.carrier, d.pause, func(n int64) { s.w.staged(int(n)) }
	s.files, s.findFiles = files, d.files
	if d.cfg.Staging.Loader != loaderVolume {
		s.choice = &choice{}
	}
	return nil
}

// workspaceFiles asks the workspace beside the warehouse for its Files API.
func workspaceFiles(find func() (*login, error), env connector.Env, network func() *http.Transport) filesFinder {
	return func(ctx context.Context, v volume) (carrier, error) {
		who, err := find()
		if err != nil {
			return nil, err
		}
		a, err := who.enter(ctx)
		if err != nil {
			return nil, err
		}
		api := newFilesAPI(a, who, agent(env), network())
		if ok, err := api.offered(ctx, v); err != nil || !ok {
			api.close()
			return nil, err
		}
		return api, nil
	}
}
