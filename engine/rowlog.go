package engine

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/drt-go/drt/record"
)

// rowLog remembers which rows were sent, as a hash of the cursor and a hash of the row, until it is known which
// cursor values stay open. It moves to a temporary file when it is large: 10 million rows are 240 MB.
type rowLog struct {
	buf  []byte
	file *os.File
}

const (
	entryBytes   = 8 + 16
	rowLogMemory = 256 << 10 * entryBytes
)

func (l *rowLog) add(cursor uint64, row record.Hash) error {
	if len(l.buf) >= rowLogMemory {
		if err := l.spill(); err != nil {
			return err
		}
	}
	l.buf = binary.LittleEndian.AppendUint64(l.buf, cursor)
	l.buf = append(l.buf, row[:]...)
	return nil
}

func (l *rowLog) spill() (err error) {
	if l.file == nil {
		if l.file, err = os.CreateTemp("", "drt-rows-*"); err != nil {
			return err
		}
	}
	_, err = l.file.Write(l.buf)
	l.buf = l.buf[:0]
	return err
}

// each calls visit for every row, in order. Nothing may be added after it.
func (l *rowLog) each(visit func(cursor uint64, row record.Hash)) error {
	if l.file != nil {
		if _, err := l.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		r := bufio.NewReaderSize(l.file, 1<<16)
		entry := make([]byte, entryBytes)
		for {
			_, err := io.ReadFull(r, entry)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return err
			}
			visit(binary.LittleEndian.Uint64(entry), record.Hash(entry[8:]))
		}
	}
	for b := l.buf; len(b) > 0; b = b[entryBytes:] {
		visit(binary.LittleEndian.Uint64(b), record.Hash(b[8:entryBytes]))
	}
	return nil
}

func (l *rowLog) close() error {
	if l.file == nil {
		return nil
	}
	return errors.Join(l.file.Close(), os.Remove(l.file.Name()))
}
