package project

import (
	"slices"

	"github.com/drt-go/drt/destinations"
)

// DefaultMaxDeletePct is `sync.guards.max_delete_pct` where nobody has written one.
const DefaultMaxDeletePct = 20.0

// guardDeletes sets the guard of a sync that may delete most of its target by accident: a mirror, a replace.
func (g *Guards) guardDeletes(mode string, d destinations.Destination) {
	whole := mode == "mirror" || mode == "replace" || mode == "full" && d.Target().Mode == destinations.ModeReplace
	if g.MaxDeletePct != nil || !whole || !slices.Contains(d.Capabilities().Options, destinations.OptionGuards) {
		return
	}
	pct := DefaultMaxDeletePct
	g.MaxDeletePct = &pct
}
