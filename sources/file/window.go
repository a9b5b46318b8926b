package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	windowSize = 256 << 10
	// maxRow bounds what one row may take: past it a quote was left open, and the rest of the file is no row.
	maxRow = 64 << 20
)

// window is the part of an input that is in memory: from the beginning of the current row on.
type window struct {
	in    io.Reader
	buf   []byte
	start int // of the current row
	end   int // of what has been read
	eof   bool
}

func newWindow(in io.Reader) *window { return &window{in: in, buf: make([]byte, windowSize)} }

var errRowTooLong = fmt.Errorf("a row longer than %d MiB; a quote may have been left open", maxRow>>20)

// more reads on, keeping what lies between start and end. It reports false at the end of the input. Positions in
// buf before the call are off by the old start after it.
func (w *window) more() (bool, error) {
	if w.eof {
		return false, nil
	}
	if w.start > 0 {
		w.end = copy(w.buf, w.buf[w.start:w.end])
		w.start = 0
	}
	if w.end == len(w.buf) {
		if len(w.buf) >= maxRow {
			return false, errRowTooLong
		}
		w.buf = append(w.buf, make([]byte, len(w.buf))...)
	}
	before := w.end
	// The whole room is filled: a row that does not fit is looked at from its beginning again, so few large steps.
	for w.end < len(w.buf) {
		n, err := w.in.Read(w.buf[w.end:])
		w.end += n
		if err == io.EOF {
			w.eof = true
			break
		}
		if err != nil {
			return false, err
		}
	}
	return w.end > before, nil
}

// skipBOM drops the mark that some programs put at the beginning, and refuses UTF-16.
func (w *window) skipBOM() error {
	if _, err := w.more(); err != nil {
		return err
	}
	head := w.buf[w.start:w.end]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		w.start += 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return errors.New("the text is UTF-16; convert it to UTF-8, for example with iconv")
	}
	return nil
}
