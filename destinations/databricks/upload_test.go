package databricks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

// shelf is a carrier in memory. The first failures puts fail; with leave they leave a file behind all the same.
type shelf struct {
	mu       sync.Mutex
	files    map[string]int64
	names    []string // in the order of the puts
	failures int
	err      error
	leave    bool
	removing error
	wide     int
}

func newShelf() *shelf { return &shelf{files: map[string]int64{}, wide: 1} }

func (s *shelf) name() string { return "a shelf" }
func (s *shelf) lanes() int   { return s.wide }

func (s *shelf) close() {}

func (s *shelf) put(ctx context.Context, local, remote string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	info, err := os.Stat(local)
	if err != nil {
		return err
	}
	s.names = append(s.names, filepath.Base(remote))
	if s.failures > 0 {
		s.failures--
		if s.leave {
			s.files[remote] = info.Size() / 2
		}
		return s.err
	}
	if _, ok := s.files[remote]; ok {
		return errors.New("a name was used twice")
	}
	s.files[remote] = info.Size()
	return nil
}

func (s *shelf) remove(_ context.Context, remote string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.removing != nil {
		return s.removing
	}
	delete(s.files, remote)
	return nil
}

func testUploads(t *testing.T, by carrier) (u *uploads, waits *[]time.Duration) {
	t.Helper()
	waits = &[]time.Duration{}
	u = &uploads{by: by, into: testVolume, files: "f-", report: func(int64) {}, pause: func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}}
	return u.start(t.Context()), waits
}

func localTestFile(t *testing.T) localFile {
	t.Helper()
	f, err := os.CreateTemp(t.TempDir(), "")
	if err == nil {
		_, err = f.WriteString("data")
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return localFile{path: f.Name(), size: 4}
}

// W24: every attempt has a name of its own, and what an attempt left behind is neither read nor kept.
func TestW24_RetriesUnderNewNames(t *testing.T) {
	by := newShelf()
	by.failures, by.err, by.leave = 3, &connector.Error{Kind: connector.KindTransient, Err: later(20 * time.Second)}, true
	u, waits := testUploads(t, by)
	f := localTestFile(t)
	if err := errors.Join(u.send(t.Context(), f), u.wait(t.Context())); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"f-1.parquet", "f-2.parquet", "f-3.parquet", "f-4.parquet"}, by.names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"f-4.parquet"}, u.names()); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	for _, w := range *waits {
		if w < 20*time.Second {
			t.Errorf("waited %s, the server asked for 20 s", w)
		}
	}
	if _, err := os.Stat(f.path); !os.IsNotExist(err) {
		t.Errorf("the local file stays: %v", err)
	}
	if err := u.clear(t.Context()); err != nil || len(by.files) > 0 {
		t.Errorf("left: %v %v", by.files, err)
	}
}

func TestW24_AttemptsAreBounded(t *testing.T) {
	for kind, want := range map[connector.Kind]int{connector.KindTransient: putAttempts, connector.KindAuth: 1, connector.KindNotFound: 1, connector.KindPermanent: 1} {
		by := newShelf()
		by.failures, by.err, by.leave = 99, &connector.Error{Kind: kind, Class: "PERMISSION_DENIED"}, true
		u, _ := testUploads(t, by)
		f := localTestFile(t)
		err := errors.Join(u.send(t.Context(), f), u.wait(t.Context()))
		if connector.KindOf(err) != kind || len(by.names) != want {
			t.Errorf("%s: %d attempts, %v", kind, len(by.names), err)
		}
		var e *connector.Error
		if asError(err, &e) && (kind == connector.KindAuth || kind == connector.KindNotFound) &&
			!strings.Contains(e.Hint, "GRANT READ VOLUME, WRITE VOLUME ON VOLUME `main`.`staging-area`.`drt` TO `<principal>`") {
			t.Errorf("%s: hint %q", kind, e.Hint)
		}
		if _, err := os.Stat(f.path); !os.IsNotExist(err) {
			t.Errorf("the local file stays: %v", err)
		}
		if err := u.clear(t.Context()); err != nil || len(by.files) > 0 {
			t.Errorf("left: %v %v", by.files, err)
		}
	}
}

// What cannot be removed is named as an error, and tried again by the next clear.
func TestClearReportsWhatStays(t *testing.T) {
	by := newShelf()
	u, _ := testUploads(t, by)
	if err := errors.Join(u.send(t.Context(), localTestFile(t)), u.wait(t.Context())); err != nil {
		t.Fatal(err)
	}
	by.removing = &connector.Error{Kind: connector.KindAuth, Message: "no"}
	if err := u.clear(t.Context()); err == nil || !strings.Contains(err.Error(), "a file of this run stay") {
		t.Errorf("%v", err)
	}
	by.removing = nil
	if err := u.clear(t.Context()); err != nil || len(by.files) > 0 {
		t.Errorf("%v %v", by.files, err)
	}
}

// The Files API: which answers are worth another attempt, and which send the load another way.
func TestFilesAPIAnswers(t *testing.T) {
	var status int
	var body string
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Method+" "+r.URL.RequestURI()+" "+r.Header.Get("Authorization"))
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}))
	defer srv.Close()
	a, err := parseAddress(srv.URL, "/p")
	if err != nil {
		t.Fatal(err)
	}
	api := newFilesAPI(a, &login{token: connector.NewSecret("t0ken")}, "drt/test", network())
	defer api.client.CloseIdleConnections()
	denied, missing := `{"error_code":"PERMISSION_DENIED","message":"no"}`, `{"error_code":"NOT_FOUND","message":"none"}`
	for _, c := range []struct {
		status int
		body   string
		put    connector.Kind
		offer  string // what asking for the API comes to
	}{
		{200, "", "", "yes"}, {204, "", "", "yes"},
		{401, "", connector.KindAuth, "no"}, {403, "<html>", connector.KindAuth, "no"}, {403, denied, connector.KindAuth, "auth"},
		{404, missing, connector.KindNotFound, "not_found"}, {404, `{"error_code":"ENDPOINT_NOT_FOUND"}`, connector.KindNotFound, "no"},
		{404, "<html>", connector.KindNotFound, "no"}, {400, "", connector.KindPermanent, "no"}, {409, "", connector.KindPermanent, "no"},
		{302, "", connector.KindPermanent, "no"},
		{429, "", connector.KindTransient, "no"}, {500, "", connector.KindTransient, "no"}, {503, missing, connector.KindTransient, "no"},
	} {
		status, body = c.status, c.body
		err := api.put(t.Context(), localTestFile(t).path, testVolume.path()+"/f-1.parquet")
		if connector.KindOf(err) != c.put {
			t.Errorf("put: %d %s: %v (%s)", c.status, c.body, err, connector.KindOf(err))
		}
		if c.put == connector.KindTransient && waitOf(err) != 7*time.Second {
			t.Errorf("%d: wait %s", c.status, waitOf(err))
		}
		ok, err := api.offered(t.Context(), testVolume)
		offer := "no"
		if ok {
			offer = "yes"
		} else if err != nil {
			offer = string(connector.KindOf(err))
		}
		if offer != c.offer {
			t.Errorf("offer: %d %s: %s, want %s (%v)", c.status, c.body, offer, c.offer, err)
		}
		if err := api.remove(t.Context(), testVolume.path()+"/f-1.parquet"); (err == nil) != (c.put == "" || c.put == connector.KindNotFound) {
			t.Errorf("remove: %d %s: %v", c.status, c.body, err)
		}
	}
	if want := "PUT /api/2.0/fs/files/Volumes/main/staging-area/drt/f-1.parquet?overwrite=false Bearer t0ken"; !slices.Contains(got, want) {
		t.Errorf("%q was not sent: %q", want, got)
	}
	srv.Close()
	if err := api.put(t.Context(), localTestFile(t).path, "/x"); connector.KindOf(err) != connector.KindTransient {
		t.Errorf("nobody there: %v", err)
	}
}
