package cli

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/drt-go/drt/state"
)

// runDiscard removes dead letters for good.
func runDiscard(ctx context.Context, app *App, o retryOptions) (err error) {
	store, err := state.OpenExisting(ctx, app.stateDir())
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, store.Close()) }()
	letters, err := store.Letters(ctx, o.Sync)
	if err != nil {
		return err
	}
	ids, err := o.chosen(letters)
	if err != nil {
		return err
	}
	var n int64
	if len(ids) > 0 {
		if n, err = store.DiscardLetters(ctx, o.Sync, ids); err != nil {
			return err
		}
	}
	if o.Output == "json" {
		return app.Out.JSON(map[string]any{"sync": o.Sync, "discarded": n, "dead_letters": int64(len(letters)) - n})
	}
	app.Out.Print("%d of the %d dead letters of %s were removed", n, len(letters), o.Sync)
	return nil
}

// chosen are the letters that --discard names.
func (o retryOptions) chosen(letters []state.Letter) (ids []int64, err error) {
	for _, name := range o.Discard {
		if name == "all" {
			for _, x := range letters {
				ids = append(ids, x.ID)
			}
			continue
		}
		id, err := strconv.ParseInt(name, 10, 64)
		if err != nil || !slices.ContainsFunc(letters, func(x state.Letter) bool { return x.ID == id }) {
			return nil, &usageError{fmt.Errorf("--discard %s: no number of a dead letter of %s; `drt retry %s --list` shows them", name, o.Sync, o.Sync)}
		}
		ids = append(ids, id)
	}
	return ids, nil
}
