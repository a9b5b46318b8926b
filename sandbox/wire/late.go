package wire

import "context"

type begunKey struct{}

// Begun is called by an engine when a statement that writes has begun: what commits from now on conflicts with it. Faults
// that ask for it hold the statement here.
func Begun(ctx context.Context) {
	if hold, ok := ctx.Value(begunKey{}).(func()); ok {
		hold()
	}
}

// late reports whether the client is to be left alone while the work goes on.
func (s *strike) late() bool { return s.act != nil && s.act.Do == Late }

// context is that of the work: if the statement is late, the client cannot end it.
func (s *strike) context(ctx context.Context) context.Context {
	if s.late() {
		ctx = context.WithoutCancel(ctx)
	}
	if len(s.begun) == 0 {
		return ctx
	}
	return context.WithValue(ctx, begunKey{}, func() {
		for _, hook := range s.begun {
			hook(s.event)
		}
	})
}
