package destinationtest

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// canary is a value of a row. It must be in no message: people's data is not for logs (E12).
const canary = "canary-5e0c77"

// E12
func secretsNotPrinted(r *run) {
	mode := r.anyMode()
	p := r.target(mode, columns("id", arrow.PrimitiveTypes.Int64, "v", arrow.BinaryTypes.String, "n", arrow.PrimitiveTypes.Int8), "id")
	said := []string{p.dest.Target().Name}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		said = append(said, fmt.Sprintf(verb, p.dest))
	}
	said = append(said, p.failures(mode)...)
	if c, ok := p.dest.(destinations.Checker); ok {
		findings, err := c.Check(r.context(), p.table.Columns)
		said = append(said, fmt.Sprintf("%+v %v", findings, err))
	}
	for _, text := range said {
		for _, secret := range append([]string{canary}, p.Secrets...) {
			if strings.Contains(text, secret) {
				r.Errorf("a secret, or the value of a row, is printed (E12): %s", strings.ReplaceAll(text, secret, "<HERE>"))
			}
		}
	}
}

// failures provokes what errors it can and returns all that they say.
func (p *place) failures(mode destinations.Mode) []string {
	var said []string
	say := func(err error) {
		if err != nil {
			said = append(said, fmt.Sprintf("%v %+v", err, err))
			if e, ok := err.(*connector.Error); ok {
				said = append(said, e.Hint)
			}
		}
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for _, refused := range []struct {
		ctx  context.Context
		mode destinations.Mode
	}{{ended, mode}, {context.Background(), "garbage"}} {
		s, err := p.dest.Open(refused.ctx, p.plan(refused.mode))
		if err == nil {
			_ = s.Close()
		}
		say(err)
	}
	plan, s := p.openWide()
	if s == nil {
		return said
	}
	say(p.write(s, plan.Schema, row{"1", canary, "300"}))
	say(p.write(s, plan.Schema, row{nil, canary, "1"}))
	b := p.batch(plan.Schema, row{"2", canary, "2"})
	defer b.Release()
	say(s.Write(ended, b))
	_, err := s.Commit(ended, destinations.Commit{})
	say(err)
	say(s.Close())
	return said
}
