package state_test

import (
	"context"

	"github.com/drt-go/drt/state"
)

type opener func(context.Context, string) (*state.Store, error)

func openers() map[string]opener {
	return map[string]opener{"Open": state.Open, "OpenExisting": state.OpenExisting}
}
