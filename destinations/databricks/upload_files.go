package databricks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/drt-go/drt/connector"
)

// filesAPI uploads over the workspace's Files API: files stream from disk, beside the session's connection. It is safe
// for concurrent use.
type filesAPI struct {
	client *http.Client
	base   string // "https://host:443"
	agent  string
	login  interface{ Authenticate(*http.Request) error }
}

// Paths of the Files API, and how many uploads may run at a time: one stream does not fill the line.
const (
	filesPath       = "/api/2.0/fs/files"
	directoriesPath = "/api/2.0/fs/directories"
	uploadLanes     = 2
	stalled         = time.Minute // without an answer to headers
)

// filesFinder asks a workspace whether it offers the Files API for v: nil if it does not.
type filesFinder func(ctx context.Context, v volume) (carrier, error)

// newFilesAPI prepares the API at a, without I/O.
func newFilesAPI(a address, who *login, agent string, base *http.Transport) *filesAPI {
	base.ResponseHeaderTimeout = 10 * time.Minute // of a file, whose body comes first
	base.ExpectContinueTimeout = stalled          // a refusal comes before the body is sent
	return &filesAPI{
		client: &http.Client{Transport: base, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		base:   fmt.Sprintf("%s:%d", a.server(), a.port), agent: agent, login: who,
	}
}

func (*filesAPI) name() string { return "the Files API" }

func (*filesAPI) lanes() int { return uploadLanes }

// offered asks once whether the host has the API and the volume. Whatever is not a clear answer about the volume is
// left to SQL, which everybody understands.
func (f *filesAPI) offered(ctx context.Context, v volume) (bool, error) {
	err := f.do(ctx, "look at volume "+v.plain(), http.MethodGet, directoriesPath+v.path(), url.Values{"page_size": {"1"}}, nil)
	if err == nil {
		return true, nil
	}
	var e *connector.Error
	switch {
	case ctx.Err() != nil:
		return false, interrupted(ctx)
	case !asError(err, &e), e.Class == "", e.Class == "ENDPOINT_NOT_FOUND":
		return false, nil
	case e.Kind == connector.KindNotFound, e.Kind == connector.KindAuth && e.Class == "PERMISSION_DENIED":
		return false, aboutVolume(v, err)
	}
	return false, nil
}

func (f *filesAPI) close() { f.client.CloseIdleConnections() }

func (f *filesAPI) put(ctx context.Context, local, remote string) error {
	file, err := os.Open(local)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return f.do(ctx, "upload "+remote, http.MethodPut, filesPath+remote, url.Values{"overwrite": {"false"}}, file)
}

func (f *filesAPI) remove(ctx context.Context, remote string) error {
	err := f.do(ctx, "remove "+remote, http.MethodDelete, filesPath+remote, nil, nil)
	if connector.KindOf(err) == connector.KindNotFound {
		return nil
	}
	return err
}

// do sends a request once. A 2xx is success.
func (f *filesAPI) do(ctx context.Context, op, method, path string, query url.Values, body *os.File) error {
	u := f.base + (&url.URL{Path: path}).EscapedPath()
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, u, nil)
	if err != nil {
		return internal(op, "no request", err)
	}
	if body != nil {
		info, err := body.Stat()
		if err != nil {
			return err
		}
		req.Body, req.ContentLength = io.NopCloser(body), info.Size()
		req.Header.Set("Content-Type", "application/octet-stream")
		req.Header.Set("Expect", "100-continue")
	}
	req.Header.Set("User-Agent", f.agent)
	if err := f.login.Authenticate(req); err != nil {
		return err
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return lostFile(ctx, op, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil // what the answer holds beyond that does not matter
	}
	if err != nil {
		return lostFile(ctx, op, err)
	}
	return fileRefused(op, resp, text)
}

// lostFile is a request that got no answer: nothing but a file of ours can have changed.
func lostFile(ctx context.Context, op string, err error) error {
	if ctx.Err() != nil {
		return &connector.Error{Kind: connector.KindCanceled, Op: op, Message: "interrupted", Err: ctx.Err()}
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address
	}
	return &connector.Error{Kind: connector.KindTransient, Op: op, Message: "the workspace did not answer: " + clip(err.Error())}
}

// fileRefused classifies an answer that is no success.
func fileRefused(op string, resp *http.Response, text []byte) error {
	var said struct {
		Code    string `json:"error_code"`
		Message string `json:"message"`
	}
	e := &connector.Error{Kind: connector.KindPermanent, Op: op, Message: "HTTP status " + resp.Status}
	if json.Unmarshal(text, &said) == nil && said.Code != "" {
		e.Class, e.Message = said.Code, clip(said.Message)
	}
	switch s := resp.StatusCode; {
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		e.Kind = connector.KindAuth
	case s == http.StatusNotFound:
		e.Kind = connector.KindNotFound
	case s == http.StatusRequestTimeout || transientStatus(s):
		e.Kind = connector.KindTransient
		if wait := retryAfter(resp.Header); wait > 0 {
			e.Err = later(wait)
		}
	}
	return e
}

// later is how long a server asks to wait.
type later time.Duration

// Error implements error.
func (l later) Error() string { return "asked to wait " + time.Duration(l).String() }

// waitOf is how long the server behind err asks to wait, 0 if it does not.
func waitOf(err error) time.Duration {
	var l later
	if errors.As(err, &l) {
		return time.Duration(l)
	}
	return 0
}
