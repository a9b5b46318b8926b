package wire

import (
	"net/http"
	"path"
	"strconv"
	"strings"
)

const (
	filesPrefix       = "/api/2.0/fs/files/"
	directoriesPrefix = "/api/2.0/fs/directories/"
	defaultListing    = 1000
)

// filesPath reads the path behind a prefix of the Files API. It answers r itself if there is none to work with.
func (s *Server) filesPath(w http.ResponseWriter, r *http.Request, prefix string) (filePath, bool) {
	if s.Volumes == nil {
		writeJSONBody(w, http.StatusNotFound, apiError{"NOT_FOUND", "This sandbox was started without volumes."})
		return filePath{}, false
	}
	p, err := parseVolumePath("/" + strings.TrimPrefix(r.URL.Path, prefix))
	if err == nil {
		err = s.Volumes.check(p.volumeName)
	}
	if err != nil {
		writeError(w, err)
		return filePath{}, false
	}
	return p, true
}

// serveFiles serves /api/2.0/fs/files: PUT, GET, HEAD, DELETE of one file.
func (s *Server) serveFiles(w http.ResponseWriter, r *http.Request) {
	p, ok := s.filesPath(w, r, filesPrefix)
	if !ok {
		return
	}
	switch r.Method {
	case http.MethodPut:
		overwrite, err := strconv.ParseBool(r.URL.Query().Get("overwrite"))
		s.upload(w, r, p, err == nil && overwrite, http.StatusNoContent)
	case http.MethodGet, http.MethodHead:
		s.download(w, r, p)
	case http.MethodDelete:
		s.delete(w, r, p)
	default:
		writeJSONBody(w, http.StatusMethodNotAllowed, apiError{"METHOD_NOT_ALLOWED", r.Method})
	}
}

type listing struct {
	Contents []listed `json:"contents,omitempty"`
	Next     string   `json:"next_page_token,omitempty"`
}

type listed struct {
	Path     string `json:"path"`
	Name     string `json:"name"`
	IsDir    bool   `json:"is_directory"`
	Size     int64  `json:"file_size,omitempty"`
	Modified int64  `json:"last_modified"` // milliseconds
}

// serveDirectories serves /api/2.0/fs/directories: GET lists, HEAD says whether the folder exists. The token of a next
// page is the last name of this one: files that come and go meanwhile neither hide nor repeat others.
func (s *Server) serveDirectories(w http.ResponseWriter, r *http.Request) {
	p, ok := s.filesPath(w, r, directoriesPrefix)
	if !ok {
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		writeJSONBody(w, http.StatusMethodNotAllowed, apiError{"METHOD_NOT_ALLOWED", r.Method})
		return
	}
	infos, err := s.Volumes.list(p)
	if err != nil {
		writeError(w, err)
		return
	}
	size, err := strconv.Atoi(r.URL.Query().Get("page_size"))
	if err != nil || size < 1 || size > defaultListing {
		size = defaultListing
	}
	after := r.URL.Query().Get("page_token")
	var out listing
	for _, info := range infos {
		if info.Name() <= after {
			continue
		}
		if len(out.Contents) == size {
			out.Next = out.Contents[size-1].Name
			break
		}
		e := listed{Path: path.Join(p.String(), info.Name()), Name: info.Name(), IsDir: info.IsDir(), Modified: info.ModTime().UnixMilli()}
		if !e.IsDir {
			e.Size = info.Size()
		}
		out.Contents = append(out.Contents, e)
	}
	writeJSONBody(w, http.StatusOK, out)
}
