package parquetfile

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
)

// levels says which rows of a page have a value. Parquet packs one bit a row, low bit first, as Arrow's own bitmap is.
type levels struct {
	rows  int
	nulls int
	bits  []byte // only from the first NULL on
}

// append adds the rows from..to of arr.
func (l *levels) append(arr arrow.Array, from, to int) {
	n := to - from
	nulls := 0
	if arr.NullN() > 0 {
		nulls = n - bitutil.CountSetBits(arr.NullBitmapBytes(), arr.Data().Offset()+from, n)
	}
	if nulls == 0 && l.nulls == 0 {
		l.rows += n
		return
	}
	if l.nulls == 0 {
		l.grow(l.rows)
		bitutil.SetBitsTo(l.bits, 0, int64(l.rows), true)
	}
	l.grow(l.rows + n)
	if nulls == 0 {
		bitutil.SetBitsTo(l.bits, int64(l.rows), int64(n), true)
	} else {
		bitutil.CopyBitmap(arr.NullBitmapBytes(), arr.Data().Offset()+from, n, l.bits, l.rows)
	}
	l.rows += n
	l.nulls += nulls
}

// grow makes room for rows bits; new ones are zero.
func (l *levels) grow(rows int) {
	for want := (rows + 7) / 8; len(l.bits) < want; {
		l.bits = append(l.bits, make([]byte, want-len(l.bits))...)
	}
}

func (l *levels) reset() { l.rows, l.nulls, l.bits = 0, 0, l.bits[:0] }

// appendTo appends the definition levels of a page: their length, and one run of ones, or the bits.
func (l *levels) appendTo(dst []byte) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	if l.nulls == 0 {
		dst = append(binary.AppendUvarint(dst, uint64(l.rows)<<1), 1)
	} else {
		dst = appendPacked(dst, l.bits, 1)
	}
	binary.LittleEndian.PutUint32(dst[at:], uint32(len(dst)-at-4))
	return dst
}

// appendPacked appends bit-packed runs. A group is eight values of width bits, so of width bytes; a run holds at most 63
// of them, as other writers do it, so that its header is one byte.
func appendPacked(dst, groups []byte, width int) []byte {
	for len(groups) > 0 {
		n := min(len(groups), 63*width)
		count := (n + width - 1) / width
		dst = append(dst, byte(count<<1|1))
		dst = append(dst, groups[:n]...)
		for pad := count*width - n; pad > 0; pad-- {
			dst = append(dst, 0)
		}
		groups = groups[n:]
	}
	return dst
}
