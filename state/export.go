package state

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

const (
	exportFormat  = "drt state"
	exportVersion = 1
)

// export is a state in a file of its own. Its names stay: users keep such files. Locks are not in it; they belong to the
// processes of one host.
type export struct {
	Format     string              `json:"format"`
	Version    int                 `json:"version"`
	Exported   time.Time           `json:"exported_at"`
	Watermarks []exportedWatermark `json:"watermarks"`
	Runs       []exportedRun       `json:"runs"`    // of each sync the last one, and those with a change that is not settled
	Changes    []exportedChange    `json:"changes"` // of these runs
	// End stands last: a file that was cut off has none.
	End string `json:"end"`
}

const exportEnd = "of drt state"

type exportedWatermark struct {
	Sync      string    `json:"sync"`
	Watermark Watermark `json:"watermark"`
	SyncRunID string    `json:"sync_run_id"`
	Saved     time.Time `json:"saved_at"`
}

type exportedRun struct {
	SyncRunID       string          `json:"sync_run_id"`
	RunID           string          `json:"run_id"`
	Sync            string          `json:"sync"`
	Mode            string          `json:"mode"`
	Status          string          `json:"status"`
	Started         time.Time       `json:"started_at"`
	Finished        *time.Time      `json:"finished_at,omitempty"`
	Host            string          `json:"host"`
	PID             int             `json:"pid"`
	Error           string          `json:"error,omitempty"`
	ErrorType       string          `json:"error_type,omitempty"`
	ErrorStage      string          `json:"error_stage,omitempty"`
	ErrorSuggestion string          `json:"error_suggestion,omitempty"`
	Scratch         bool            `json:"scratch,omitempty"`
	Report          json.RawMessage `json:"report"`
}

type exportedChange struct {
	SyncRunID string          `json:"sync_run_id"`
	N         int             `json:"n"`
	Sync      string          `json:"sync"`
	Mode      string          `json:"mode"`
	Change    json.RawMessage `json:"change"`
	Watermark *Watermark      `json:"watermark,omitempty"`
	Previous  *Watermark      `json:"previous,omitempty"`
	Sent      time.Time       `json:"sent_at"`
	Outcome   string          `json:"outcome"`
	Evidence  string          `json:"evidence,omitempty"`
}

// Carried counts what an export holds, or what an import stored.
type Carried struct{ Watermarks, Runs, Changes int }

// String says c to people.
func (c Carried) String() string {
	return numbered(c.Watermarks, "watermark") + ", " + numbered(c.Runs, "run") + ", " + numbered(c.Changes, "change")
}

func numbered(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Export writes the state to w as JSON, from one snapshot: every watermark, the last run of each sync, and every change
// whose outcome is not known. Locks stay behind. A run that is alive is in it as one that was killed: whoever goes on
// from this export has to find out what became of it.
func (s *Store) Export(ctx context.Context, w io.Writer) (Carried, error) {
	e := export{
		Format: exportFormat, Version: exportVersion, Exported: time.Now().UTC(), End: exportEnd,
		Watermarks: []exportedWatermark{}, Runs: []exportedRun{}, Changes: []exportedChange{},
	}
	err := s.read(ctx, func(conn *sqlite.Conn) error {
		for _, gather := range []func(*sqlite.Conn, *export) error{s.gatherWatermarks, s.gatherRuns, s.gatherChanges} {
			if err := gather(conn, &e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Carried{}, err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return Carried{len(e.Watermarks), len(e.Runs), len(e.Changes)}, enc.Encode(e)
}

func (s *Store) gatherWatermarks(conn *sqlite.Conn, e *export) error {
	return sqlitex.Execute(conn, `SELECT sync, cursor_field, value_type, value, open_values, ahead, columns, sent, sync_run_id, saved_at FROM watermarks ORDER BY sync`,
		&sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
			w, err := scanWatermark(stmt)
			if err != nil {
				return &unusable{path: s.path, what: "holds a damaged watermark of sync " + stmt.GetText("sync"), hint: mendHint(s.path)}
			}
			e.Watermarks = append(e.Watermarks, exportedWatermark{stmt.GetText("sync"), *w, w.SyncRunID, w.Saved})
			return nil
		}})
}

// carriedRuns are the runs that an export has.
const carriedRuns = `(SELECT sync_run_id FROM (SELECT sync_run_id, row_number() OVER (PARTITION BY sync ORDER BY ` + lastFirst + `) AS n FROM runs) WHERE n = 1
	UNION SELECT sync_run_id FROM commits WHERE outcome = '')`

func (s *Store) gatherRuns(conn *sqlite.Conn, e *export) error {
	return sqlitex.Execute(conn, selectRun+`WHERE sync_run_id IN `+carriedRuns+` ORDER BY sync, started_at, sync_run_id`,
		&sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
			r := scanRun(stmt)
			out := exportedRun{
				SyncRunID: r.SyncRunID, RunID: r.RunID, Sync: r.Sync, Mode: r.Mode, Status: r.Status, Started: r.Started, Host: r.Host, PID: r.PID,
				Error: r.Error, ErrorType: r.ErrorType, ErrorStage: r.ErrorStage, ErrorSuggestion: r.ErrorSuggestion, Scratch: r.Scratch, Report: r.Report,
			}
			if !r.Finished.IsZero() {
				out.Finished = &r.Finished
			}
			if !json.Valid(r.Report) {
				return &unusable{path: s.path, what: "holds a damaged report of run " + r.SyncRunID, hint: mendHint(s.path)}
			}
			e.Runs = append(e.Runs, out)
			return nil
		}})
}

func (s *Store) gatherChanges(conn *sqlite.Conn, e *export) error {
	return sqlitex.Execute(conn, selectChange+`WHERE sync_run_id IN `+carriedRuns+` ORDER BY sync, sent_at, sync_run_id, n`,
		&sqlitex.ExecOptions{ResultFunc: func(stmt *sqlite.Stmt) error {
			c, err := s.scanChange(stmt)
			e.Changes = append(e.Changes, exportedChange{
				SyncRunID: c.SyncRunID, N: c.N, Sync: c.Sync, Mode: c.Mode, Change: c.Change, Watermark: c.Watermark, Previous: c.Previous,
				Sent: c.Sent, Outcome: c.Outcome, Evidence: c.Evidence,
			})
			return err
		}})
}
