package databricks

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// request is one that reached the endpoint.
type request struct {
	Path, Token, Call, Agent string
}

// endpoint answers HTTP with what reply says for request n, counted from 1.
type endpoint struct {
	*httptest.Server
	mu  sync.Mutex
	got []request
}

func newEndpoint(t *testing.T, reply func(n int, w http.ResponseWriter)) *endpoint {
	t.Helper()
	e := &endpoint{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		e.got = append(e.got, request{r.URL.Path, r.Header.Get("Authorization"), thriftCall(body), r.Header.Get("User-Agent")})
		n := len(e.got)
		e.mu.Unlock()
		reply(n, w)
	}))
	t.Cleanup(e.Close)
	return e
}

func (e *endpoint) requests() []request {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.got
}

// destinationAt is a destination whose environment names e; waits are counted, not waited.
func destinationAt(t *testing.T, e *endpoint, waits *[]time.Duration) *Destination {
	t.Helper()
	c := Defaults()
	c.Catalog, c.Schema, c.Table = "main", "default", "t"
	vars := map[string]string{"DATABRICKS_HOST": e.URL, "DATABRICKS_HTTP_PATH": "/sql/1.0/warehouses/abc", "DATABRICKS_TOKEN": "dapi-secret"}
	d, err := New(c, connector.Env{Version: "1.2.3", Lookup: func(n string) (string, bool) { v, ok := vars[n]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	d.pause = func(ctx context.Context, w time.Duration) error {
		*waits = append(*waits, w)
		return ctx.Err()
	}
	return d
}

// Row 4 of the specification, and W23: the address, the path and the token arrive, and a refusal is final.
func TestSeed4_W23_RefusedTokenIsOneAttempt(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		e := newEndpoint(t, func(_ int, w http.ResponseWriter) {
			w.Header().Set("X-Databricks-Reason-Phrase", "Invalid access token")
			w.WriteHeader(status)
		})
		var waits []time.Duration
		_, err := destinationAt(t, e, &waits).connect(t.Context(), queryTags("s", "r", "sr"), nil)
		if connector.KindOf(err) != connector.KindAuth || strings.Contains(err.Error(), "dapi-secret") {
			t.Errorf("%d: %v", status, err)
		}
		got := e.requests()
		if len(got) != 1 || len(waits) != 0 {
			t.Fatalf("%d requests, %d waits, want one attempt", len(got), len(waits))
		}
		if !strings.Contains(got[0].Agent, "drt/1.2.3") {
			t.Errorf("user agent %q", got[0].Agent)
		}
		got[0].Agent = ""
		if diff := cmp.Diff(request{"/sql/1.0/warehouses/abc", "Bearer dapi-secret", "OpenSession", ""}, got[0]); diff != "" {
			t.Errorf("request (-want +got):\n%s", diff)
		}
	}
}

// W22: a sleeping warehouse answers 503 for minutes. Retry-After is honoured up to a cap, and people are told.
func TestW22_ColdStart(t *testing.T) {
	e := newEndpoint(t, func(n int, w http.ResponseWriter) {
		switch n {
		case 1:
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusServiceUnavailable)
		case 2:
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusServiceUnavailable)
		case 3:
			w.WriteHeader(http.StatusServiceUnavailable)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	})
	var waits []time.Duration
	var told []string
	_, err := destinationAt(t, e, &waits).connect(t.Context(), nil, func(p destinations.Progress) { told = append(told, p.Doing) })
	if connector.KindOf(err) != connector.KindAuth {
		t.Errorf("the reply that ends the wait is reported: %v", err)
	}
	if len(waits) != 3 || waits[0] != 7*time.Second || waits[1] != maxRetryAfter || waits[2] > 15*time.Second {
		t.Errorf("waits: %v", waits)
	}
	if len(told) != 3 || told[0] != "waiting for the warehouse to start" {
		t.Errorf("progress: %q", told)
	}
}

// W22: the wait is bounded by start_timeout, the last pause included, and the error says so.
func TestW22_StartTimeout(t *testing.T) {
	const patience = 50 * time.Millisecond
	for _, asleep := range []func(w http.ResponseWriter){
		func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(http.StatusServiceUnavailable)
		},
		func(w http.ResponseWriter) {
			w.Header().Set("X-Thriftserver-Error-Message", "Session handle 1234 has not been initialized")
			w.WriteHeader(http.StatusInternalServerError)
		},
	} {
		e := newEndpoint(t, func(_ int, w http.ResponseWriter) { asleep(w) })
		var waits []time.Duration
		d := destinationAt(t, e, &waits)
		d.cfg.StartTimeout = connector.Duration(patience)
		_, err := d.connect(t.Context(), nil, nil)
		var failed *connector.Error
		if !asError(err, &failed) || failed.Kind != connector.KindTransient || !strings.Contains(failed.Hint, "start_timeout") ||
			!strings.Contains(failed.Message, "did not start within 50ms") {
			t.Errorf("%#v", err)
		}
		if len(waits) == 0 {
			t.Error("one attempt is no patience")
		}
		for _, w := range waits {
			if w > patience {
				t.Errorf("waits %s of %s", w, patience)
			}
		}
	}
}

func TestUnknownHostIsAConfigError(t *testing.T) {
	var waits []time.Duration
	e := &endpoint{Server: &httptest.Server{URL: "https://does-not-exist.invalid"}}
	_, err := destinationAt(t, e, &waits).connect(t.Context(), nil, nil)
	if k := connector.KindOf(err); k != connector.KindConfig && k != connector.KindTransient {
		t.Errorf("%s: %v", k, err)
	}
	if len(waits) >= readAttempts {
		t.Errorf("%d waits for a host that is not there", len(waits))
	}
}

// The transport repeats what changes nothing, never a statement, and keeps telemetry at home.
func TestTransport(t *testing.T) {
	for _, c := range []struct {
		call    string
		want    int // requests that arrive
		waiting int
	}{
		{"GetOperationStatus", callAttempts, callAttempts - 1},
		{"CloseOperation", callAttempts, callAttempts - 1},
		{"ExecuteStatement", 1, 0},
		{"FetchResults", 1, 0},
		{"OpenSession", 1, 0},
	} {
		e := newEndpoint(t, func(_ int, w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) })
		waits := 0
		tr := newTransport(network())
		tr.pause = func(context.Context, time.Duration) error { waits++; return nil }
		ctx, x := withExchange(t.Context())
		if _, err := tr.RoundTrip(post(t, ctx, e.URL+"/sql", c.call)); err == nil || !strings.Contains(err.Error(), "HTTP status 503") {
			t.Errorf("%s: %v", c.call, err)
		}
		if got := len(e.requests()); got != c.want || waits != c.waiting {
			t.Errorf("%s: %d requests, %d waits; want %d and %d", c.call, got, waits, c.want, c.waiting)
		}
		if r := x.reply(); c.call == "ExecuteStatement" && (r.unsent || r.status != http.StatusServiceUnavailable) {
			t.Errorf("exchange: %+v", r)
		}
	}
}

func TestTransportKnowsWhatWasNotSent(t *testing.T) {
	e := newEndpoint(t, func(int, http.ResponseWriter) {})
	e.Close()
	ctx, x := withExchange(t.Context())
	if _, err := newTransport(network()).RoundTrip(post(t, ctx, e.URL, "ExecuteStatement")); err == nil {
		t.Fatal("a closed endpoint answers")
	}
	if r := x.reply(); !r.unsent {
		t.Errorf("exchange: %+v", r)
	}
}

func TestTelemetryStaysAtHome(t *testing.T) {
	e := newEndpoint(t, func(int, http.ResponseWriter) {})
	for _, path := range []string{"/telemetry-ext", "/telemetry-unauth", "/api/2.0/connector-service/feature-flags/GOLANG/1.14.0"} {
		resp, err := newTransport(network()).RoundTrip(post(t, t.Context(), e.URL+path, "x"))
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %v %v", path, resp, err)
		}
	}
	if got := e.requests(); len(got) != 0 {
		t.Errorf("left this machine: %+v", got)
	}
}

// post is a request as the driver sends it: Thrift's binary protocol.
func post(t *testing.T, ctx context.Context, url, call string) *http.Request {
	t.Helper()
	body := append([]byte{0x80, 0x01, 0, 1, 0, 0, 0, byte(len(call))}, call...)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(append(body, 0, 0, 0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestQueryTagsAreShort(t *testing.T) {
	for k, v := range queryTags(strings.Repeat("ü", 500), "r", "s") {
		if n := len([]rune(v)); n > 128 {
			t.Errorf("%s is %d characters long", k, n)
		}
	}
}
