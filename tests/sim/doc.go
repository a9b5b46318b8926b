// Package sim plays syncs in small worlds, each ruled by a seed: the engine, the state database and the Databricks session
// as they are, against a warehouse in memory, in virtual time.
//
//	go test ./tests/sim                                    10,000 worlds, or what three minutes allow; then the mutants
//	go test ./tests/sim -run TestSimulation -seed=N        one of them, with its story
//	go test ./tests/sim -run TestSimulation -seeds=N       more, whatever the time; -first=N begins there
//	make sim-nightly                                       two million
//
// A world has a source whose rows change, a target that perhaps another program writes to, one host or two with a state
// each or in common, and some runs, perhaps two at once. What goes wrong is drawn from the seed: errors of every kind, lost
// replies, statements that land late, hang or are slow, lost sessions, no network, signals, timeouts, a source that breaks
// off, and processes that are killed at a statement or at any instant.
//
// # What is proven
//
// Every commit on the target is judged at the instant at which it is made, against what the source had for its run:
// append: each row once, and never a second time; upsert: the last row of a key wins, nothing goes; mirror: what goes is
// what the source lacks, nothing of it if a key is not known, nothing beyond a guard, never a row without a key; replace:
// the rows of the run and nothing else. What a run says of itself must be what it did, and what the journal says became of
// a change must be what became of it. A row that was refused is in the dead letters or is read again, and no row is there
// that the target has, or has a newer one of. When the faults have stopped, two clean runs must bring the target to where it
// belongs, another one must change nothing, and no scratch may be left.
//
// # What is not proven
//
// The warehouse is a model: it knows the statements that drt sends, conflicts as Delta's documents and tests/delta have
// them, and no more. A statement resolves its tables at one instant, so that the one gap of a fence which docs/guarantees.md
// names cannot occur. An unsigned append that was lost may be taken for another program's append of the same size, if there
// is exactly one: here that is told apart and excused, exactly_once rules it out. The driver and its HTTP are not here
// (tests/e2e), nor are volumes, nor real kills of a real process (tests/chaos). Goroutines of one process run as Go
// schedules them, so that a seed rules what happens at which instant, not the order within one.
package sim
