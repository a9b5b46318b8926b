// Package btree reads the rows of a table out of the pages of an SQLite database file, as
// https://www.sqlite.org/fileformat2.html describes them, in the order of their rowid.
//
// It knows nothing of files, locks or transactions: a Pages function hands out the pages of one state of the database.
// It reads table b-trees, their overflow pages and the record format, in a database whose text is UTF-8. Everything else
// (an index, a page that is not as described, a row that a later DEFAULT completes) is ErrUnknown: a Scan never guesses,
// and SQLite itself has to go on after the rows that it has found.
//
//	scan := btree.Open(pages, count, btree.Table{Root: 2, Columns: []int{0, 3}})
//	for {
//		more, err := scan.Next()
//		...
//		serial, data := scan.Field(0)
//	}
package btree
