// Package file reads rows out of CSV, JSON Lines and Parquet files.
//
// A profile is {type: file, path: orders/*.csv, format: csv, columns: {id: BIGINT}}; there is no model. A pattern's
// files are read in the order of their names, as one result with one schema, which Open settles before the first row:
//
//	csv      the header's names; types as declared in columns, STRING if not
//	jsonl    the declared columns and the keys of the first rows, STRING if not declared
//	parquet  the file's own types; every file must have the same
//
// A row that does not fit the schema is rejected (sources.RowRejecter) with file and line. A file that ends in the
// middle (a cut .gz, an open quote, a Parquet file without its footer) breaks the read: it is never its end.
//
//	paths -> input (decompressed bytes) -> window -> csvScanner | lineScanner -> record.TextAppender -> batches
package file
