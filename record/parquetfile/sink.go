package parquetfile

import "io"

const magic = "PAR1"

// sink counts the bytes that are out, and keeps the first error. After an error nothing more is written: a file with a
// gap must not look whole.
type sink struct {
	w   io.Writer
	n   int64
	err error
}

// Write implements io.Writer.
func (s *sink) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(p)
	s.n += int64(n)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	s.err = err
	return n, err
}

// Tell is the position in the file.
func (s *sink) Tell() int64 { return s.n }
