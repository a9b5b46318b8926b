package delta

// newNestedCell chooses the cell of an ARRAY, MAP, STRUCT or VARIANT.
func newNestedCell(src source, to Type) (cell, error) {
	return nil, refuse(src, to, "")
}
