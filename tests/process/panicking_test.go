package process

import (
	"context"
	"errors"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt"
	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/sources/file"
)

// asPanicking is the variable that makes this test's own program a drt with a destination that panics.
const asPanicking = "DRT_PROCESS_PANIC"

func mainPanicking(how string) int {
	spec := destinations.Define("panicking", panicking{}, func(panicking, connector.Env) (destinations.Destination, error) { return panicking{how}, nil })
	return drt.Main(sources.NewRegistry(file.Spec()), destinations.NewRegistry(spec))
}

// panicking is a destination with a bug: it panics with a value of the first row in its hands.
type panicking struct{ how string }

func (panicking) Capabilities() destinations.Capabilities {
	return destinations.Capabilities{Modes: []destinations.Mode{destinations.ModeInsert}}
}

func (panicking) Target() destinations.Target {
	return destinations.Target{Name: "panicking", Mode: destinations.ModeInsert}
}

func (p panicking) Open(context.Context, destinations.Plan) (destinations.Session, error) {
	return p, nil
}

func (p panicking) Write(_ context.Context, b arrow.RecordBatch) error {
	column := b.Column(int(b.NumCols()) - 1).(*array.String)
	switch value := column.Value(0); p.how {
	case "text":
		panic("cannot take " + value)
	case "error":
		panic(errors.New("cannot take " + value))
	default:
		var cell any = value
		return cell.(error) // interface conversion: it names types
	}
}

func (panicking) Commit(context.Context, destinations.Commit) (destinations.Result, error) {
	return destinations.Result{}, nil
}

func (panicking) Close() error { return nil }
