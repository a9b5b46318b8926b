package delta

import (
	"github.com/apache/arrow-go/v18/arrow"
)

// Encoder passes the values of one Arrow column into one Delta type, exactly or not at all. The way is chosen once, by
// NewEncoder; the calls per value do not allocate. It is used by one goroutine.
type Encoder struct {
	to    Type
	cell  cell
	plain bool // NULLs are the array's, so that cell need not be asked
}

// NewEncoder chooses how values of from become to. An error means that no value but NULL could ever pass, or that to
// is a type that is not loaded; it says what to do in the model, and the caller names the column.
func NewEncoder(from arrow.DataType, to Type) (*Encoder, error) {
	c, err := newCell(from, to)
	if err != nil {
		return nil, err
	}
	switch c.(type) {
	case intCell, floatCell, decimalCell, textCell, *formatCell, bytesCell:
		return &Encoder{to: to, cell: c, plain: true}, nil
	}
	return &Encoder{to: to, cell: c}, nil
}

// Type returns what the Encoder was made for.
func (e *Encoder) Type() Type { return e.to }

// Canonical says that two values are equal in the warehouse just if AppendText writes them alike: not so for text that is
// compared by a collation or padded, and for numbers that may be written in more than one way.
func (e *Encoder) Canonical() bool {
	switch e.cell.(type) {
	case intCell:
		return true
	case textCell:
		return e.to.Collation == "" && e.to.Kind != Char
	}
	return false
}

// AppendJSON appends value i of arr as CastSQL reads it: a JSON string, or null. arr is of the type that the Encoder
// was made for. A reason that is not empty refuses the value, and nothing is appended: lower case, without the value.
func (e *Encoder) AppendJSON(dst []byte, arr arrow.Array, i int) (out []byte, reason string) {
	if e.isNull(arr, i) {
		return append(dst, "null"...), ""
	}
	out, reason = e.cell.appendQuoted(dst, arr, i)
	if reason != "" {
		return out[:len(dst)], reason
	}
	return out, ""
}

// AppendText is AppendJSON without the JSON: the text that goes into one marker, or null, which is SQL NULL.
func (e *Encoder) AppendText(dst []byte, arr arrow.Array, i int) (out []byte, null bool, reason string) {
	if e.isNull(arr, i) {
		return dst, true, ""
	}
	out, reason = e.cell.appendText(dst, arr, i)
	if reason != "" {
		return out[:len(dst)], false, reason
	}
	return out, false, ""
}

func (e *Encoder) isNull(arr arrow.Array, i int) bool {
	if e.plain {
		return arr.IsNull(i)
	}
	return e.cell.isNull(arr, i)
}
