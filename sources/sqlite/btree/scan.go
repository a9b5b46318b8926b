package btree

import (
	"errors"
	"fmt"
)

// ErrUnknown says that the pages hold something which this package does not read.
var ErrUnknown = errors.New("not a table b-tree as documented")

func unknown(page uint32, what string) error {
	return fmt.Errorf("page %d: %s: %w", page, what, ErrUnknown)
}

// Pages returns page n (from 1), all its bytes. They are valid until the next call.
type Pages func(n uint32) ([]byte, error)

// maxDepth is SQLite's own limit.
const maxDepth = 20

// Scan goes through the rows of one table. It is used by one goroutine.
type Scan struct {
	pages  Pages
	count  uint32
	table  Table
	begun  bool
	usable int        // bytes of a page without those that extensions reserve
	path   [][]uint32 // from the root down: the pages of each level that are still to come
	seen   uint32     // pages of the tree so far

	leaf  leaf
	row   record
	rowid int64
}

// Table is what a scan reads.
type Table struct {
	Root    uint32
	Columns []int // by their numbers in the records, from 0
	// NullTail says that a column is NULL in records that end before it, because no DEFAULT stands in. Without it they are
	// ErrUnknown.
	NullTail bool
}

// Open begins a scan of t in a database of count pages.
func Open(pages Pages, count uint32, t Table) *Scan {
	return &Scan{pages: pages, count: count, table: t, row: newRecord(t.Columns, t.NullTail)}
}

// Next moves to the next row; more is false at the end of the table. Errors are ErrUnknown, wrapped, or those of Pages.
// After an error the scan is over.
func (s *Scan) Next() (more bool, err error) {
	if !s.begun {
		if err := s.begin(); err != nil {
			return false, err
		}
	}
	for s.leaf.next == s.leaf.cells {
		if more, err := s.nextLeaf(); !more || err != nil {
			return false, err
		}
	}
	rowid, payload, err := s.cell()
	if err != nil {
		return false, err
	}
	if err := s.row.parse(payload); err != nil {
		return false, unknown(s.leaf.page, err.Error())
	}
	s.rowid = rowid
	return true, nil
}

// Rowid is that of the current row.
func (s *Scan) Rowid() int64 { return s.rowid }

// Field returns a column of the current row by its place in Table.Columns: the serial type, and the bytes of the
// value, which are valid until Next.
func (s *Scan) Field(i int) (serial uint64, data []byte) {
	f := &s.row.fields[s.table.Columns[i]]
	return f.serial, s.row.payload[f.from:f.to]
}

func (s *Scan) begin() error {
	s.begun = true
	if s.count == 0 {
		return unknown(1, "no such page")
	}
	first, err := s.pages(1)
	if err != nil {
		return err
	}
	if len(first) < minPage || len(first) > maxPage {
		return unknown(1, fmt.Sprintf("%d bytes", len(first)))
	}
	s.usable = len(first) - int(first[reservedAt])
	if s.usable < minUsable {
		return unknown(1, fmt.Sprintf("%d usable bytes", s.usable))
	}
	return s.descend(s.table.Root)
}

// nextLeaf moves to the leaf after the current one.
func (s *Scan) nextLeaf() (more bool, err error) {
	for len(s.path) > 0 {
		top := &s.path[len(s.path)-1]
		if len(*top) == 0 {
			s.path = s.path[:len(s.path)-1]
			continue
		}
		child := (*top)[0]
		*top = (*top)[1:]
		return true, s.descend(child)
	}
	return false, nil
}

// descend goes from page n down to the first leaf below it.
func (s *Scan) descend(n uint32) error {
	for {
		page, err := s.page(n)
		if err != nil {
			return err
		}
		if s.seen++; s.seen > s.count {
			return unknown(n, "a page that is in the tree twice")
		}
		h := newHeader(n, page)
		if h.kind == leafTable {
			return s.leaf.load(n, h, page)
		}
		children, err := h.children(n, page)
		if err != nil {
			return err
		}
		if len(s.path) == maxDepth {
			return unknown(n, "the tree is deeper than 20 pages")
		}
		n = children[0]
		s.path = append(s.path, children[1:])
	}
}

func (s *Scan) page(n uint32) ([]byte, error) {
	if n == 0 || n > s.count {
		return nil, unknown(n, "no such page")
	}
	page, err := s.pages(n)
	if err != nil {
		return nil, err
	}
	if len(page) < s.usable {
		return nil, unknown(n, "a page cut short")
	}
	return page[:s.usable], nil
}
