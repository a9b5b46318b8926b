// Package databricks writes rows into a Delta table behind a Databricks SQL warehouse.
//
// A run stages its rows into a scratch table of its own and lets one MERGE, INSERT or INSERT OVERWRITE make them
// visible; rows that fit into one statement and are only appended skip the scratch table. How the files meet:
//
//	config, address     what YAML and the environment say
//	connect, transport  the driver, the wait for a sleeping warehouse, what may be sent twice
//	warehouse           one session: statements, their counts, their errors
//	target, model       the columns of the table, and the model held against them
//	ident, sql_*        pure functions from a layout to SQL, each shape with a golden file in testdata
//	rows, chunk         Arrow batches to the text that a marker carries
//	loader_*            the statements that carry chunks: json, values
//	stage               chunks into scratch while the next one is built
//	session, commit     one run: the order of statements per mode
//	probe               which staged rows the target refuses
//	sweep, check        what `drt clean` and `drt check` ask
//	diff, undo          what `drt diff` shows and `drt undo` takes back; standing: which versions a table still has
//	errors              error class and SQLSTATE to kind and hint
//
// The types of Delta, and which value fits into which, are in the package delta beside this one.
package databricks
