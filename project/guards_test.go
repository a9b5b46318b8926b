package project

import (
	"testing"

	"github.com/drt-go/drt/destinations"
)

type guardedTarget struct {
	destinations.Destination
	mode destinations.Mode
	can  destinations.Capabilities
}

func (d guardedTarget) Target() destinations.Target             { return destinations.Target{Mode: d.mode} }
func (d guardedTarget) Capabilities() destinations.Capabilities { return d.can }

func TestDefaultGuard(t *testing.T) {
	guards := destinations.Capabilities{Options: []destinations.Option{destinations.OptionGuards}}
	own := 55.0
	for _, c := range []struct {
		mode    string
		target  guardedTarget
		written *float64
		want    float64 // -1: none
	}{
		{"mirror", guardedTarget{can: guards}, nil, 20},
		{"replace", guardedTarget{can: guards}, nil, 20},
		{"mirror", guardedTarget{can: guards}, &own, 55},
		{"full", guardedTarget{mode: destinations.ModeReplace, can: guards}, nil, 20},
		{"full", guardedTarget{mode: destinations.ModeMerge, can: guards}, nil, -1},
		{"replace", guardedTarget{}, nil, -1},
	} {
		g := Guards{MaxDeletePct: c.written}
		g.guardDeletes(c.mode, c.target)
		got := -1.0
		if g.MaxDeletePct != nil {
			got = *g.MaxDeletePct
		}
		if got != c.want {
			t.Errorf("mode %s: %v, want %v", c.mode, got, c.want)
		}
	}
}
