package wire

import (
	"net/http"
	"strconv"
	"time"
)

const (
	// The headers in which clients look for the reason of a refusal.
	headerReason = "X-Databricks-Reason-Phrase"
	headerThrift = "X-Thriftserver-Error-Message"
)

// outcome is what becomes of an HTTP exchange; the zero value is a plain answer.
type outcome struct {
	status     int // answer with this status instead
	retryAfter time.Duration
	lost       bool // answer that the session is unknown
	drop       bool // close the connection without an answer
	cut        bool // close it half way through the answer
}

func (o outcome) plain() bool { return o == outcome{} }

// describe is how the log names an outcome.
func (o outcome) describe() string {
	switch {
	case o.status != 0:
		return "HTTP " + strconv.Itoa(o.status)
	case o.lost:
		return "session lost"
	case o.drop:
		return "connection dropped"
	case o.cut:
		return "answer cut"
	}
	return ""
}

// refuse answers w if o leaves no answer to the caller, and reports whether it did. It does not return if the connection
// is to be closed.
func (o outcome) refuse(w http.ResponseWriter, session string) bool {
	switch {
	case o.drop:
		panic(http.ErrAbortHandler) // the server closes the connection
	case o.lost:
		// Only this header makes the driver give up the connection; the text of a status does not.
		w.Header().Set(headerThrift, "Invalid SessionHandle: SessionHandle ["+session+"]")
		w.WriteHeader(http.StatusNotFound)
	case o.status != 0:
		if o.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(o.retryAfter.Seconds())))
		}
		w.Header().Set(headerReason, "injected: "+http.StatusText(o.status))
		w.WriteHeader(o.status)
	default:
		return false
	}
	return true
}

// send writes body as the answer, or half of it.
func (o outcome) send(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if !o.cut {
		_, _ = w.Write(body) // the client went away: nobody is left to tell
		return
	}
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}
