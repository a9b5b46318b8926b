package native

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	bindings "github.com/duckdb/duckdb-go-bindings"
)

func listCopier(t *arrow.ListType, lt bindings.LogicalType) (copier, error) {
	el := bindings.ListTypeChildType(lt)
	defer bindings.DestroyLogicalType(&el)
	inner, err := copierFor(t.Elem(), el)
	if err != nil {
		return nil, fmt.Errorf("element: %w", err)
	}
	return func(v *Vector, from, to int, b array.Builder) {
		list := b.(*array.ListBuilder)
		child := v.child()
		for i := from; i < to; i++ {
			if v.Null(i) {
				list.AppendNull()
				continue
			}
			list.Append(true)
			e := At[listEntry](v, i)
			inner(&child, int(e.offset), int(e.offset+e.length), list.ValueBuilder())
		}
	}, nil
}

// A map is a list of structs of key and value.
func mapCopier(t *arrow.MapType, lt bindings.LogicalType) (copier, error) {
	kt, vt := bindings.MapTypeKeyType(lt), bindings.MapTypeValueType(lt)
	defer bindings.DestroyLogicalType(&kt)
	defer bindings.DestroyLogicalType(&vt)
	keys, err := copierFor(t.KeyType(), kt)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	items, err := copierFor(t.ItemType(), vt)
	if err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	return func(v *Vector, from, to int, b array.Builder) {
		m := b.(*array.MapBuilder)
		entries := v.child()
		key, item := entries.field(0), entries.field(1)
		for i := from; i < to; i++ {
			if v.Null(i) {
				m.AppendNull()
				continue
			}
			m.Append(true)
			e := At[listEntry](v, i)
			keys(&key, int(e.offset), int(e.offset+e.length), m.KeyBuilder())
			items(&item, int(e.offset), int(e.offset+e.length), m.ItemBuilder())
		}
	}, nil
}

func structCopier(t *arrow.StructType, lt bindings.LogicalType) (copier, error) {
	if n := int(bindings.StructTypeChildCount(lt)); n != t.NumFields() {
		return nil, fmt.Errorf("a struct of %d fields for one of %d", n, t.NumFields())
	}
	fields := make([]copier, t.NumFields())
	for i := range fields {
		ft := bindings.StructTypeChildType(lt, bindings.IdxT(i))
		cp, err := copierFor(t.Field(i).Type, ft)
		bindings.DestroyLogicalType(&ft)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", t.Field(i).Name, err)
		}
		fields[i] = cp
	}
	return func(v *Vector, from, to int, b array.Builder) {
		st := b.(*array.StructBuilder)
		children := make([]Vector, len(fields))
		for i := range children {
			children[i] = v.field(i)
		}
		for i := from; i < to; i++ {
			if v.Null(i) {
				st.AppendNull()
				continue
			}
			st.Append(true)
			for j, cp := range fields {
				cp(&children[j], i, i+1, st.FieldBuilder(j))
			}
		}
	}, nil
}
