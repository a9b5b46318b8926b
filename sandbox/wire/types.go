package wire

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// thriftType returns the type of c as the schema of a result names it. CHAR, VARCHAR and VARIANT arrive as STRING there.
func thriftType(c Column) *tcli.TPrimitiveTypeEntry {
	head, _, _ := strings.Cut(strings.ToUpper(c.Type), "(")
	head, _, _ = strings.Cut(head, "<")
	switch head = strings.TrimSpace(head); head {
	case "DECIMAL", "DEC", "NUMERIC":
		return decimalType(c)
	case "TIMESTAMP_NTZ", "TIMESTAMP_LTZ":
		head = "TIMESTAMP"
	case "INTEGER":
		head = "INT"
	case "VOID":
		head = "NULL"
	}
	if strings.HasPrefix(head, "INTERVAL") {
		head = "INTERVAL_DAY_TIME"
		if upper := strings.ToUpper(c.Type); strings.Contains(upper, "YEAR") || strings.Contains(upper, "MONTH") {
			head = "INTERVAL_YEAR_MONTH"
		}
	}
	id, err := tcli.TTypeIdFromString(head)
	if err != nil {
		id = tcli.TTypeId_STRING
	}
	return &tcli.TPrimitiveTypeEntry{Type: id}
}

func decimalType(c Column) *tcli.TPrimitiveTypeEntry {
	precision, scale := int32(10), int32(0)
	if t, err := ArrowType(c.Type); err == nil {
		if d, ok := t.(*arrow.Decimal128Type); ok {
			precision, scale = d.Precision, d.Scale
		}
	}
	return &tcli.TPrimitiveTypeEntry{Type: tcli.TTypeId_DECIMAL, TypeQualifiers: &tcli.TTypeQualifiers{
		Qualifiers: map[string]*tcli.TTypeQualifierValue{
			"precision": {I32Value: &precision},
			"scale":     {I32Value: &scale},
		},
	}}
}

func tableSchema(columns []Column) *tcli.TTableSchema {
	out := &tcli.TTableSchema{Columns: make([]*tcli.TColumnDesc, 0, len(columns))}
	for i, c := range columns {
		out.Columns = append(out.Columns, &tcli.TColumnDesc{
			ColumnName: c.Name,
			TypeDesc:   &tcli.TTypeDesc{Types: []*tcli.TTypeEntry{{PrimitiveEntry: thriftType(c)}}},
			Position:   int32(i + 1),
		})
	}
	return out
}
