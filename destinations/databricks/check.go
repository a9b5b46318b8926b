package databricks

import (
	"context"
	"errors"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Check implements destinations.Checker. What it cannot prove without writing to the target, MODIFY, it says so.
func (d *Destination) Check(ctx context.Context, schema *arrow.Schema) ([]destinations.Finding, error) {
	w, err := d.connect(ctx, queryTags("check", "", ""), nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.close() }()
	nothing := func([]any) error { return nil }
	err = w.query(ctx, "SELECT 1", statement{text: "SELECT 1"}, func() {}, nothing)
	found := []destinations.Finding{finding("SELECT 1", "the warehouse answers", err)}
	if err != nil {
		return found, stopped(err)
	}
	target := d.checkTarget(ctx, w, schema)
	found = append(found, target)
	if target.OK {
		st := statement{text: "SELECT * FROM " + d.cfg.target().String() + " LIMIT 0"}
		err := w.query(ctx, "read "+d.cfg.target().plain(), st, func() {}, nothing)
		if !isTableMissing(err) {
			found = append(found, finding("SELECT on "+d.cfg.target().plain(), "granted; MODIFY shows at the first run only", err))
		}
	}
	if v, ok := d.volumeFinding(ctx, w); ok {
		found = append(found, v)
	}
	err = d.checkScratch(ctx, w)
	found = append(found, finding("CREATE TABLE in "+d.cfg.scratchSchema().namespace(), "a scratch table was made and dropped", err))
	return found, stopped(ctx.Err())
}

// checkTarget reads the target's columns, and holds the model against them if it is known.
func (d *Destination) checkTarget(ctx context.Context, w *warehouse, schema *arrow.Schema) destinations.Finding {
	t := d.cfg.target()
	subject := "target " + t.plain()
	if schema != nil {
		p := destinations.Plan{Schema: schema, Mode: destinations.ModeInsert}
		if len(d.cfg.UpsertKey) > 0 {
			p.Mode = destinations.ModeMerge
		}
		l, create, err := d.layOut(ctx, w, layout{target: t, scratch: t}, p)
		if err == nil {
			_, err = newRowEncoder(schema, l)
		}
		if create {
			return finding(subject, "does not exist; the first run creates it", err)
		}
		return finding(subject, "the model fits "+plural(len(l.columns), "column"), err)
	}
	columns, err := w.readTarget(ctx, t)
	if isTableMissing(err) && d.cfg.Create {
		return finding(subject, "does not exist; the first run creates it", nil)
	}
	return finding(subject, "has "+plural(len(columns), "column"), err)
}

// checkScratch makes a scratch table and drops it: the one proof of the grant that every endpoint understands.
func (d *Destination) checkScratch(ctx context.Context, w *warehouse) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	l := layout{scratch: scratchFor(d.cfg.scratchSchema(), d.cfg.target(), id.String())}
	err = w.define(ctx, "create scratch", statement{text: createScratchSQL(l)}, onScratch)
	if err != nil && answered(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	return firstError(err, w.define(ctx, "drop scratch", statement{text: dropSQL(l.scratch)}, onScratch))
}

func finding(subject, fine string, err error) destinations.Finding {
	f := destinations.Finding{OK: err == nil, Subject: subject, Detail: fine}
	if err != nil {
		f.Detail = err.Error()
		var e *connector.Error
		if errors.As(err, &e) {
			f.Hint = e.Hint
		}
	}
	return f
}

// stopped returns err if it ended the check, not if it is a finding.
func stopped(err error) error {
	if connector.KindOf(err) == connector.KindCanceled || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
