package databricks

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/DATA-DOG/go-sqlmock"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// mocked is a warehouse over a mock whose waits are counted, not waited.
func mocked(t *testing.T, waits *[]time.Duration) (*warehouse, sqlmock.Sqlmock) {
	t.Helper()
	db, mock, err := sqlmock.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w := testWarehouse()
	w.db, w.conn, w.report = db, conn, func(destinations.Progress) {}
	w.pause = func(ctx context.Context, d time.Duration) error { *waits = append(*waits, d); return ctx.Err() }
	return w, mock
}

// W18: a conflict is tried again with growing, jittered waits; after the last attempt the error is the conflict.
func TestW18_ConflictsAreBounded(t *testing.T) {
	var waits []time.Duration
	w, mock := mocked(t, &waits)
	for range commitAttempts {
		mock.ExpectQuery("MERGE").WillReturnError(errors.New("unexpected operation state ERROR_STATE: [DELTA_CONCURRENT_APPEND] Conflict. SQLSTATE: 2D521"))
	}
	_, err := w.commit(t.Context(), "MERGE", statement{text: "MERGE"})
	if connector.KindOf(err) != connector.KindConflict {
		t.Errorf("%s: %v", connector.KindOf(err), err)
	}
	if err := mock.ExpectationsWereMet(); err != nil {
		t.Error(err)
	}
	if len(waits) != commitAttempts-1 {
		t.Fatalf("waits %v", waits)
	}
	for i, d := range waits {
		longest := 500 * time.Millisecond << i
		if d < longest/2 || d > longest {
			t.Errorf("wait %d is %s, want between %s and %s", i+1, d, longest/2, longest)
		}
	}
}

// Two losers of one race wait differently long.
func TestBackoffIsJittered(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		seen[backoff(3)] = true
	}
	if len(seen) < 2 {
		t.Error("every wait is the same")
	}
	if d := backoff(50); d > 15*time.Second {
		t.Errorf("wait of %s", d)
	}
}

// A read whose session is lost asks again over another one; a write never does.
func TestLostSessionOfARead(t *testing.T) {
	var waits []time.Duration
	w, _ := mocked(t, &waits)
	first, second := 0, 0
	w.db = sql.OpenDB(fakeConnector{&second, nil})
	t.Cleanup(func() { _ = w.db.Close() })
	lost := sql.OpenDB(fakeConnector{&first, errors.New("Invalid SessionHandle: unexpected HTTP status 404 Not Found")})
	t.Cleanup(func() { _ = lost.Close() })
	var err error
	if w.conn, err = lost.Conn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.query(t.Context(), "read", statement{text: "SELECT 1"}, func() {}, func([]any) error { return nil }); err != nil {
		t.Error(err)
	}
	if first != 1 || second != 1 || len(waits) != 1 {
		t.Errorf("%d statements on the lost session, %d on the next, waits %v", first, second, waits)
	}

	first, second = 0, 0
	if w.conn, err = lost.Conn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.commit(t.Context(), "MERGE", statement{text: "MERGE"}); connector.KindOf(err) != connector.KindUnknown || first != 1 || second != 0 {
		t.Errorf("%d and %d statements: %v", first, second, err)
	}
}

// What the server asks for counts more than our own idea, up to a cap.
func TestRetryAfterOfAStatement(t *testing.T) {
	w := testWarehouse()
	for asked, want := range map[time.Duration]time.Duration{7 * time.Second: 7 * time.Second, maxRetryAfter: maxRetryAfter} {
		_ = w.failure(t.Context(), "read", statement{}, reads, errors.New("unexpected HTTP status 429"), reply{status: 429, retryAfter: asked})
		if got := w.delay(1); got != want {
			t.Errorf("asked %s, waits %s", asked, got)
		}
	}
	_ = w.failure(t.Context(), "read", statement{}, reads, errors.New("unexpected HTTP status 429"), reply{status: 429})
	if got := w.delay(1); got > 500*time.Millisecond {
		t.Errorf("an earlier wish is remembered: %s", got)
	}
}
