package parquetfile

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Lanes is how many goroutines are worth having on this machine: beyond a few, the source is what all wait for.
func Lanes() int {
	const most = 4
	return min(most, runtime.GOMAXPROCS(0))
}

// InLanes calls do(lane, i) for every i below n, once, in up to lanes goroutines: columns take unequal time, so that
// each lane takes the next one when it is done. It returns when all are done.
func InLanes(lanes, n int, do func(lane, i int)) {
	if lanes = min(lanes, n); lanes <= 1 {
		for i := range n {
			do(0, i)
		}
		return
	}
	var next atomic.Int64
	work := func(lane int) {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			do(lane, i)
		}
	}
	var wg sync.WaitGroup
	for lane := 1; lane < lanes; lane++ {
		wg.Go(func() { work(lane) })
	}
	work(0)
	wg.Wait()
}
