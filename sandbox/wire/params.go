package wire

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/lex"
	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

const (
	maxParams     = 255
	maxParamBytes = 1 << 20
)

// bindParams reads the parameters of a statement. Errors: more than 255, more than 1 MiB together, named ones, fewer
// than the statement has markers.
func bindParams(sql string, in []*tcli.TSparkParameter) ([]Param, error) {
	if len(in) > maxParams {
		return nil, &Error{Class: "TOO_MANY_PARAMETERS", SQLState: "54000",
			Message: fmt.Sprintf("%d parameters were given, the limit is %d.", len(in), maxParams)}
	}
	out := make([]Param, 0, len(in))
	size := 0
	for _, p := range in {
		if p.GetName() != "" {
			return nil, unsupportedError("Named parameters (:%s); use ? markers.", p.GetName())
		}
		v := param(p)
		size += len(v.Text)
		out = append(out, v)
	}
	if size > maxParamBytes {
		return nil, &Error{Class: "PARAMETERS_TOO_LARGE", SQLState: "54000",
			Message: fmt.Sprintf("The parameters have %d bytes together, the limit is %d.", size, maxParamBytes)}
	}
	return out, checkMarkers(sql, len(out))
}

func param(p *tcli.TSparkParameter) Param {
	out := Param{Type: p.GetType()}
	switch v := p.GetValue(); {
	case v == nil || v.CountSetFieldsTSparkParameterValue() == 0:
		out.Null = true
	case v.StringValue != nil:
		out.Text = *v.StringValue
	case v.DoubleValue != nil:
		out.Text = strconv.FormatFloat(*v.DoubleValue, 'g', -1, 64)
	case v.BooleanValue != nil:
		out.Text = strconv.FormatBool(*v.BooleanValue)
	}
	return out
}

// checkMarkers reports a marker without a value. A text that is no SQL is for the engine to refuse.
func checkMarkers(sql string, params int) error {
	if strings.Count(sql, "?") <= params {
		return nil
	}
	tokens, err := lex.Split(sql)
	if err != nil {
		return nil
	}
	seen := 0
	for _, t := range tokens {
		if t.Kind != lex.Marker {
			continue
		}
		if seen++; seen > params {
			return &Error{Class: "UNBOUND_SQL_PARAMETER", SQLState: "42P02",
				Message: fmt.Sprintf("Found the unbound parameter: _%d. Please, fix `args` and provide a mapping of the parameter to a SQL literal.", t.Pos)}
		}
	}
	return nil
}
