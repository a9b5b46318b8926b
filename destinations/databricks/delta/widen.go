package delta

// Widens says whether Delta's type widening turns a column of type from into to in place (ALTER COLUMN ... TYPE on a
// table with delta.enableTypeWidening). It never does for equal types, nor within nested ones.
func Widens(from, to Type) bool {
	switch from.Kind {
	case TinyInt, SmallInt, Int:
		if to.Kind == Decimal {
			return to.Precision-to.Scale >= 10
		}
		return to.Kind > from.Kind && to.Kind <= BigInt || to.Kind == Double
	case BigInt:
		return to.Kind == Decimal && to.Precision-to.Scale >= 20
	case Float:
		return to.Kind == Double
	case Decimal:
		return to.Kind == Decimal && to.Scale >= from.Scale &&
			to.Precision-to.Scale >= from.Precision-from.Scale && to.Precision > from.Precision
	case Date:
		return to.Kind == TimestampNTZ
	case Varchar:
		// Not type widening, but the one other change that ALTER makes in place: a longer limit.
		return to.Kind == Varchar && to.Length > from.Length && to.Collation == from.Collation
	}
	return false
}
