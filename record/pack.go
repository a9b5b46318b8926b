package record

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/klauspost/compress/zstd"
	"github.com/zeebo/xxh3"
)

// packFormat is the first byte of packed rows: then 16 bytes, XXH3-128 over the Arrow IPC stream, and the stream itself,
// compressed with Zstandard.
const (
	packFormat = 1
	packHeader = 1 + 16
)

// errPacked says nothing of the bytes: they may hold values.
var errPacked = errors.New("the rows are damaged: they do not match their checksum")

// Pack returns the rows of b as bytes that Unpack reads, in this version of drt and in later ones.
func Pack(b arrow.RecordBatch) ([]byte, error) {
	var stream bytes.Buffer
	w := ipc.NewWriter(&stream, ipc.WithSchema(b.Schema()))
	if err := errors.Join(w.Write(b), w.Close()); err != nil {
		return nil, fmt.Errorf("pack rows: %w", err)
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("pack rows: %w", err)
	}
	sum := xxh3.Hash128(stream.Bytes()).Bytes()
	packed := append(append(make([]byte, 0, packHeader+stream.Len()/2), packFormat), sum[:]...)
	return z.EncodeAll(stream.Bytes(), packed), z.Close()
}

// Unpack reads what Pack wrote; the caller releases it. Bytes that are anything else, or hold more than maxBytes, are an
// error: Arrow sees nothing that does not match its checksum.
func Unpack(packed []byte, maxBytes int64) (b arrow.RecordBatch, err error) {
	stream, err := unpackStream(packed, maxBytes)
	if err != nil {
		return nil, err
	}
	defer func() {
		if v := recover(); v != nil {
			b, err = nil, fmt.Errorf("the rows cannot be read by this version of drt: %v", v)
		}
	}()
	r, err := ipc.NewReader(bytes.NewReader(stream))
	if err != nil {
		return nil, fmt.Errorf("unpack rows: %w", err)
	}
	defer r.Release()
	if !r.Next() {
		return nil, fmt.Errorf("unpack rows: %w", errors.Join(errors.New("there are none"), r.Err()))
	}
	b = r.RecordBatch()
	b.Retain()
	return b, nil
}

func unpackStream(packed []byte, maxBytes int64) ([]byte, error) {
	if len(packed) < packHeader || packed[0] != packFormat {
		return nil, errors.New("the rows are not in a format that this version of drt knows")
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(max(1, maxBytes))), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("unpack rows: %w", err)
	}
	defer z.Close()
	stream, err := z.DecodeAll(packed[packHeader:], nil)
	switch {
	case errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded):
		return nil, fmt.Errorf("the rows are larger than %d bytes", maxBytes)
	case err != nil:
		return nil, errPacked
	}
	if sum := xxh3.Hash128(stream).Bytes(); !bytes.Equal(sum[:], packed[1:packHeader]) {
		return nil, errPacked
	}
	return stream, nil
}
