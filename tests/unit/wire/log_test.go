package wire_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	dbsql "github.com/databricks/databricks-sql-go"
	"github.com/databricks/databricks-sql-go/driverctx"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// TestLog: statements with the number of their parameters, sessions and transfers, in order, with how they ended.
func TestLog(t *testing.T) {
	var lines bytes.Buffer
	e := &fakeEngine{answers: map[string]answer{"SELECT ?": ddl, "bad": fails(&wire.Error{Class: "C.SUB", SQLState: "42000"})}}
	srv := start(t, e, func(o *sandbox.Options) { o.Log = &wire.Log{To: &lines} })
	conn := pinned(t, srv, dbsql.WithQueryTags(map[string]string{"team": "crm"}))
	ctx := driverctx.NewContextWithStagingInfo(t.Context(), []string{t.TempDir()})
	inject(t, srv, wire.Fault{Nth: 3, Do: wire.Drop, After: true})
	for _, stmt := range []string{"SELECT ?", "bad", "SELECT ?", "CREATE VOLUME main.default.v"} {
		var args []any
		if strings.Contains(stmt, "?") {
			args = []any{"canary-value"}
		}
		_, _ = conn.ExecContext(ctx, stmt, args...)
	}
	do(t, srv, http.MethodPut, "/api/2.0/fs/files/Volumes/main/default/v/f", "12345")
	want := []wire.Entry{
		{N: 1, Point: wire.Open, Done: true},
		{N: 2, Point: wire.Statement, Text: "SELECT ?", Params: 1, Tags: "team:crm", Done: true},
		{N: 3, Point: wire.Statement, Text: "bad", Tags: "team:crm", Done: true, Class: "C.SUB"},
		{N: 4, Point: wire.Statement, Text: "SELECT ?", Params: 1, Tags: "team:crm", Done: true, Class: "connection dropped"},
		{N: 5, Point: wire.Statement, Text: "CREATE VOLUME main.default.v", Tags: "team:crm", Done: true},
		{N: 6, Point: wire.Upload, Text: "/Volumes/main/default/v/f", Done: true, Bytes: 5},
	}
	got := srv.Log.Entries()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(wire.Entry{}, "Session", "Started", "Duration")); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if got[1].Session == "" || got[1].Session != got[2].Session {
		t.Errorf("sessions %q, %q", got[1].Session, got[2].Session)
	}
	if strings.Contains(lines.String(), "canary-value") || strings.Count(lines.String(), "\n") != len(want) {
		t.Errorf("lines:\n%s", lines.String())
	}
	srv.Log.Reset()
	if left := srv.Log.Entries(); len(left) != 0 {
		t.Errorf("left after Reset: %v", left)
	}
}

// TestControl is fault injection from another process.
func TestControl(t *testing.T) {
	e := &fakeEngine{answers: map[string]answer{"dml": modifies(7)}}
	srv := start(t, e, func(o *sandbox.Options) { o.Control = true })
	for body, want := range map[string]int{
		`{"on":"statement","match":"dml","do":"fail","class":"DELTA_CONCURRENT_APPEND","sqlstate":"2D521","message":"m"}`: 200,
		`{"do":"explode"}`:           400,
		`{"do":"drop","when":"now"}`: 400,
		`{`:                          400,
	} {
		if status, answer := do(t, srv, http.MethodPost, "/sandbox/faults", body); status != want {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if _, err := connect(t, srv).ExecContext(t.Context(), "dml"); err == nil || !stateIs("2D521")(err) {
		t.Errorf("error %v", err)
	}
	var armed []map[string]any
	_, body := do(t, srv, http.MethodGet, "/sandbox/faults", "")
	if err := json.Unmarshal([]byte(body), &armed); err != nil || len(armed) != 1 || armed[0]["fired"] != 1.0 {
		t.Errorf("faults: %s, %v", body, err)
	}
	var entries []wire.Entry
	_, body = do(t, srv, http.MethodGet, "/sandbox/log", "")
	if err := json.Unmarshal([]byte(body), &entries); err != nil || len(entries) != 2 || entries[1].Class != "DELTA_CONCURRENT_APPEND" {
		t.Errorf("log: %s, %v", body, err)
	}
	do(t, srv, http.MethodDelete, "/sandbox/faults", "")
	do(t, srv, http.MethodDelete, "/sandbox/log", "")
	if _, body := do(t, srv, http.MethodGet, "/sandbox/faults", ""); strings.TrimSpace(body) != "[]" {
		t.Errorf("faults left: %s", body)
	}
	if len(srv.Log.Entries()) != 0 {
		t.Error("entries left")
	}
}
