package file

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// openInput opens a file for reading from its beginning, decompressed if its name ends in .gz or .zst. A compressed
// file that is cut off ends in io.ErrUnexpectedEOF.
func openInput(p path) (io.ReadCloser, error) {
	if p.stdin != nil {
		return io.NopCloser(p.stdin), nil
	}
	f, err := os.Open(p.name)
	if err != nil {
		return nil, ioError(p, "open", err)
	}
	in, err := decompress(p, f)
	if err != nil {
		f.Close()
		return nil, ioError(p, "open", err)
	}
	return in, nil
}

func decompress(p path, f *os.File) (io.ReadCloser, error) {
	switch name := strings.ToLower(p.name); {
	case strings.HasSuffix(name, ".gz"):
		z, err := gzip.NewReader(f)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF // not even the header of an empty .gz
		}
		return unpacked{z, f, z}, err
	case strings.HasSuffix(name, ".zst"):
		// One goroutine: the rows are made elsewhere, and what is read ahead is memory.
		z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, err
		}
		return unpacked{z, f, z.IOReadCloser()}, nil
	}
	return f, nil
}

// unpacked reads through a decompressor and closes both.
type unpacked struct {
	io.Reader
	file         *os.File
	decompressor io.Closer
}

// Close implements io.Closer. What the decompressor has to say it said in Read.
func (u unpacked) Close() error {
	_ = u.decompressor.Close()
	return u.file.Close()
}

// stoppable is a reader that gives up when ctx ends. A read of a file returns soon by itself; a read of standard
// input may wait for ever, so that it happens on a goroutine of its own, which a canceled read leaves behind until
// its data comes: nothing can interrupt it.
type stoppable struct {
	ctx  context.Context // of the call of Next that is running
	in   io.Reader
	wait bool // reads may wait: standard input

	pending chan piece
	rest    []byte
	err     error
}

// remaining is what is left of the input, read without the old context.
func (s *stoppable) remaining() io.Reader {
	s.ctx = context.Background()
	return s
}

type piece struct {
	bytes []byte
	err   error
}

// Read implements io.Reader.
func (s *stoppable) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	if !s.wait {
		return s.in.Read(b)
	}
	for len(s.rest) == 0 && s.err == nil {
		if s.pending == nil {
			s.pending = make(chan piece, 1)
			go func(to chan<- piece) {
				buf := make([]byte, windowSize)
				n, err := s.in.Read(buf)
				to <- piece{buf[:n], err}
			}(s.pending)
		}
		select {
		case p := <-s.pending:
			s.rest, s.err, s.pending = p.bytes, p.err, nil
		case <-s.ctx.Done():
			return 0, s.ctx.Err()
		}
	}
	n := copy(b, s.rest)
	if s.rest = s.rest[n:]; n > 0 {
		return n, nil
	}
	return 0, s.err
}
