package engine

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"golang.org/x/sync/semaphore"

	"github.com/drt-go/drt/record"
)

const (
	// queueBytes bounds what waits between reader and writer, and what is being written. A larger batch passes alone.
	queueBytes = 16 << 20
	// batchBytes is what sources are asked for: some of them fit into the queue.
	batchBytes = 4 << 20
	// queueParcels bounds the number, for sources that yield a row at a time.
	queueParcels = 64
)

// parcel is a batch on its way from the reader to the writer, with what the reader knows of it.
type parcel struct {
	batch   arrow.RecordBatch // nil: rejects only
	bytes   int64
	rows    positions
	rejects []refused // found before the batch was made, in the source's order
}

// refused is a row that was rejected before the destination saw it; its key is not known.
type refused struct {
	record.Reject      // Row counts from 1 in the source
	bySource      bool // so that its cursor is not known either
}

func (p parcel) release() {
	if p.batch != nil {
		p.batch.Release()
	}
}

// queue hands parcels from one goroutine to another, bounded in bytes.
type queue struct {
	parcels chan parcel
	room    *semaphore.Weighted
}

func newQueue() *queue {
	return &queue{parcels: make(chan parcel, queueParcels), room: semaphore.NewWeighted(queueBytes)}
}

// put waits for room. After an error the parcel is released.
func (q *queue) put(ctx context.Context, p parcel) error {
	if err := q.room.Acquire(ctx, q.weight(p)); err != nil {
		p.release()
		return context.Cause(ctx)
	}
	select {
	case q.parcels <- p:
		return nil
	case <-ctx.Done():
		q.done(p)
		return context.Cause(ctx)
	}
}

// done releases a parcel that was taken out, and its room.
func (q *queue) done(p parcel) {
	p.release()
	q.room.Release(q.weight(p))
}

func (q *queue) weight(p parcel) int64 { return min(p.bytes, queueBytes) }

// drain releases what the writer did not take. The reader has stopped or will: the channel gets closed.
func (q *queue) drain() {
	for p := range q.parcels {
		q.done(p)
	}
}
