// Package state keeps what drt must remember between runs: the history of runs, the watermarks of incremental
// syncs, rejected rows, and a lock per sync. It is one SQLite database, state.db, in the project's .drt folder.
//
// A Store is safe for concurrent use, by goroutines and by processes. Every change is one transaction, synced to
// disk before it returns (rollback journal, synchronous=EXTRA): it is there after a power failure, or was never
// there. There is no write-ahead log, because a read-only folder must stay readable and a shared one consistent.
//
// A run takes the lock of its sync with Begin and gets a Lease, which a heartbeat keeps alive. Save stores the
// watermark and the history of a commit at once; Release ends the run. Whoever finds the lock of a dead process
// takes it over, and its run becomes "interrupted".
//
// Rows that a run has rejected and gone past are its sync's dead letters: PutLetters stores them before anything is sent,
// and they come into force with the commit they belong to, however late that is settled.
package state
