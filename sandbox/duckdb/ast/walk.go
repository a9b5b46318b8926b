package ast

// Walk calls f for x and every expression in it, not for those inside of queries.
func Walk(x Expr, f func(Expr)) {
	if x == nil {
		return
	}
	f(x)
	for _, y := range children(x) {
		Walk(y, f)
	}
}

func children(x Expr) []Expr {
	switch x := x.(type) {
	case *Unary:
		return []Expr{x.X}
	case *Binary:
		return []Expr{x.L, x.R}
	case *IsNull:
		return []Expr{x.X}
	case *IsBool:
		return []Expr{x.X}
	case *Between:
		return []Expr{x.X, x.Lo, x.Hi}
	case *In:
		return append([]Expr{x.X}, x.List...)
	case *Like:
		return []Expr{x.X, x.Pattern}
	case *Case:
		out := []Expr{x.Operand, x.Else}
		for _, w := range x.Whens {
			out = append(out, w.Cond, w.Then)
		}
		return out
	case *Cast:
		return []Expr{x.X}
	case *Call:
		return append([]Expr{x.Filter}, x.Args...)
	case *Index:
		return []Expr{x.X, x.I}
	case *Field:
		return []Expr{x.X}
	case *Path:
		return []Expr{x.X}
	case *Tuple:
		return x.Items
	case *Lambda:
		return []Expr{x.Body}
	}
	return nil
}
