package databricks

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A server that does not answer when an operation is closed holds a run up for a moment only.
func TestCallsThatEndSomethingAreBrief(t *testing.T) {
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(over)
	tr := newTransport(network())
	defer tr.base.CloseIdleConnections()
	if tr.brief != endingTakes {
		t.Fatalf("brief is %s", tr.brief)
	}
	tr.brief = 50 * time.Millisecond
	for _, call := range []string{"CloseOperation", "CancelOperation", "CloseSession"} {
		body := "\x80\x01\x00\x01\x00\x00\x00" + string(rune(len(call))) + call + "\x00\x00\x00\x01\x00"
		req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, server.URL, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		resp, err := tr.RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s was answered", call)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %s", call, took)
		}
	}
}
