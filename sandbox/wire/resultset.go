package wire

import (
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// pageBytes bounds a page: rows of a megabyte must not make one answer of gigabytes.
const pageBytes = 16 << 20

// resultSet hands out the rows of an engine in pages. It reads no further than it must: one batch ahead, to know
// whether more rows follow. Safe for concurrent use.
type resultSet struct {
	columns []Column

	mu     sync.Mutex          // guards what follows
	rows   array.RecordReader  // nil once read to its end
	queue  []arrow.RecordBatch // read, not yet sent
	perRow int64               // bytes of a row in queue[0], about
	offset int64               // of the first row in queue
	err    error
}

func newResultSet(res *Result) *resultSet { return &resultSet{columns: res.Columns, rows: res.Rows} }

// page is a part of a result. Its batches belong to the caller.
type page struct {
	start   int64
	batches []arrow.RecordBatch
	more    bool
}

func (p page) release() {
	for _, b := range p.batches {
		b.Release()
	}
}

// next returns up to maxRows rows, fewer if they are large. Errors are those of the engine while it read.
func (r *resultSet) next(maxRows int64) (page, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := page{start: r.offset}
	room := int64(pageBytes)
	for maxRows > 0 && room > 0 && r.fill() {
		b, size := r.take(maxRows, room)
		p.batches = append(p.batches, b)
		maxRows -= b.NumRows()
		room -= size
		r.offset += b.NumRows()
	}
	p.more = r.fill()
	if r.err != nil {
		p.release()
		return page{}, r.err
	}
	return p, nil
}

// prime reads up to the first row, so that a query that fails at once fails as a statement.
func (r *resultSet) prime() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fill()
	return r.err
}

// fill makes sure that the queue has a batch, if there is one.
func (r *resultSet) fill() bool {
	for len(r.queue) == 0 && r.rows != nil {
		r.read()
	}
	return len(r.queue) > 0
}

// read moves one batch from the engine to the queue.
func (r *resultSet) read() {
	if r.rows.Next() {
		if b := r.rows.RecordBatch(); b.NumRows() > 0 {
			b.Retain()
			r.queue = append(r.queue, b)
		}
		return
	}
	r.err = r.rows.Err()
	r.rows.Release()
	r.rows = nil
}

// take cuts what fits off the first batch of the queue, and says about how many bytes it has.
func (r *resultSet) take(maxRows, room int64) (arrow.RecordBatch, int64) {
	b := r.queue[0]
	n := b.NumRows()
	if r.perRow == 0 {
		r.perRow = batchBytes(b)/n + 1
	}
	perRow := r.perRow
	fits := min(n, maxRows, max(1, room/perRow))
	if fits == n {
		r.queue, r.perRow = r.queue[1:], 0
		return b, n * perRow
	}
	r.queue[0] = b.NewSlice(fits, n) // shares the memory of b: perRow stays what it was
	defer b.Release()
	return b.NewSlice(0, fits), fits * perRow
}

// detach reads all that is left, so that the session of the engine is free for the next statement.
func (r *resultSet) detach() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.rows != nil {
		r.read()
	}
}

func (r *resultSet) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.rows != nil {
		r.rows.Release()
		r.rows = nil
	}
	page{batches: r.queue}.release()
	r.queue = nil
}

func batchBytes(b arrow.RecordBatch) int64 {
	var n int64
	for _, c := range b.Columns() {
		n += int64(c.Data().SizeInBytes())
	}
	return n
}
