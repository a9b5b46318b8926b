// Package delta holds the types of Delta tables, and the exact passage of Arrow values into them.
//
// The warehouse's own CAST rounds, overflows to Infinity and drops offsets without an error, so values are checked
// here, before they leave: what arrives in the table is what the source had, or the value is refused with a reason.
// An Encoder writes values for the JSON and VALUES loaders, a Column converts arrays for Parquet files (package
// parquetfile); both follow one set of rules, in the files cell*.go. CastSQL is the other half: the expression that
// makes of a staged text the column's type again.
//
//	enc, err := delta.NewEncoder(field.Type, typ)   // once per column: "values of type BOOLEAN do not fit ..."
//	buf, reason := enc.AppendJSON(buf, column, row) // per value: "outside the range of INT"
//
// # What fits
//
// A value passes if nothing of it is lost. In every cell below "exact" means: otherwise the value is refused. What is
// not listed is refused as a column, before the first row, with a hint for the model. NULL always passes.
//
//	column           takes
//	BOOLEAN          booleans; integers 0 and 1; text true, false, t, f, 1, 0 in any case
//	TINYINT..BIGINT  integers in the range; floats and decimals that are whole numbers in the range; text of an
//	                 optional sign and digits (12.0 and 1e3 are no integers as text)
//	FLOAT, DOUBLE    floats, exact (0.1 of a DOUBLE does not fit a FLOAT); integers, exact; decimals and text if the
//	                 number, printed with as many digits as were given, is the same again: 0.1 and
//	                 0.10000000000000001 are DOUBLEs, 9007199254740993 and 3.14159265358979323846 are not; 1e400 and
//	                 1e-400 are out of range. NaN, Infinity and -0.0 stay; as text also nan, inf, -inf
//	DECIMAL(p,s)     integers, decimals and text (exponents too), exact: 1.10 fits DECIMAL(10,2), 1.005 does not;
//	                 floats by their shortest text: the DOUBLE 1.1 is 1.10
//	STRING           text that is UTF-8, NUL included; "" is not NULL. Other scalars but bytes in one form that reads
//	                 back as the same: -1.10, 0.1, true, 2006-01-02, 2006-01-02T15:04:05.999999Z; a UUID in its 36
//	                 characters; a time of day as 15:04:05.999999
//	CHAR, VARCHAR    the same, up to n characters (not bytes); blanks count, none are cut
//	BINARY           bytes; a UUID's 16 bytes; text as its UTF-8 bytes
//	DATE             dates; wall clocks at midnight; text YYYY-MM-DD
//	TIMESTAMP        instants; wall clocks and dates are taken as UTC; text with Z or an offset is the instant it names,
//	                 and is refused without
//	TIMESTAMP_NTZ    wall clocks; dates as midnight; instants whose zone is UTC; text without an offset, or with Z
//	ARRAY, STRUCT,   Arrow lists, structs and maps, part by part by these rules; JSON text, parsed and checked part by
//	MAP              part (bytes in it are base64). Fields pair by name regardless of case; a missing one is NULL, an
//	                 unknown one is refused. JSON null is NULL
//	VARIANT          JSON text, as it is (JSON null is a VARIANT null, not NULL); numbers, booleans, dates, timestamps
//	                 and nested values, in which text is a string. A number must fit 38 digits or a DOUBLE
//
// Text of a timestamp is YYYY-MM-DD, alone or with T or a blank and HH:MM[:SS[.fraction]] and Z or ±HH[[:]MM]. Years
// run from 0001 to 9999, times end at microseconds: a finer one passes only if the rest is zeros. Blanks around a
// number or date are not skipped. INTERVAL, GEOMETRY, VOID, OBJECT and types unknown to Parse are refused by name.
//
// # What is staged
//
// Scalars travel as text that CAST reads, BINARY as base64, nested types as JSON text for from_json, VARIANT as JSON
// text for parse_json. Within nested JSON decimals, dates and timestamps are strings (from_json reads bare decimals as
// doubles), a VARIANT is a string that holds its JSON, and a MAP whose keys are not text is an array of entries:
// from_json knows neither. CastSQL puts both together again.
//
// # Limits
//
// FLOAT, DOUBLE: the bits of a NaN are not kept. CHAR: the table pads values with blanks to n. The sign of a zero is
// lost in DECIMAL, integers and VARIANT, which have none, and CompareSQL does not see it.
package delta
