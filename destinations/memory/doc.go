// Package memory is the reference destination: tables in a Store, inside the process. It keeps every promise of
// the destinations contract, passes destinationtest first, and shows in the least code what each promise means.
//
// It is for tests, yours included. A test makes a Store, registers its Spec and reads back what was committed:
//
//	store := memory.NewStore()
//	registry := destinations.NewRegistry(store.Spec())
//	... run a sync with `destination: {type: memory, table: users}` ...
//	rows := store.Rows("users")
//
// What is not here: predicates. sync.mirror.where and sync.replace_where are SQL, which only a database can judge.
package memory
