package wire_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"
	dbsqlerr "github.com/databricks/databricks-sql-go/errors"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// inject adds a fault, and checks at the end of the test that it struck.
func inject(t *testing.T, srv *sandbox.Server, f wire.Fault) int {
	t.Helper()
	n, err := srv.Faults.Add(f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, left := range srv.Faults.Unfired() {
			t.Errorf("never struck: %s", left)
		}
	})
	return n
}

// TestStatementFaults: each way in which a statement fails, as the driver sees it on a pinned connection without
// retries, and whether it took effect.
func TestStatementFaults(t *testing.T) {
	busy := &wire.Error{Class: "DELTA_CONCURRENT_APPEND", SQLState: "2D521", Message: "Files were added."}
	for name, c := range map[string]struct {
		fault  wire.Fault
		effect int
		check  func(error) bool
	}{
		"fail before":         {wire.Fault{Do: wire.Fail, Error: busy}, 0, stateIs("2D521")},
		"fail after":          {wire.Fault{Do: wire.Fail, Error: busy, After: true}, 1, stateIs("2D521")},
		"503 before":          {wire.Fault{Do: wire.Fail, Status: 503}, 0, says("503")},
		"503 after":           {wire.Fault{Do: wire.Fail, Status: 503, RetryAfter: time.Second, After: true}, 1, says("503")},
		"429 before":          {wire.Fault{Do: wire.Fail, Status: 429}, 0, says("429")},
		"lost before":         {wire.Fault{Do: wire.LoseSession}, 0, is(driver.ErrBadConn)},
		"lost after":          {wire.Fault{Do: wire.LoseSession, After: true}, 1, is(driver.ErrBadConn)},
		"dropped":             {wire.Fault{Do: wire.Drop}, 0, says("EOF")},
		"reply lost":          {wire.Fault{Do: wire.Drop, After: true}, 1, says("EOF")},
		"cut in the body":     {wire.Fault{Do: wire.Cut}, 1, says("EOF")},
		"matched by its text": {wire.Fault{Do: wire.Drop, Match: "^d.l$"}, 0, says("EOF")},
	} {
		t.Run(name, func(t *testing.T) {
			e := &fakeEngine{answers: map[string]answer{"dml": modifies(7), "again": modifies(7)}}
			srv := start(t, e)
			conn := pinned(t, srv)
			n := inject(t, srv, c.fault)
			if _, err := conn.ExecContext(t.Context(), "dml"); err == nil || !c.check(err) {
				t.Errorf("error %v", err)
			}
			if got := e.count("dml"); got != c.effect {
				t.Errorf("took effect %d times, want %d", got, c.effect)
			}
			if got := srv.Faults.Fired(n); got != 1 {
				t.Errorf("struck %d times", got)
			}
			lost := strings.HasPrefix(name, "lost")
			if _, err := conn.ExecContext(t.Context(), "again"); (err != nil) != lost {
				t.Errorf("the next statement of the session: %v", err)
			}
		})
	}
}

func says(text string) func(error) bool {
	return func(err error) bool { return strings.Contains(err.Error(), text) }
}

func is(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }

func stateIs(state string) func(error) bool {
	return func(err error) bool {
		var e dbsqlerr.DBExecutionError
		return errors.As(err, &e) && e.SqlState() == state
	}
}

// TestW17_DriverSendsTwice records what the unmodified driver does with its retries on, which is why drt turns them off:
// a statement that took effect runs again, and success is reported.
func TestW17_DriverSendsTwice(t *testing.T) {
	for name, c := range map[string]struct {
		fault wire.Fault
		fail  bool
		runs  int
	}{
		"503 after effect":          {wire.Fault{Do: wire.Fail, Status: 503, After: true}, false, 2},
		"429 after effect":          {wire.Fault{Do: wire.Fail, Status: 429, After: true}, false, 2},
		"session lost after effect": {wire.Fault{Do: wire.LoseSession, After: true}, false, 2},
		"reply lost":                {wire.Fault{Do: wire.Drop, After: true}, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			e := &fakeEngine{answers: map[string]answer{"dml": modifies(7)}}
			srv := start(t, e)
			db := connect(t, srv, dbsql.WithRetries(2, time.Millisecond, time.Millisecond))
			inject(t, srv, c.fault)
			if _, err := db.ExecContext(t.Context(), "dml"); (err != nil) != c.fail {
				t.Errorf("error %v", err)
			}
			if got := e.count("dml"); got != c.runs {
				t.Errorf("ran %d times, want %d", got, c.runs)
			}
		})
	}
}

// TestW22_ColdStart: OpenSession answers 503 until the warehouse is up; the driver's retries wait for it.
func TestW22_ColdStart(t *testing.T) {
	e := &fakeEngine{}
	srv := start(t, e)
	inject(t, srv, wire.Fault{On: wire.Open, Times: 3, Do: wire.Fail, Status: 503})
	if err := connect(t, srv).PingContext(t.Context()); err == nil {
		t.Error("connected at once")
	}
	if err := connect(t, srv, dbsql.WithRetries(4, time.Millisecond, time.Millisecond)).PingContext(t.Context()); err != nil {
		t.Errorf("after the start: %v", err)
	}
	if e.opened != 1 {
		t.Errorf("%d sessions", e.opened)
	}
}

// TestHang: nothing comes until the client gives up; before the effect there is none.
func TestHang(t *testing.T) {
	for name, after := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			e := &fakeEngine{answers: map[string]answer{"dml": modifies(7)}}
			srv := start(t, e)
			conn := pinned(t, srv)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			inject(t, srv, wire.Fault{Do: wire.Hang, After: after, Hook: func(wire.Event) { cancel() }})
			if _, err := conn.ExecContext(ctx, "dml"); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			if got := e.count("dml") == 1; got != after {
				t.Errorf("took effect: %v", got)
			}
			if _, err := conn.ExecContext(t.Context(), "dml"); err != nil {
				t.Errorf("the next statement of the session: %v", err)
			}
		})
	}
}

// TestCutWhileFetching: rows that were cut off are an error, not the end.
func TestCutWhileFetching(t *testing.T) {
	for _, do := range []wire.Action{wire.Cut, wire.Drop, wire.LoseSession} {
		srv := start(t, &fakeEngine{answers: map[string]answer{"numbers": numbers(250_000, nil)}})
		db := connect(t, srv)
		inject(t, srv, wire.Fault{On: wire.Fetch, Do: do})
		rows, err := db.QueryContext(t.Context(), "numbers")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows.Next() {
			n++
		}
		if rows.Err() == nil || n != 100_000 {
			t.Errorf("%s: %d rows, error %v", do, n, rows.Err())
		}
		_ = rows.Close()
	}
}

// TestExecFailsAfterSuccess: the statement is done, but its operation cannot be asked after.
func TestExecFailsAfterSuccess(t *testing.T) {
	release, done := make(chan struct{}), make(chan struct{})
	srv := start(t, &fakeEngine{answers: map[string]answer{"ddl": func(ctx context.Context, p []wire.Param) (*wire.Result, error) {
		<-release // until the client polls
		defer close(done)
		return ddl(ctx, p)
	}}}, quickly)
	inject(t, srv, wire.Fault{On: wire.Status, Do: wire.Drop, Hook: func(wire.Event) { close(release) }})
	if _, err := connect(t, srv).ExecContext(t.Context(), "ddl"); err == nil {
		t.Error("no error")
	}
	wait(t, done, "the effect")
}

// TestDelayAndHook: every statement takes its time, and the hooks see it come and go.
func TestDelayAndHook(t *testing.T) {
	e := &fakeEngine{answers: map[string]answer{"dml": modifies(7)}}
	srv := start(t, e)
	db := connect(t, srv)
	const delay = 30 * time.Millisecond
	inject(t, srv, wire.Fault{Times: wire.Always, Delay: delay})
	var before, after []int
	note := func(to *[]int) func(wire.Event) {
		return func(ev wire.Event) {
			if ev.Text != "dml" || ev.Point != wire.Statement || ev.Session == "" {
				t.Errorf("event %+v", ev)
			}
			*to = append(*to, e.count("dml"))
		}
	}
	inject(t, srv, wire.Fault{Nth: 2, Times: 1, Hook: note(&before)})
	inject(t, srv, wire.Fault{Nth: 2, Times: 1, After: true, Hook: note(&after)})
	began := time.Now()
	for range 3 {
		if _, err := db.ExecContext(t.Context(), "dml"); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took < 3*delay {
		t.Errorf("three statements in %s", took)
	}
	if len(before) != 1 || before[0] != 1 || len(after) != 1 || after[0] != 2 {
		t.Errorf("effects seen before %v and after %v", before, after)
	}
}

// TestNthAndTimes: the second and third match fail, the others do not.
func TestNthAndTimes(t *testing.T) {
	srv := start(t, &fakeEngine{answers: map[string]answer{"a": ddl, "b": ddl}})
	conn := pinned(t, srv)
	n := inject(t, srv, wire.Fault{Match: "a", Nth: 2, Times: 2, Do: wire.Fail, Status: 500})
	var got []bool
	for _, stmt := range []string{"a", "b", "a", "b", "a", "a"} {
		_, err := conn.ExecContext(t.Context(), stmt)
		got = append(got, err == nil)
	}
	if want := [6]bool{true, true, false, true, false, true}; [6]bool(got) != want {
		t.Errorf("succeeded %v, want %v", got, want)
	}
	if srv.Faults.Fired(n) != 2 {
		t.Errorf("struck %d times", srv.Faults.Fired(n))
	}
}

// TestW24_UploadFaults: by the driver's PUT and by the Files API.
func TestW24_UploadFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault  wire.Fault
		stored int
	}{
		"500 before":   {wire.Fault{On: wire.Upload, Do: wire.Fail, Status: 500}, 0},
		"503 after":    {wire.Fault{On: wire.Upload, Do: wire.Fail, Status: 503, After: true}, 1},
		"cut half way": {wire.Fault{On: wire.Upload, Do: wire.Cut}, 0},
		"dropped":      {wire.Fault{On: wire.Upload, Do: wire.Drop}, 0},
		"reply lost":   {wire.Fault{On: wire.Upload, Do: wire.Drop, After: true, Match: "stage/f$"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVolumes(t)
			big := strings.Repeat("x", 1<<20)
			inject(t, v.srv, c.fault)
			if err := v.exec("PUT " + v.local("f", big) + " INTO '/Volumes/main/default/stage/f'"); err == nil {
				t.Error("PUT succeeded")
			}
			if got := v.files(); len(got) != c.stored {
				t.Errorf("PUT left %d files, want %d", len(got), c.stored)
			}
			v.srv.Faults.Clear()
			v.must("REMOVE '/Volumes/main/default/stage/f'")

			inject(t, v.srv, c.fault)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, v.srv.Host+"/api/2.0/fs/files/Volumes/main/default/stage/f", strings.NewReader(big))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", "Bearer "+v.srv.Token)
			if resp, err := http.DefaultClient.Do(req); err == nil {
				_ = resp.Body.Close()
				if resp.StatusCode < 400 {
					t.Errorf("the Files API answered %s", resp.Status)
				}
			}
			if got := v.files(); len(got) != c.stored {
				t.Errorf("the Files API left %d files, want %d", len(got), c.stored)
			}
		})
	}
}

func TestDownloadAndRemoveFaults(t *testing.T) {
	v := newVolumes(t)
	v.must("PUT " + v.local("f", strings.Repeat("x", 1<<20)) + " INTO '/Volumes/main/default/stage/f'")
	inject(t, v.srv, wire.Fault{On: wire.Download, Do: wire.Cut})
	if err := v.exec("GET '/Volumes/main/default/stage/f' TO " + v.local("back", "")); err == nil {
		t.Error("a cut download succeeded")
	}
	inject(t, v.srv, wire.Fault{On: wire.Remove, Do: wire.Fail, Status: 500})
	if err := v.exec("REMOVE '/Volumes/main/default/stage/f'"); err == nil || len(v.files()) != 1 {
		t.Errorf("removal: %v, %d files left", err, len(v.files()))
	}
}

func TestFaultsThatMakeNoSense(t *testing.T) {
	var plan wire.Faults
	e := &wire.Error{Class: "C"}
	for _, f := range []wire.Fault{
		{}, {Do: "explode"}, {On: "nowhere", Do: wire.Drop}, {Do: wire.Fail}, {Do: wire.Fail, Status: 200}, {Do: wire.Fail, Status: 503, Error: e},
		{On: wire.Upload, Do: wire.Fail, Error: e}, {On: wire.Upload, Do: wire.LoseSession}, {On: wire.Open, Do: wire.LoseSession},
		{On: wire.Remove, Do: wire.Cut}, {Match: "(", Do: wire.Drop},
	} {
		if _, err := plan.Add(f); err == nil {
			t.Errorf("accepted %+v", f)
		}
	}
	if n := plan.Fired(1); n != 0 {
		t.Errorf("fault 1 fired %d times", n)
	}
}
