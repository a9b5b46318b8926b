// Package warehouse is a Databricks SQL warehouse in memory: Delta tables with versions, a history and optimistic
// transactions, and the statements that drt sends to them, nothing else. A statement that it does not know is a
// *Bug, which a simulation must not survive.
//
// A statement has two instants. Begin reads: tables are resolved, the snapshot is taken, the change is worked out.
// Commit writes: it fails as Delta does if another commit came between. What lies between them is the caller's, and so
// is time.
package warehouse
