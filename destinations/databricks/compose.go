package databricks

import "strings"

// compose joins texts, names and statements into one statement. The values of the markers follow in the order of the
// text: nobody has to count markers.
func compose(parts ...any) statement {
	var b strings.Builder
	var st statement
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b.WriteString(p)
		case ident:
			b.WriteString(p.String())
		case table:
			b.WriteString(p.String())
		case statement:
			b.WriteString(p.text)
			st.args = append(st.args, p.args...)
		default:
			panic("compose: a part is neither text nor statement")
		}
	}
	st.text = b.String()
	return st
}

// bind is a marker for value.
func bind(value string) statement { return statement{text: "?", args: []any{value}} }

// indent moves every line of a statement to the right: for people who read it in the query history.
func indent(st statement, by string) statement {
	st.text = by + strings.ReplaceAll(st.text, "\n", "\n"+by)
	return st
}
