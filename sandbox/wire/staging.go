package wire

import (
	"fmt"
	"net/http"
	"time"
)

// stagingStatement answers PUT, GET and REMOVE with the URL that the client then uses by itself.
func (s *Server) stagingStatement(base string, st *volumeStatement) (*Result, error) {
	path, err := parseVolumePath(st.path)
	if err != nil {
		return nil, err
	}
	if err := s.Volumes.check(path.volumeName); err != nil {
		return nil, err
	}
	if path.rest == "" {
		return nil, &Error{Class: "INVALID_STAGING_PATH_IN_STAGING_ACCESS_QUERY", SQLState: "42604",
			Message: fmt.Sprintf("Invalid path %q: it names a volume, not a file in it.", st.path)}
	}
	if st.verb == "PUT" && !st.overwrite {
		if _, err := s.Volumes.root.Stat(path.local()); err == nil {
			return nil, &Error{Class: "FILE_IN_STAGING_PATH_ALREADY_EXISTS", SQLState: "42K04",
				Message: fmt.Sprintf("File in staging path %s already exists but OVERWRITE is not set.", path)}
		}
	}
	method := map[string]string{"PUT": http.MethodPut, "GET": http.MethodGet, "REMOVE": http.MethodDelete}[st.verb]
	url := s.url(base, presigned{method: method, path: path, overwrite: st.overwrite, expires: time.Now().Add(presignedFor).Unix()})
	names := []string{"operation", "presignedUrl", "headers"}
	row := []any{st.verb, url, "{}"}
	if st.verb != "REMOVE" {
		names, row = append(names, "localFile"), append(row, st.local)
	}
	return textResult(names, [][]any{row}), nil
}

// serveStaging serves presigned URLs. Whoever has one needs no token.
func (s *Server) serveStaging(w http.ResponseWriter, r *http.Request) {
	p, ok := s.verify(r)
	if s.Volumes == nil || !ok {
		writeJSONBody(w, http.StatusForbidden, apiError{"PERMISSION_DENIED", "The URL is not valid, or no longer."})
		return
	}
	switch r.Method {
	case http.MethodPut:
		s.upload(w, r, p.path, p.overwrite, http.StatusOK)
	case http.MethodGet:
		s.download(w, r, p.path)
	case http.MethodDelete:
		s.delete(w, r, p.path)
	default:
		writeJSONBody(w, http.StatusMethodNotAllowed, apiError{"METHOD_NOT_ALLOWED", r.Method})
	}
}
