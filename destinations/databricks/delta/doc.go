// Package delta holds the types of Delta tables, and the exact passage of Arrow values into them.
//
// The warehouse's own CAST rounds, overflows to Infinity and drops offsets without an error, so values are checked
// here, before they leave: what arrives in the table is what the source had, or the row is refused with a reason.
package delta
