package delta

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
)

// FromArrow returns the Delta type that holds every value of an Arrow type: what a CREATE TABLE for a model proposes.
// A UUID becomes STRING, a time of day too, because Delta has no type for either. An error says what to do in the model.
func FromArrow(from arrow.DataType) (Type, error) {
	switch t := from.(type) {
	case *arrow.BooleanType:
		return Type{Kind: Boolean}, nil
	case *arrow.Int8Type:
		return Type{Kind: TinyInt}, nil
	case *arrow.Int16Type, *arrow.Uint8Type:
		return Type{Kind: SmallInt}, nil
	case *arrow.Int32Type, *arrow.Uint16Type:
		return Type{Kind: Int}, nil
	case *arrow.Int64Type, *arrow.Uint32Type:
		return Type{Kind: BigInt}, nil
	case *arrow.Uint64Type:
		return Type{Kind: Decimal, Precision: 20}, nil
	case *arrow.Float16Type, *arrow.Float32Type:
		return Type{Kind: Float}, nil
	case *arrow.Float64Type:
		return Type{Kind: Double}, nil
	case arrow.DecimalType:
		return decimalFromArrow(t)
	case *arrow.StringType, *arrow.LargeStringType, *arrow.StringViewType, *arrow.Time32Type, *arrow.Time64Type:
		return Type{Kind: String}, nil
	case *arrow.BinaryType, *arrow.LargeBinaryType, *arrow.BinaryViewType, *arrow.FixedSizeBinaryType:
		return Type{Kind: Binary}, nil
	case *arrow.Date32Type, *arrow.Date64Type:
		return Type{Kind: Date}, nil
	case *arrow.TimestampType:
		if t.TimeZone == "" {
			return Type{Kind: TimestampNTZ}, nil
		}
		return Type{Kind: Timestamp}, nil
	case *arrow.NullType:
		return Type{}, fmt.Errorf("every value is NULL, so the column has no type: CAST it in the model")
	}
	return nestedFromArrow(from)
}

// decimalFromArrow moves a scale that Delta does not have, below zero or above the precision, into its range.
func decimalFromArrow(t arrow.DecimalType) (Type, error) {
	p, s := int(t.GetPrecision()), int(t.GetScale())
	if s < 0 {
		p, s = p-s, 0
	}
	p = max(p, s)
	if p > maxDigits {
		return Type{}, fmt.Errorf("DECIMAL(%d,%d) has more than 38 digits: CAST it in the model", t.GetPrecision(), t.GetScale())
	}
	return Type{Kind: Decimal, Precision: p, Scale: s}, nil
}

func nestedFromArrow(from arrow.DataType) (Type, error) {
	switch t := from.(type) {
	case *arrow.StructType:
		out := Type{Kind: Struct}
		for _, f := range t.Fields() {
			ft, err := FromArrow(f.Type)
			if err != nil {
				return Type{}, fmt.Errorf("field %s: %w", f.Name, err)
			}
			out.Fields = append(out.Fields, Field{Name: f.Name, Type: ft})
		}
		return out, nil
	case *arrow.MapType:
		key, err := FromArrow(t.KeyType())
		if err != nil {
			return Type{}, fmt.Errorf("key of MAP: %w", err)
		}
		elem, err := FromArrow(t.ItemType())
		if err != nil {
			return Type{}, fmt.Errorf("value of MAP: %w", err)
		}
		return Type{Kind: Map, Key: &key, Elem: &elem}, nil
	case arrow.ListLikeType:
		elem, err := FromArrow(t.Elem())
		if err != nil {
			return Type{}, fmt.Errorf("element of ARRAY: %w", err)
		}
		return Type{Kind: Array, Elem: &elem}, nil
	case arrow.ExtensionType:
		if t.ExtensionName() == uuidExtension {
			return Type{Kind: String}, nil
		}
		return FromArrow(t.StorageType())
	case *arrow.DictionaryType:
		return FromArrow(t.ValueType)
	case *arrow.RunEndEncodedType:
		return FromArrow(t.Encoded())
	}
	return Type{}, fmt.Errorf("values of Arrow type %s cannot be loaded: CAST them to text in the model", from)
}
