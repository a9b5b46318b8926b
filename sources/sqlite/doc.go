// Package sqlite reads rows out of SQLite database files.
//
// A profile is {type: sqlite, database: data/crm.db}; the model is one SELECT in SQLite's dialect. The database is
// opened read-only and read in one transaction, so that a run sees one state of it.
//
// SQLite types values, not columns. Open settles the type of each result column: a table column by the type that
// CREATE TABLE declares (declaredType), anything else by the storage class of its first values (peek). From then on
// a value that does not fit is a rejected row (sources.RowRejecter) that names row and column, never a changed value.
//
// The rows come out of the statement, or, where the model does no more than read a table, out of the table's pages (scan,
// btree): the program that SQLite has made of the model tells.
//
//	profile -> Source.Open -> conn (read-only) -> statement -> peek -> rowSource (statement | scan) -> reader -> record.RowBuilder -> batches
package sqlite
