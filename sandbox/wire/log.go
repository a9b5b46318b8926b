package wire

import (
	"encoding/json"
	"io"
	"sync"
	"time"
)

const (
	logEntries  = 10_000
	logBytes    = 64 << 20
	maxLogText  = 64 << 10
	textCutMark = "..."
)

// Entry is one line of the log. Values of parameters are never logged.
type Entry struct {
	N        int64         `json:"n"` // order of arrival, from 1
	Point    Point         `json:"point"`
	Session  string        `json:"session,omitempty"`
	Text     string        `json:"text,omitempty"` // statement, or path of a volume file; cut at 64 KiB
	Params   int           `json:"params"`
	Tags     string        `json:"tags,omitempty"` // query tags as the client sent them
	Started  time.Time     `json:"started"`
	Duration time.Duration `json:"duration_ns"`
	Done     bool          `json:"done"`            // false while it runs
	Class    string        `json:"class,omitempty"` // of the error; what went wrong below SQL is in words: "HTTP 503"
	Bytes    int64         `json:"bytes,omitempty"` // of an upload or download
}

// Log keeps the latest statements, sessions opened, uploads, downloads and removals. Safe for concurrent use.
type Log struct {
	// To receives each finished entry as a line of JSON, if not nil. Set it before use.
	To io.Writer

	mu      sync.Mutex // guards what follows, and the lines written to To
	n       int64
	entries []*Entry
	bytes   int
}

// Entries returns what is kept, in order of arrival: the latest 10,000 entries, fewer if their texts pass 64 MiB.
func (l *Log) Entries() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]Entry, len(l.entries))
	for i, e := range l.entries {
		out[i] = *e
	}
	return out
}

// Reset forgets all entries. Numbers go on.
func (l *Log) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.bytes = nil, 0
}

// begin notes the arrival of e.
func (l *Log) begin(e Entry) *Entry {
	if len(e.Text) > maxLogText {
		e.Text = e.Text[:maxLogText] + textCutMark
	}
	e.Started = time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	e.N = l.n
	l.entries = append(l.entries, &e)
	l.bytes += len(e.Text)
	for len(l.entries) > logEntries || l.bytes > logBytes {
		l.bytes -= len(l.entries[0].Text)
		l.entries = l.entries[1:]
	}
	return &e
}

// end notes how e went.
func (l *Log) end(e *Entry, class string, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Done, e.Class, e.Bytes, e.Duration = true, class, bytes, time.Since(e.Started)
	if l.To == nil {
		return
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, _ = l.To.Write(append(line, '\n')) // a full disk must not stop the warehouse
	}
}
