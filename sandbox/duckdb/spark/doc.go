// Package spark reads and writes values as Spark does in ANSI mode: texts that become numbers, dates and times, JSON that
// becomes rows. Functions returns them as DuckDB functions. Errors are *wire.Error with Spark's class.
package spark
