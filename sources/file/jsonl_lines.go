package file

import "bytes"

// lineScanner splits an input into lines without allocating.
type lineScanner struct {
	w    *window
	line int64 // of the current line, from 1
	next int   // in w.buf: where the next line begins
	cut  bool  // no line break ends the line: it is the last one, or the file was cut in it
}

func newLineScanner(w *window) *lineScanner { return &lineScanner{w: w, next: w.start} }

// scan returns the next line that is not blank, without its line break; false at the end of the input. The line is a
// view that lives until the next call.
func (s *lineScanner) scan() (line []byte, ok bool, err error) {
	for {
		if line, ok, err = s.any(); err != nil || !ok {
			return nil, false, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, true, nil
		}
	}
}

func (s *lineScanner) any() (line []byte, ok bool, err error) {
	s.w.start = s.next
	s.line++
	for from := 0; ; {
		rest := s.w.buf[s.w.start:s.w.end]
		if n := bytes.IndexByte(rest[from:], '\n'); n >= 0 {
			s.next = s.w.start + from + n + 1
			return rest[:from+n], true, nil
		}
		from = len(rest)
		grown, err := s.w.more()
		if err != nil {
			return nil, false, err
		}
		if !grown {
			s.next, s.cut = s.w.end, true
			return s.w.buf[s.w.start:s.w.end], s.w.end > s.w.start, nil
		}
	}
}
