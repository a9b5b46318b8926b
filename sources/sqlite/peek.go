package sqlite

import (
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/record"
)

// How many of the first rows decide the types of columns that have no declared one.
const (
	peekRows  = 1000
	peekBytes = 1 << 20
)

// peeked are the rows that were read to decide the types, to be decoded like all others.
type peeked struct {
	rows [][]cell
	end  bool // the statement has no more rows
}

// undecided lists the columns whose type only the values tell.
func undecided(columns []column) []int {
	var list []int
	for i, c := range columns {
		if c.dtype == nil {
			list = append(list, i)
		}
	}
	return list
}

// peek reads the first rows of s and decides the types of the columns that lack one. A column that is NULL in all
// of them is decided by its first value in again, which runs the same query in the same transaction; one that is
// NULL everywhere is STRING.
func peek(s *statement, columns []column, again func() (*statement, error)) (peeked, error) {
	open := undecided(columns)
	if len(open) == 0 {
		return peeked{}, nil
	}
	p, err := readAhead(s)
	if err != nil {
		return p, err
	}
	for _, i := range open {
		for _, row := range p.rows {
			columns[i].widen(&row[i])
		}
	}
	if open = undecided(columns); len(open) > 0 && !p.end {
		if err := decideLater(columns, open, again); err != nil {
			return p, err
		}
	}
	for _, i := range undecided(columns) {
		columns[i].settle()
	}
	return p, nil
}

func readAhead(s *statement) (p peeked, err error) {
	for bytes := 0; len(p.rows) < peekRows && bytes < peekBytes; {
		more, err := s.step()
		if err != nil {
			return p, err
		}
		if !more {
			p.end = true
			return p, nil
		}
		row := make([]cell, s.columns)
		for i := range row {
			s.cell(&row[i], i)
			row[i].s = strings.Clone(row[i].s)
			bytes += len(row[i].s)
		}
		p.rows = append(p.rows, row)
	}
	return p, nil
}

// decideLater reads on until each of the columns has shown a value.
func decideLater(columns []column, open []int, again func() (*statement, error)) error {
	s, err := again()
	if err != nil {
		return err
	}
	defer s.finalize()
	var c cell
	for len(open) > 0 {
		more, err := s.step()
		if err != nil || !more {
			return err
		}
		for _, i := range open {
			s.cell(&c, i)
			columns[i].widen(&c)
		}
		open = undecided(columns)
	}
	return nil
}

// widen takes one more of the first values into account: INTEGER and REAL together are DOUBLE. A value of another
// class than the first is left to the decoder, which rejects its row.
func (col *column) widen(c *cell) {
	if c.class == classNull {
		return
	}
	if col.clock {
		col.decideClock(c)
		return
	}
	switch {
	case col.dtype == nil:
		col.dtype = classType(c.class)
	case col.dtype.ID() == arrow.INT64 && c.class == classReal:
		col.dtype = arrow.PrimitiveTypes.Float64
	}
}

func classType(c class) arrow.DataType {
	switch c {
	case classInteger:
		return arrow.PrimitiveTypes.Int64
	case classReal:
		return arrow.PrimitiveTypes.Float64
	case classText:
		return arrow.BinaryTypes.String
	case classBlob:
		return arrow.BinaryTypes.Binary
	}
	panic(fmt.Sprintf("drt: sqlite: no type for class %d", c))
}

// decideClock lets the first timestamp say whether the column holds instants.
func (col *column) decideClock(c *cell) {
	if col.dtype != nil || c.class != classText {
		return
	}
	if _, zoned, err := record.ParseTimestamp(c.s); err == nil {
		col.dtype = &arrow.TimestampType{Unit: arrow.Microsecond}
		if zoned {
			col.dtype = arrow.FixedWidthTypes.Timestamp_us
		}
	}
}

// settle types a column that shows no value.
func (col *column) settle() {
	col.dtype = arrow.BinaryTypes.String
	if col.clock {
		col.dtype = &arrow.TimestampType{Unit: arrow.Microsecond}
	}
}
