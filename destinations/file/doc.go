// Package file is the destination that writes a file: csv, jsonl, json or parquet.
//
// A run writes beside the target, into .<name>.drt-<sync run id>.tmp, and Commit renames that over the target after
// an fsync: whoever reads the target sees the old file or the new one, whole, at any instant and after any crash. Mode
// replace (the default) makes the file hold exactly this run's rows; mode insert adds them to those that are
// there, by the same rename.
//
// How the parts meet: a session owns an output (the temporary file, its compression) and an encoder. The encoders
// of csv and json are built from appenders, one function for each column of a batch, which append a value's text to a
// buffer: no allocation per row. A value that a format cannot hold exactly rejects its row.
package file
