package record

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// BatchBytes returns how many bytes the rows of b take in Arrow's memory format. A slice counts its own rows only,
// not the buffers that it shares. It allocates nothing.
func BatchBytes(b arrow.RecordBatch) int64 {
	var n int64
	for i := range int(b.NumCols()) {
		n += arrayBytes(b.Column(i))
	}
	return n
}

func arrayBytes(arr arrow.Array) int64 {
	rows := int64(arr.Len())
	if rows == 0 {
		return 0
	}
	validity := int64(0)
	if arr.NullN() > 0 {
		validity = (rows + 7) / 8
	}
	switch a := arr.(type) {
	case *array.String:
		return validity + 4*(rows+1) + int64(len(a.ValueBytes()))
	case *array.Binary:
		return validity + 4*(rows+1) + int64(len(a.ValueBytes()))
	case *array.LargeString:
		return validity + 8*(rows+1) + int64(len(a.ValueBytes()))
	case *array.LargeBinary:
		return validity + 8*(rows+1) + int64(len(a.ValueBytes()))
	case array.ViewLike:
		return validity + viewBytes(a)
	case array.ListLike: // maps too
		return validity + 4*(rows+1) + itemBytes(a)
	case *array.Struct:
		for f := range a.NumField() {
			validity += arrayBytes(a.Field(f))
		}
		return validity
	case *array.Dictionary:
		return validity + arrayBytes(a.Indices()) + arrayBytes(a.Dictionary())
	case array.ExtensionArray:
		return arrayBytes(a.Storage())
	}
	if t, ok := arr.DataType().(arrow.FixedWidthDataType); ok {
		return validity + (rows*int64(t.BitWidth())+7)/8
	}
	return validity
}

func viewBytes(a array.ViewLike) int64 {
	n := int64(a.Len() * arrow.ViewHeaderSizeBytes)
	for i := range a.Len() {
		if h := a.ValueHeader(i); !a.IsNull(i) && !h.IsInline() {
			n += int64(h.Len())
		}
	}
	return n
}

// itemBytes takes the items of a list to be of one size: a slice of them would be an allocation.
func itemBytes(a array.ListLike) int64 {
	items := a.ListValues()
	if items.Len() == 0 {
		return 0
	}
	start, _ := a.ValueOffsets(0)
	_, end := a.ValueOffsets(a.Len() - 1)
	return int64(float64(arrayBytes(items)) * float64(end-start) / float64(items.Len()))
}
