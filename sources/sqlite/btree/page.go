package btree

import (
	"encoding/binary"
)

const (
	minPage    = 512
	maxPage    = 65536
	minUsable  = 480
	reservedAt = 20
	fileHeader = 100 // bytes of page 1 before its b-tree

	interiorTable = 5
	leafTable     = 13
)

// header is the head of a b-tree page.
type header struct {
	at    int // of the header in the page
	kind  byte
	cells int
}

func newHeader(n uint32, page []byte) header {
	h := header{}
	if n == 1 {
		h.at = fileHeader
	}
	h.kind = page[h.at]
	h.cells = int(binary.BigEndian.Uint16(page[h.at+3:]))
	return h
}

// children are the pages below an interior page, in order.
func (h header) children(n uint32, page []byte) ([]uint32, error) {
	if h.kind != interiorTable {
		return nil, unknown(n, "neither leaf nor interior page of a table")
	}
	pointers := h.at + 12
	if pointers+2*h.cells > len(page) {
		return nil, unknown(n, "more cells than a page holds")
	}
	list := make([]uint32, 0, h.cells+1)
	for i := range h.cells {
		at := int(binary.BigEndian.Uint16(page[pointers+2*i:]))
		if at+4 > len(page) {
			return nil, unknown(n, "a cell beyond the page")
		}
		list = append(list, binary.BigEndian.Uint32(page[at:]))
	}
	return append(list, binary.BigEndian.Uint32(page[h.at+8:])), nil
}

// leaf is the page that the scan is on: a copy, since overflow pages are asked for in the midst of it.
type leaf struct {
	page     uint32
	bytes    []byte
	pointers int // where the cell pointers begin
	cells    int
	next     int // the next cell
	overflow []byte
}

func (l *leaf) load(n uint32, h header, page []byte) error {
	l.page, l.pointers, l.cells, l.next = n, h.at+8, h.cells, 0
	if l.pointers+2*l.cells > len(page) {
		return unknown(n, "more cells than a page holds")
	}
	l.bytes = append(l.bytes[:0], page...)
	return nil
}

// cell returns the next row of the leaf. The payload is valid until the next call.
func (s *Scan) cell() (rowid int64, payload []byte, err error) {
	l := &s.leaf
	at := int(binary.BigEndian.Uint16(l.bytes[l.pointers+2*l.next:]))
	l.next++
	if at >= len(l.bytes) {
		return 0, nil, unknown(l.page, "a cell beyond the page")
	}
	size, n := varint(l.bytes[at:])
	key, k := varint(l.bytes[at+n:])
	if n == 0 || k == 0 {
		return 0, nil, unknown(l.page, "a cell cut short")
	}
	at += n + k
	if size <= uint64(s.usable-35) {
		if at+int(size) > len(l.bytes) {
			return 0, nil, unknown(l.page, "a row beyond the page")
		}
		return int64(key), l.bytes[at : at+int(size)], nil
	}
	payload, err = s.spilled(at, size)
	return int64(key), payload, err
}

// spilled puts together a row of size bytes that begins at at in the leaf and goes on in overflow pages.
func (s *Scan) spilled(at int, size uint64) ([]byte, error) {
	l := &s.leaf
	if size > uint64(s.usable)*uint64(s.count) {
		return nil, unknown(l.page, "a row larger than the database")
	}
	local := localBytes(s.usable, int(size))
	if at+local+4 > len(l.bytes) {
		return nil, unknown(l.page, "a row beyond the page")
	}
	l.overflow = append(l.overflow[:0], l.bytes[at:at+local]...)
	next := binary.BigEndian.Uint32(l.bytes[at+local:])
	for rest := int(size) - local; rest > 0; {
		page, err := s.page(next)
		if err != nil {
			return nil, err
		}
		next = binary.BigEndian.Uint32(page)
		part := page[4:min(len(page), 4+rest)]
		l.overflow = append(l.overflow, part...)
		rest -= len(part)
	}
	return l.overflow, nil
}

// localBytes is how much of a row that spills its leaf page holds.
func localBytes(usable, size int) int {
	least := (usable-12)*32/255 - 23
	local := least + (size-least)%(usable-4)
	if local <= usable-35 {
		return local
	}
	return least
}
