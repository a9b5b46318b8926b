// Package engine runs one sync: it reads a source, writes a destination, commits once the source has ended for
// certain, and saves state after the commit. It knows contracts only.
//
// Run follows one order, run.execute:
//
//	check     the job against the destination's capabilities (Job.Check): nothing was touched
//	lock      of the sync; from here on the run is in the history, whatever happens to its process
//	recall    the watermark, and which dead runs have left scratch
//	transfer  a feed reads, numbers and filters rows in its own goroutine; a writer stages them in the run's, into a
//	          session that it opens for the first row. A queue between them is bounded in bytes (pump)
//	decide    whether there is something to commit; the tracker works out the next watermark; commit
//	save      watermark and history, in one transaction, after the commit
//
// then the session is closed and the lock released. Any error before the commit ends the run with the target and the
// watermark as they were. A commit whose outcome nobody knows is StatusUnknown, and moves no watermark.
//
// The goroutine of the run owns the session; batches are released by whoever takes them out of the queue.
package engine
