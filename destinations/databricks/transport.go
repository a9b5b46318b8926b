package databricks

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"time"
)

// transport lies under the driver, whose own retries are off: the driver would send an INSERT again after a 503 that
// came when the INSERT had already committed. It knows the calls of the protocol apart, so it repeats those that
// change nothing, never ExecuteStatement; it remembers for each statement whether anything was sent and what came
// back; and it keeps telemetry at home.
type transport struct {
	base  *http.Transport
	pause func(context.Context, time.Duration) error
	brief time.Duration // how long a call that only ends something may take, its repetitions included
}

// How a call that changes nothing is repeated.
const (
	callAttempts   = 6
	firstPause     = 200 * time.Millisecond
	longestPause   = 5 * time.Second
	maxRetryAfter  = 30 * time.Second
	idleConnection = 45 * time.Second // below what load balancers allow: a stale connection loses a reply
	endingTakes    = 10 * time.Second
)

// network is HTTP as this machine has it, its proxies and certificates included.
func network() *http.Transport {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.IdleConnTimeout = idleConnection
	return base
}

func newTransport(base *http.Transport) *transport {
	return &transport{base: base, pause: pause, brief: endingTakes}
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if isTelemetry(req.URL.Path) {
		return answerLocally(req), nil
	}
	body, err := readBody(req)
	if err != nil {
		return nil, err
	}
	call := thriftCall(body)
	if ending(call) {
		return t.end(req, call, body)
	}
	return t.send(req, call, body)
}

// end sends a call that only ends something. The driver sends it under a context that never ends, so that a server which
// does not answer would keep a run up for a quarter of an hour, whatever its deadline.
func (t *transport) end(req *http.Request, call string, body []byte) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), t.brief)
	defer cancel()
	resp, err := t.send(req.WithContext(ctx), call, body)
	if resp == nil || err != nil {
		return resp, err
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(text))
	return resp, nil
}

// send sends the request, and again if that can do no harm.
func (t *transport) send(req *http.Request, call string, body []byte) (*http.Response, error) {
	attempts := 1
	if repeatable(call) {
		attempts = callAttempts
	}
	for i := 1; ; i++ {
		resp, err := t.once(req, call, body)
		wait, again := worthRepeating(resp, err, i)
		if !again || i >= attempts || req.Context().Err() != nil {
			return onlyError(call, resp, err)
		}
		if resp != nil {
			discard(resp)
		}
		if perr := t.pause(req.Context(), wait); perr != nil {
			return nil, perr
		}
	}
}

// once sends the request a single time and notes what became of it in the exchange of its context.
func (t *transport) once(req *http.Request, call string, body []byte) (*http.Response, error) {
	r := req.Clone(req.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	// With GetBody net/http repeats a request of which nothing was written; it repeats no other POST.
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	x := exchangeOf(req.Context())
	if x == nil || call != "ExecuteStatement" && call != "OpenSession" {
		return t.base.RoundTrip(r)
	}
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{WroteHeaders: x.wrote}))
	resp, err := t.base.RoundTrip(r)
	if resp != nil {
		x.answered(resp)
	}
	return resp, err
}

// onlyError makes a reply to a call that is no success an error: the driver would return both, which net/http complains
// about on stderr. The text is what the driver looks for: a lost session is known by it.
func onlyError(call string, resp *http.Response, err error) (*http.Response, error) {
	if err != nil || call == "" {
		return resp, err
	}
	if resp.StatusCode == http.StatusOK {
		if call != "CloseSession" {
			return resp, nil
		}
		discard(resp)
		return nil, errSessionClosed
	}
	text := "unexpected HTTP status " + resp.Status
	for _, name := range []string{"X-Databricks-Reason-Phrase", "X-Thriftserver-Error-Message"} {
		if reason := resp.Header.Get(name); reason != "" {
			text = reason + ": " + text
			break
		}
	}
	discard(resp)
	return nil, errors.New(text)
}

// errSessionClosed stands for the reply to CloseSession. The driver does not close the body of its last reply, and
// net/http then keeps a goroutine for it until the client's timeout of 15 minutes; after an error it keeps none.
var errSessionClosed = errors.New("the session is closed")

// discard reads resp to its end, so that its connection serves again.
func discard(resp *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
	_ = resp.Body.Close()
}

func readBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer func() { _ = req.Body.Close() }()
	buf := bytes.NewBuffer(make([]byte, 0, max(req.ContentLength, 0)+bytes.MinRead))
	_, err := buf.ReadFrom(req.Body)
	return buf.Bytes(), err
}

// thriftCall reads the name of the call from a message in Thrift's strict binary protocol; "" if it is none.
func thriftCall(body []byte) string {
	if len(body) < 8 || body[0] != 0x80 || body[1] != 0x01 {
		return ""
	}
	n := binary.BigEndian.Uint32(body[4:8])
	if n > 64 || int(n) > len(body)-8 {
		return ""
	}
	return string(body[8 : 8+n])
}

// repeatable calls have the same effect once or twice. FetchResults is not one of them: it moves on.
func repeatable(call string) bool {
	return ending(call) || call == "GetOperationStatus" || call == "GetResultSetMetadata"
}

// ending calls only end something, which the server would end by itself, later.
func ending(call string) bool {
	return call == "CancelOperation" || call == "CloseOperation" || call == "CloseSession"
}

func worthRepeating(resp *http.Response, err error, attempt int) (time.Duration, bool) {
	wait := min(firstPause<<(attempt-1), longestPause)
	if err != nil {
		return wait, true
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if after := retryAfter(resp.Header); after > 0 {
			wait = after
		}
		return wait, true
	}
	return 0, false
}

// retryAfter is what the server asks for, at most maxRetryAfter; 0 if it asks for nothing.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(h.Get("Retry-After")))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, maxRetryAfter)
}

// The driver asks a feature flag whether to send telemetry. There is no option against it beside a DSN, so both end
// here: no flag is set, and nothing is sent.
func isTelemetry(path string) bool {
	return strings.HasPrefix(path, "/telemetry") || strings.Contains(path, "/connector-service/feature-flags/")
}

func answerLocally(req *http.Request) *http.Response {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	const none = `{"flags":[],"ttl_seconds":86400}`
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        http.Header{"Content-Type": {"application/json"}},
		Body:          io.NopCloser(strings.NewReader(none)),
		ContentLength: int64(len(none)), Request: req,
	}
}

// pause waits for d or until ctx ends, whose error it returns.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
