package wire

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
)

// maxFile is the largest file that the Files API takes.
const maxFile = 5 << 30

// transferred runs the work of one request for a volume file: logged, and with the faults that strike. The work returns
// how many bytes it moved. The error is of the work, and to be told only if the outcome leaves it to us.
func (s *Server) transferred(r *http.Request, p Point, path filePath, work func() (int64, error)) (outcome, error) {
	entry := s.Log.begin(Entry{Point: p, Text: path.String()})
	strike := s.Faults.at(Event{Point: p, Text: path.String()})
	if p == Upload && strike.act != nil && strike.act.Do == Hang && !strike.act.After {
		_, _ = io.Copy(io.Discard, r.Body) // net/http notices that a client goes away only when nothing of it is left to read
	}
	var n int64
	out, err := strike.around(r.Context(), func() (err error) {
		n, err = work()
		return err
	})
	class := out.describe()
	if err != nil && class == "" {
		class = apiErrorOf(err).Code
	}
	s.Log.end(entry, class, n)
	if r.Context().Err() != nil {
		out = outcome{drop: true}
	}
	return out, err
}

func (s *Server) upload(w http.ResponseWriter, r *http.Request, path filePath, overwrite bool, status int) {
	if r.ContentLength > maxFile {
		writeJSONBody(w, http.StatusRequestEntityTooLarge, apiError{"FILE_SIZE_EXCEEDED", "A file has at most 5 GiB."})
		return
	}
	out, err := s.transferred(r, Upload, path, func() (int64, error) {
		return s.Volumes.put(r.Context(), path, http.MaxBytesReader(w, r.Body, maxFile), r.ContentLength, overwrite)
	})
	if out.cut { // half of the body is taken, then the line goes dead
		_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength/2)
		out = outcome{drop: true}
	}
	switch {
	case out.refuse(w, ""):
	case err != nil:
		writeError(w, err)
	default:
		w.WriteHeader(status)
	}
}

// download streams a file. Ranges and conditions work as net/http does them.
func (s *Server) download(w http.ResponseWriter, r *http.Request, path filePath) {
	var file *os.File
	var info fs.FileInfo
	out, err := s.transferred(r, Download, path, func() (n int64, err error) {
		file, info, err = s.Volumes.open(path)
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	})
	if file != nil {
		defer file.Close() //nolint:errcheck // only read
	}
	switch {
	case out.refuse(w, ""):
	case err != nil:
		writeError(w, err)
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		if out.cut {
			sendHalf(w, file, info.Size())
		}
		http.ServeContent(w, r, "", info.ModTime(), file)
	}
}

// sendHalf promises size bytes and closes the connection after half of them.
func sendHalf(w http.ResponseWriter, body io.Reader, size int64) {
	w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	_, _ = io.CopyN(w, body, size/2)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (s *Server) delete(w http.ResponseWriter, r *http.Request, path filePath) {
	out, err := s.transferred(r, Remove, path, func() (int64, error) {
		return 0, s.Volumes.remove(path)
	})
	switch {
	case out.refuse(w, ""):
	case err != nil:
		writeError(w, err)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// writeError answers a failed request for a file.
func writeError(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch e := apiErrorOf(err); e.Code {
	case "NOT_FOUND", "UC_VOLUME_NOT_FOUND", "PATH_NOT_FOUND":
		status = http.StatusNotFound
	case "ALREADY_EXISTS":
		status = http.StatusConflict
	case "INTERNAL_ERROR":
	default:
		status = http.StatusBadRequest
	}
	writeJSONBody(w, status, apiErrorOf(err))
}

func apiErrorOf(err error) apiError {
	known := (*Error)(nil)
	switch {
	case errors.As(err, &known):
		return apiError{known.Class, known.Message}
	case errors.Is(err, fs.ErrNotExist):
		return apiError{"NOT_FOUND", "The file does not exist."}
	case errors.Is(err, errExists):
		return apiError{"ALREADY_EXISTS", "The file exists; overwrite=true replaces it."}
	case errors.Is(err, errLength), errors.Is(err, io.ErrUnexpectedEOF):
		return apiError{"INVALID_PARAMETER_VALUE", errLength.Error()}
	case errors.Is(err, context.Canceled):
		return apiError{"CANCELLED", "The client went away."}
	}
	return apiError{"INTERNAL_ERROR", err.Error()}
}
