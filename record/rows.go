package record

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// MaxPendingRejects is how many rejected rows RowBuilder lets gather before it reports itself full, so that a source
// full of bad rows stays within bounded memory.
const MaxPendingRejects = 10_000

// RowBuilder gathers rows into batches of at most maxRows rows and about maxBytes bytes. A row is one value
// appended to each of Columns, then End; or, at any point of it, Reject. It is used by one goroutine.
type RowBuilder struct {
	Columns []array.Builder // in the order of the schema; they stay the same from batch to batch

	schema   *arrow.Schema
	builder  *array.RecordBuilder
	maxRows  int
	maxBytes int64

	rows    int // in the builders, good and bad
	bytes   int64
	bad     []int // positions among rows that are to be left out
	read    int64 // rows since the beginning of the source
	rejects []Reject

	lastRows int   // of the last batch
	lastData []int // bytes of each column of text or binary in it
}

// NewRowBuilder makes a builder of rows of schema. Call Release when done.
func NewRowBuilder(schema *arrow.Schema, maxRows int, maxBytes int64) *RowBuilder {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	r := &RowBuilder{schema: schema, builder: b, maxRows: maxRows, maxBytes: maxBytes}
	r.Columns = b.Fields()
	r.lastData = make([]int, len(r.Columns))
	return r
}

// Schema is what the batches have.
func (r *RowBuilder) Schema() *arrow.Schema { return r.schema }

// End says that the row is complete; bytes is about what it holds.
func (r *RowBuilder) End(bytes int64) {
	r.rows++
	r.read++
	r.bytes += bytes
}

// Reject leaves the row out, whichever of its columns were appended, and keeps why; its position is filled in.
func (r *RowBuilder) Reject(column, reason string) {
	for _, c := range r.Columns {
		if c.Len() == r.rows {
			c.AppendNull()
		}
	}
	r.bad = append(r.bad, r.rows)
	r.rows++
	r.read++
	r.rejects = append(r.rejects, Reject{Row: r.read, Column: column, Reason: reason})
}

// Read counts the rows since the beginning, rejected ones included.
func (r *RowBuilder) Read() int64 { return r.read }

// Full reports whether the batch should be taken before another row.
func (r *RowBuilder) Full() bool {
	return r.rows >= r.maxRows || r.bytes >= r.maxBytes || len(r.rejects) >= MaxPendingRejects
}

// Batch takes the rows gathered so far; nil if there is none that is good. The caller releases it.
func (r *RowBuilder) Batch() arrow.RecordBatch {
	r.remember()
	rows, bad := r.rows, r.bad
	r.rows, r.bytes, r.bad = 0, 0, r.bad[:0]
	if rows == 0 {
		return nil
	}
	all := r.builder.NewRecordBatch()
	if len(bad) == 0 {
		return all
	}
	defer all.Release()
	return without(all, bad)
}

// Rejects returns and forgets the rows rejected since the last call.
func (r *RowBuilder) Rejects() []Reject {
	rejects := r.rejects
	r.rejects = nil
	return rejects
}

// Pending counts the rejects that nobody has taken yet.
func (r *RowBuilder) Pending() int { return len(r.rejects) }

// Reserve makes room for as many rows as the last batch had, at once instead of by doubling.
func (r *RowBuilder) Reserve() {
	for i, c := range r.Columns {
		c.Reserve(r.lastRows)
		if b, ok := c.(interface{ ReserveData(int) }); ok && r.lastData[i] > 0 {
			b.ReserveData(r.lastData[i])
		}
	}
}

// remember notes the size of the batch that is about to be taken.
func (r *RowBuilder) remember() {
	r.lastRows = r.rows
	for i, c := range r.Columns {
		if b, ok := c.(interface{ DataLen() int }); ok {
			r.lastData[i] = b.DataLen()
		}
	}
}

// Release frees the builders. Idempotent.
func (r *RowBuilder) Release() {
	if r.builder != nil {
		r.builder.Release()
		r.builder = nil
	}
}

// without copies b less the rows at positions bad, which ascend; nil if nothing is left.
func without(b arrow.RecordBatch, bad []int) arrow.RecordBatch {
	left := b.NumRows() - int64(len(bad))
	if left == 0 {
		return nil
	}
	columns := make([]arrow.Array, b.NumCols())
	for i := range columns {
		columns[i] = withoutRows(b.Column(i), bad)
		defer columns[i].Release()
	}
	return array.NewRecordBatch(b.Schema(), columns, left)
}

func withoutRows(a arrow.Array, bad []int) arrow.Array {
	var good []arrow.Array
	defer func() {
		for _, g := range good {
			g.Release()
		}
	}()
	from := 0
	for _, row := range append(bad, a.Len()) {
		if row > from {
			good = append(good, array.NewSlice(a, int64(from), int64(row)))
		}
		from = row + 1
	}
	joined, err := array.Concatenate(good, memory.DefaultAllocator)
	if err != nil {
		panic("drt: slices of one column have one type: " + err.Error())
	}
	return joined
}

// Room is how many more rows and bytes fit before Full; at least 1 of each.
func (r *RowBuilder) Room() (rows int, bytes int64) {
	return max(1, r.maxRows-r.rows), max(1, r.maxBytes-r.bytes)
}

// EndRows says that n rows were appended to every column, column by column. rejects are those of them that are to be
// left out, sorted by Row, here a position among the n; of several for one row the first counts.
func (r *RowBuilder) EndRows(n int, bytes int64, rejects []Reject) {
	last := int64(-1)
	for _, reject := range rejects {
		if reject.Row == last {
			continue
		}
		last = reject.Row
		r.bad = append(r.bad, r.rows+int(reject.Row))
		reject.Row += r.read + 1
		r.rejects = append(r.rejects, reject)
	}
	r.rows += n
	r.read += int64(n)
	r.bytes += bytes
}
