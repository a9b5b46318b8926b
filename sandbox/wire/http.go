package wire

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// maxBody is more than any statement may have: 16 MiB of text and 1 MiB of parameters.
const maxBody = 32 << 20

// endpoint matches the paths under which warehouses and clusters are reached.
var endpoint = regexp.MustCompile(`^/sql/(1\.0/warehouses/[^/]+|protocolv1/o/[^/]+/[^/]+)/?$`)

// ServeHTTP implements http.Handler. Paths are matched as they are: nothing is cleaned or redirected.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, stagingPrefix):
		s.serveStaging(w, r) // the signature is its authority
	case strings.HasPrefix(path, "/telemetry-"):
		writeJSONBody(w, http.StatusOK, struct{}{})
	case !s.authorized(r.Header.Get("Authorization")):
		w.Header().Set(headerReason, "Invalid access token.")
		writeJSONBody(w, http.StatusUnauthorized, apiError{"UNAUTHENTICATED", "Invalid access token."})
	case endpoint.MatchString(path):
		s.serveThrift(w, r)
	case strings.HasPrefix(path, filesPrefix):
		s.serveFiles(w, r)
	case strings.HasPrefix(path, directoriesPrefix):
		s.serveDirectories(w, r)
	case strings.HasPrefix(path, "/api/2.0/connector-service/feature-flags/"):
		writeJSONBody(w, http.StatusOK, featureFlags{Flags: []string{}, TTL: 900})
	case s.Control && strings.HasPrefix(path, controlPrefix):
		s.serveControl(w, r)
	default:
		writeJSONBody(w, http.StatusNotFound, apiError{"ENDPOINT_NOT_FOUND", "The sandbox has no " + path})
	}
}

type featureFlags struct {
	Flags []string `json:"flags"`
	TTL   int      `json:"ttl_seconds"`
}

// apiError is how the REST endpoints word an error.
type apiError struct {
	Code    string `json:"error_code"`
	Message string `json:"message"`
}

func writeJSONBody(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error_code":"INTERNAL_ERROR"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}

func (s *Server) serveThrift(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		writeJSONBody(w, http.StatusMethodNotAllowed, apiError{"METHOD_NOT_ALLOWED", "Thrift calls are sent by POST."})
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		status := http.StatusBadRequest
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			status = http.StatusRequestEntityTooLarge
		}
		w.Header().Set(headerReason, err.Error())
		w.WriteHeader(status)
		return
	}
	c := &call{base: baseURL(r)}
	reply, err := s.process(r.Context(), c, body)
	if err != nil {
		w.Header().Set(headerReason, "malformed request")
		writeJSONBody(w, http.StatusBadRequest, apiError{"MALFORMED_REQUEST", err.Error()})
		return
	}
	if !c.out.refuse(w, c.session) {
		c.out.send(w, "application/x-thrift", reply)
	}
}

// baseURL is where the client reached us.
func baseURL(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
