package destinationtest

import (
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/memory"
)

func plantedInConfig() []planted {
	return []planted{
		{"TargetSaysWhatTheConfigSays", "the key is forgotten", flaw{
			target: func(t destinations.Target) destinations.Target { t.Key = nil; return t }}},
		{"TargetSaysWhatTheConfigSays", "the target has no name", flaw{
			target: func(t destinations.Target) destinations.Target { t.Name = ""; return t }}},
		{"CapabilitiesAreKnown", "an option is listed twice", flaw{
			caps: func(c destinations.Capabilities) destinations.Capabilities {
				c.Options = append(c.Options, c.Options[0])
				return c
			}}},
		{"MissingFieldsAreConfigErrors", "a required field has a default", flaw{defaults: memory.Config{Table: "t1"}}},
		{"UnsupportedModeRefused", "an unknown mode appends", flaw{
			plan: func(_ *flawedDest, p *destinations.Plan) {
				if p.Mode == "garbage" {
					p.Mode = destinations.ModeInsert
				}
			}}},
		{"MergeWithoutKeyRefused", "a missing key is guessed", flaw{
			config: func(c memory.Config) memory.Config {
				if c.Mode == destinations.ModeMerge && len(c.UpsertKey) == 0 {
					c.UpsertKey = []string{"id"}
				}
				return c
			}}},
		{"KeyColumnMatchesInAnyCase", "the key is compared byte by byte", flaw{refuse: refuseOtherCase}},
		{"KeyColumnMissingFromModelRefused", "a key that the model lacks is left out", flaw{
			inner: func(d *flawedDest, p destinations.Plan) *memory.Destination {
				if hasColumn(p.Schema, "id") || !slices.Equal(d.cfg.UpsertKey, []string{"id"}) {
					return nil
				}
				cfg := d.cfg
				cfg.UpsertKey = []string{p.Schema.Field(0).Name}
				dest, _ := memory.New(d.store, cfg)
				return dest
			}}},
	}
}

func refuseOtherCase(d *flawedDest, p destinations.Plan) error {
	for _, k := range d.cfg.UpsertKey {
		for _, f := range p.Schema.Fields() {
			if strings.EqualFold(f.Name, k) && f.Name != k {
				return &connector.Error{Kind: connector.KindConfig, Message: "key column " + k + " is not in the model"}
			}
		}
	}
	return nil
}

func hasColumn(s *arrow.Schema, name string) bool { return len(s.FieldIndices(name)) > 0 }

func plantedInClean() []planted {
	return []planted{
		{"CleanerFindsAndRemovesDeadScratch", "leftovers come newest first", flaw{
			leftover: func(l []destinations.Leftover) []destinations.Leftover { slices.Reverse(l); return l }}},
		{"CleanerFindsAndRemovesDeadScratch", "only one leftover is listed", flaw{
			leftover: func(l []destinations.Leftover) []destinations.Leftover { return l[:min(1, len(l))] }}},
		{"DeadRunsAreSwept", "dead runs are ignored", flaw{
			plan: func(_ *flawedDest, p *destinations.Plan) { p.DeadRuns = nil }}},
		{"DeadRunsAreSwept", "a sweep takes all scratch", flaw{
			plan: func(d *flawedDest, p *destinations.Plan) {
				if len(p.DeadRuns) > 0 {
					found, _ := d.Destination.Leftovers((&run{}).context())
					for _, l := range found {
						p.DeadRuns = append(p.DeadRuns, l.SyncRun)
					}
				}
			}}},
		{"CheckFindsAGoodTarget", "a good target is called bad", flaw{
			check: func(f []destinations.Finding) []destinations.Finding { f[0].OK = false; return f }}},
	}
}
