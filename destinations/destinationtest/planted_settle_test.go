package destinationtest

import (
	"context"

	"github.com/drt-go/drt/destinations"
)

func plantedInSettle() []planted {
	return []planted{
		{"ChangesAreAnnounced", "an announcement that fails is ignored", flaw{
			plan: func(_ *flawedDest, p *destinations.Plan) {
				if announce := p.Announce; announce != nil {
					p.Announce = func(ctx context.Context, c destinations.Change) error {
						if err := announce(ctx, c); err != nil && err.Error() != "the process is gone" {
							return nil
						}
						return announce(ctx, c)
					}
				}
			}}},
		{"SettleTellsWhatHappened", "a run is committed without a look", flaw{
			settle: func(s *destinations.Settlement) { s.Outcome = destinations.Committed }}},
		{"SettleTellsWhatHappened", "no run was ever committed", flaw{
			settle: func(s *destinations.Settlement) { s.Outcome = destinations.NotCommitted }}},
	}
}
