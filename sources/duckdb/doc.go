// Package duckdb reads rows out of DuckDB database files, and out of files that DuckDB can read.
//
// A profile is {type: duckdb, database: warehouse.duckdb}; the model is one SELECT in DuckDB's dialect. A database
// file is opened read-only; a model reaches neither the network nor, unless local_files is set, other files.
//
// Rows are streamed: DuckDB hands out vectors of 2,048 rows as they are made, and their memory is copied column by
// column into Arrow builders. So a result of any size takes what memory.go allows, and one batch. Types that Arrow lacks are
// cast to text by DuckDB itself, in an outer SELECT (see castOf).
//
//	profile -> Source.Open -> instance (database, connection) -> model -> stream -> vectors -> record.RowBuilder -> batches
package duckdb
