package warehouse

import (
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
)

// text writes a condition as Delta's log does: values in the place of markers, subqueries left out.
func (x *execution) text(e ast.Expr) string {
	switch e := e.(type) {
	case nil:
		return "true"
	case *ast.Param:
		return quoted(x.args[e.Index])
	case *ast.Literal:
		if e.Null {
			return "NULL"
		}
		return "'" + e.Text + "'"
	case *ast.Column:
		return strings.Join(e.Parts, ".")
	case *ast.Unary:
		return e.Op + " " + x.text(e.X)
	case *ast.Binary:
		return "(" + x.text(e.L) + " " + e.Op + " " + x.text(e.R) + ")"
	case *ast.IsNull:
		return "(" + x.text(e.X) + " IS NULL)"
	case *ast.Cast:
		return "CAST(" + x.text(e.X) + ")"
	case *ast.Call:
		parts := make([]string, len(e.Args))
		for i, a := range e.Args {
			parts[i] = x.text(a)
		}
		return e.Name + "(" + strings.Join(parts, ", ") + ")"
	default:
		return "..."
	}
}

func quoted(v any) string {
	if v == nil {
		return "NULL"
	}
	return "'" + strings.ReplaceAll(fmt.Sprint(v), "'", `\'`) + "'"
}

// escaped makes s the inside of a JSON string.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
}
