package wire_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	dbsql "github.com/databricks/databricks-sql-go"

	"github.com/drt-go/drt/sandbox"
)

// do sends a request with the right token and returns status and body.
func do(t *testing.T, srv *sandbox.Server, method, path, body string) (int, string) {
	t.Helper()
	status, got, _ := send(t, srv.Token, method, srv.Host+path, body)
	return status, got
}

func send(t *testing.T, token, method, url, body string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(got), resp.Header
}

func TestWrongTokenIsRefused(t *testing.T) {
	e := &fakeEngine{}
	srv := start(t, e)
	if err := connect(t, srv, dbsql.WithAccessToken("wrong")).PingContext(t.Context()); err == nil || !strings.Contains(err.Error(), "Invalid access token") {
		t.Errorf("the driver: %v", err)
	}
	for _, path := range []string{srv.HTTPPath, "/api/2.0/fs/files/Volumes/main/default/stage/f", "/api/2.0/fs/directories/Volumes/main/default/stage", "/sandbox/log"} {
		for _, token := range []string{"", "wrong", srv.Token + "x"} {
			status, _, header := send(t, token, http.MethodGet, srv.Host+path, "")
			if status != http.StatusUnauthorized || header.Get("X-Databricks-Reason-Phrase") == "" {
				t.Errorf("%s with token %q: %d, %v", path, token, status, header)
			}
		}
	}
	if e.opened != 0 {
		t.Error("a session was opened")
	}
}

func TestSideEndpoints(t *testing.T) {
	srv := start(t, &fakeEngine{})
	for path, want := range map[string]int{
		"/api/2.0/connector-service/feature-flags/GOLANG/1.14.0": http.StatusOK,
		"/telemetry-ext":    http.StatusOK,
		"/telemetry-unauth": http.StatusOK,
		"/sandbox/log":      http.StatusNotFound, // no Control
		"/sql/1.0/other":    http.StatusNotFound,
		srv.HTTPPath:        http.StatusMethodNotAllowed,
	} {
		if status, body := do(t, srv, http.MethodGet, path, ""); status != want {
			t.Errorf("%s: %d %s, want %d", path, status, body, want)
		}
	}
	if status, _ := do(t, srv, http.MethodPost, "/sql/protocolv1/o/0/cluster", "no thrift"); status != http.StatusBadRequest {
		t.Errorf("a malformed call: %d", status)
	}
	if status, _ := do(t, srv, http.MethodPost, srv.HTTPPath, strings.Repeat("x", 33<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a huge call: %d", status)
	}
}

func TestClusterPath(t *testing.T) {
	srv := start(t, &fakeEngine{})
	if err := connect(t, srv, dbsql.WithHTTPPath("/sql/protocolv1/o/0/0123-456789-abc")).PingContext(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	srv := start(t, &fakeEngine{})
	if want := fmt.Sprintf("http://127.0.0.1:%d", srv.Port); srv.Host != want {
		t.Errorf("host %q, want %q", srv.Host, want)
	}
	if _, err := sandbox.Start(t.Context(), sandbox.Options{Engine: &fakeEngine{}, Port: srv.Port}); err == nil {
		t.Error("two servers on one port")
	}
}

func TestFilesAPI(t *testing.T) {
	v := newVolumes(t)
	const files, dirs = "/api/2.0/fs/files/Volumes/main/default/stage/", "/api/2.0/fs/directories/Volumes/main/default/stage"
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"PUT", files + "d/a%20b.parquet", "one", 204, ""},
		{"PUT", files + "d/a%20b.parquet", "two", 409, "ALREADY_EXISTS"},
		{"GET", files + "d/a%20b.parquet", "", 200, "one"},
		{"PUT", files + "d/a%20b.parquet?overwrite=true", "three", 204, ""},
		{"HEAD", files + "d/a%20b.parquet", "", 200, ""},
		{"GET", files + "d/a%20b.parquet", "", 200, "three"},
		{"GET", files + "d", "", 404, "NOT_FOUND"},
		{"GET", files + "none", "", 404, "NOT_FOUND"},
		{"PUT", "/api/2.0/fs/files/Volumes/main/default/none/f", "x", 404, "UC_VOLUME_NOT_FOUND"},
		{"PUT", files + "%2e%2e/other/f", "x", 400, "INVALID_STAGING_PATH"},
		{"PUT", files + "..%2f..%2fother", "x", 400, "INVALID_STAGING_PATH"},
		{"POST", files + "f", "x", 405, "METHOD_NOT_ALLOWED"},
		{"GET", dirs + "/none", "", 404, "PATH_NOT_FOUND"},
		{"GET", dirs + "/d", "", 200, `"path":"/Volumes/main/default/stage/d/a b.parquet","name":"a b.parquet","is_directory":false,"file_size":5`},
		{"GET", dirs, "", 200, `"name":"d","is_directory":true`},
		{"DELETE", files + "d/a%20b.parquet", "", 204, ""},
		{"DELETE", files + "d/a%20b.parquet", "", 404, "NOT_FOUND"},
		{"DELETE", files + "d", "", 404, "NOT_FOUND"},
	} {
		if status, body := do(t, v.srv, c.method, c.path, c.body); status != c.status || !strings.Contains(body, c.want) {
			t.Errorf("%s %s: %d %s, want %d %s", c.method, c.path, status, body, c.status, c.want)
		}
	}
}

func TestListingHasPages(t *testing.T) {
	v := newVolumes(t)
	const dirs = "/api/2.0/fs/directories/Volumes/main/default/stage?page_size=2"
	for _, name := range []string{"c", "a", "b"} {
		do(t, v.srv, http.MethodPut, "/api/2.0/fs/files/Volumes/main/default/stage/"+name, "x")
	}
	if _, body := do(t, v.srv, http.MethodGet, dirs, ""); !strings.Contains(body, `"next_page_token":"b"`) {
		t.Errorf("first page: %s", body)
	}
	if _, body := do(t, v.srv, http.MethodGet, dirs+"&page_token=b", ""); !strings.Contains(body, `"name":"c"`) || strings.Contains(body, "next_page_token") {
		t.Errorf("last page: %s", body)
	}
}

// TestW24_CutUploadLeavesNoFile: a body shorter than its announced length is no file.
func TestW24_CutUploadLeavesNoFile(t *testing.T) {
	v := newVolumes(t)
	conn, err := net.Dial("tcp", strings.TrimPrefix(v.srv.Host, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "PUT /api/2.0/fs/files/Volumes/main/default/stage/f HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\n\r\nhalf",
		v.srv.Token)
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err == nil && resp.StatusCode < 400 {
		t.Errorf("answered %s", resp.Status)
	}
	_ = conn.Close()
	if files := v.files(); len(files) != 0 {
		t.Errorf("left %v", files)
	}
}

// TestPresignedURLs work for what they were made for, and for nothing else.
func TestPresignedURLs(t *testing.T) {
	v := newVolumes(t)
	url := presign(t, v, "PUT 'x' INTO '/Volumes/main/default/stage/f'")
	for name, change := range map[string][2]string{
		"another file": {"stage/f", "stage/g"},
		"overwriting":  {"overwrite=false", "overwrite=true"},
		"a later end":  {"expires=", "expires=9"},
		"no signature": {"signature=", "s="},
		"another path": {"/staging/Volumes", "/staging/Volumes/../Volumes"},
		"a parent":     {"stage/f", "stage/../f"},
	} {
		if status, body, _ := send(t, "", http.MethodPut, strings.Replace(url, change[0], change[1], 1), "x"); status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		if status, _, _ := send(t, "", method, url, ""); status != http.StatusForbidden {
			t.Errorf("%s with a URL for PUT: %d", method, status)
		}
	}
	if status, body, _ := send(t, "", http.MethodPut, url, "x"); status != http.StatusOK {
		t.Errorf("as meant: %d %s", status, body)
	}
	if status, _, _ := send(t, "", http.MethodPut, url, "y"); status != http.StatusConflict {
		t.Errorf("a second time, without OVERWRITE: %d", status)
	}
	if diff := cmp.Diff(map[string]string{"main/default/stage/f": "x"}, v.files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// presign runs a staging statement as a query, for its URL.
func presign(t *testing.T, v *volumes, statement string) string {
	t.Helper()
	return scan(t, v.db, statement)[0][1].(string)
}
