package databricks

import (
	"context"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks/delta"
)

// Values of `schema_evolution`.
const (
	evolveStrict = "strict"
	evolveAdd    = "add"
	evolveWiden  = "widen"
)

// widen turns c into the model's type if the target's is narrower and Delta can widen it in place.
func (l *layout) widen(c *column, f arrow.Field) {
	typ, err := delta.FromArrow(f.Type)
	if err != nil || !delta.Widens(c.typ, typ) {
		return
	}
	if len(l.alters) == 0 {
		l.alters = append(l.alters, enableWideningSQL(l.target))
	}
	l.alters = append(l.alters, widenSQL(l.target, *c, typ))
	c.typ = typ
}

// preparations are the statements that make the target fit the model, in order.
func (s *session) preparations() []string {
	if s.create {
		return []string{createTargetSQL(s.layout)}
	}
	return s.layout.alters
}

// ready makes the target fit the model, right before the commit: whatever stops a run before leaves it as it was. An
// ALTER fails the writes of others that are in flight, which they repeat; and is repeated if another writer was first.
func (s *session) ready(ctx context.Context, r *destinations.Result) error {
	for _, text := range s.preparations() {
		s.w.doing("preparing " + s.layout.target.plain())
		if err := s.prepareTarget(ctx, text); err != nil {
			return err
		}
		if s.create {
			r.Notes = append(r.Notes, "created "+s.layout.target.plain())
			continue
		}
		r.Notes = append(r.Notes, "ran: "+oneLine(text))
	}
	s.settled()
	return nil
}

// prepareTarget sends text until it is certain what became of it: said twice it changes nothing more.
func (s *session) prepareTarget(ctx context.Context, text string) error {
	for attempt := 1; ; attempt++ {
		err := s.w.define(ctx, "prepare "+s.layout.target.plain(), statement{text: text}, onScratch)
		if attempt > 1 && columnExists(err) {
			return nil
		}
		kind := connector.KindOf(err)
		if kind != connector.KindConflict && kind != connector.KindTransient || attempt >= commitAttempts {
			return err
		}
		if s.w.pause(ctx, s.w.delay(attempt)) != nil {
			return err
		}
	}
}

// columnExists says that an ADD COLUMNS which was sent before, and whose reply was lost, did its work.
func columnExists(err error) bool {
	var e *connector.Error
	if !asError(err, &e) {
		return false
	}
	return slices.Contains([]string{"FIELD_ALREADY_EXISTS", "FIELDS_ALREADY_EXISTS", "COLUMN_ALREADY_EXISTS", "DELTA_DUPLICATE_COLUMNS_FOUND"}, e.Class)
}

// settled says that the target is now as the layout has it.
func (s *session) settled() {
	s.created = s.created || s.create
	s.create, s.layout.alters = false, nil
	for i := range s.layout.columns {
		s.layout.columns[i].added = false
	}
	if s.layout.soft != nil {
		s.layout.soft.added = false
	}
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
