package delta

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// cell passes the values of one column. Every method but isNull is called for values that are not NULL only, and
// leaves rubbish behind dst when it returns a reason.
type cell interface {
	// isNull says whether value i becomes SQL NULL.
	isNull(arr arrow.Array, i int) bool
	// appendText appends the text that CastSQL reads.
	appendText(dst []byte, arr arrow.Array, i int) ([]byte, string)
	// appendQuoted appends that text as a JSON string.
	appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string)
	// appendValue appends the value as it stands within a nested one: a JSON value.
	appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string)
	// appendTo appends the value to a builder of the type that Column stages.
	appendTo(b array.Builder, arr arrow.Array, i int) string
}

// newCell chooses the cell, looking through dictionaries, run ends and extension types to the values they hold.
func newCell(from arrow.DataType, to Type) (cell, error) {
	inner, get := unwrap(from)
	if get != nil {
		c, err := newCell(inner, to)
		return via{c, get}, err
	}
	src, err := newSource(from)
	if err != nil {
		return nil, err
	}
	return newCellFrom(src, to)
}

// newCellFrom chooses by the target.
func newCellFrom(src source, to Type) (cell, error) {
	if to.Kind == Unknown {
		return nil, fmt.Errorf("a column of type %s cannot be loaded: leave it out of the model, or load text into a STRING column", to.SQL())
	}
	if src.class == classNull {
		return nullCell{}, nil
	}
	switch to.Kind {
	case Boolean, TinyInt, SmallInt, Int, BigInt, Date, Timestamp, TimestampNTZ:
		return newIntCell(src, to)
	case Float, Double:
		return newFloatCell(src, to)
	case Decimal:
		return newDecimalCell(src, to)
	case String, Char, Varchar:
		return newTextCell(src, to)
	case Binary:
		return newBytesCell(src, to)
	}
	return newNestedCell(src, to)
}

// refuse says that no value of src can become to, and what to write in the model instead.
func refuse(src source, to Type, hint string) error {
	if hint == "" {
		hint = "CAST it in the model"
	}
	return fmt.Errorf("values of type %s do not fit a column of type %s: %s", src.name, to.SQL(), hint)
}

// plain is embedded by cells whose NULLs are the array's.
type plain struct{}

func (plain) isNull(arr arrow.Array, i int) bool { return arr.IsNull(i) }

// nullCell is a column without a type: every value is NULL.
type nullCell struct{}

func (nullCell) isNull(arrow.Array, int) bool { return true }
func (nullCell) appendText(dst []byte, _ arrow.Array, _ int) ([]byte, string) {
	return dst, ""
}
func (nullCell) appendQuoted(dst []byte, _ arrow.Array, _ int) ([]byte, string) {
	return append(dst, "null"...), ""
}
func (nullCell) appendValue(dst []byte, _ arrow.Array, _ int) ([]byte, string) {
	return append(dst, "null"...), ""
}
func (nullCell) appendTo(b array.Builder, _ arrow.Array, _ int) string {
	b.AppendNull()
	return ""
}

// via reads the values of another array: of a dictionary, of runs, of an extension's storage.
type via struct {
	cell
	get func(arr arrow.Array, i int) (arrow.Array, int)
}

func (v via) isNull(arr arrow.Array, i int) bool {
	if arr.IsNull(i) {
		return true
	}
	inner, at := v.get(arr, i)
	return v.cell.isNull(inner, at)
}

func (v via) appendText(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	inner, at := v.get(arr, i)
	return v.cell.appendText(dst, inner, at)
}

func (v via) appendQuoted(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	inner, at := v.get(arr, i)
	return v.cell.appendQuoted(dst, inner, at)
}

func (v via) appendValue(dst []byte, arr arrow.Array, i int) ([]byte, string) {
	inner, at := v.get(arr, i)
	return v.cell.appendValue(dst, inner, at)
}

func (v via) appendTo(b array.Builder, arr arrow.Array, i int) string {
	inner, at := v.get(arr, i)
	return v.cell.appendTo(b, inner, at)
}

// unwrap returns the type of the values within from and the way to them; a nil way means that from holds its own.
func unwrap(from arrow.DataType) (arrow.DataType, func(arrow.Array, int) (arrow.Array, int)) {
	switch t := from.(type) {
	case *arrow.DictionaryType:
		return t.ValueType, func(arr arrow.Array, i int) (arrow.Array, int) {
			d := arr.(*array.Dictionary)
			return d.Dictionary(), d.GetValueIndex(i)
		}
	case *arrow.RunEndEncodedType:
		return t.Encoded(), func(arr arrow.Array, i int) (arrow.Array, int) {
			r := arr.(*array.RunEndEncoded)
			return r.Values(), r.GetPhysicalIndex(i)
		}
	case arrow.ExtensionType:
		if t.ExtensionName() == uuidExtension {
			return uuidType{}, storage
		}
		return t.StorageType(), storage
	}
	return nil, nil
}

func storage(arr arrow.Array, i int) (arrow.Array, int) {
	return arr.(array.ExtensionArray).Storage(), i
}
