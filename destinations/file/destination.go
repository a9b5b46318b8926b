package file

import (
	"context"
	"io"
	"os"
	"slices"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Destination is one file. It is safe for concurrent use.
type Destination struct {
	cfg     Config
	path    string // absolute
	modeSet bool   // whether the YAML says the mode
}

var (
	_ destinations.Destination = (*Destination)(nil)
	_ destinations.Checker     = (*Destination)(nil)
	_ destinations.Cleaner     = (*Destination)(nil)
	_ destinations.Capable     = Config{}
)

// Target implements destinations.Destination.
func (d *Destination) Target() destinations.Target {
	return destinations.Target{Name: nameOf(d.cfg), Mode: d.cfg.Mode, Set: d.modeSet}
}

// Capabilities implements destinations.Destination.
func (d *Destination) Capabilities() destinations.Capabilities { return d.cfg.Capabilities() }

// Open implements destinations.Destination.
func (d *Destination) Open(ctx context.Context, p destinations.Plan) (destinations.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, failed("open", err)
	}
	if !slices.Contains(d.Capabilities().Modes, p.Mode) {
		return nil, &connector.Error{Kind: connector.KindConfig, Op: "open", Message: "a " + d.cfg.Format + " file does not support mode " + string(p.Mode), Hint: "mode: replace"}
	}
	meta, schema, err := newMetadata(p)
	if err != nil {
		return nil, err
	}
	at, err := find(d.path)
	if err != nil {
		return nil, err
	}
	s := &session{cfg: d.cfg, plan: p, schema: schema, meta: meta, place: at, sink: &sink{w: io.Discard}}
	if p.Mode == destinations.ModeInsert {
		if err := s.checkHeader(); err != nil {
			return nil, err
		}
	}
	if err := s.begin(p.DeadRuns); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// begin makes the temporary file, unless the run is dry, and the encoder that writes to it.
func (s *session) begin(deadRuns []string) error {
	if !s.plan.DryRun {
		if err := s.place.makeFolder(); err != nil {
			return err
		}
		for _, id := range deadRuns {
			_ = os.Remove(s.place.scratch(id, ""))
			_ = os.Remove(s.place.scratch(id, joinPart))
		}
		out, err := createOutput(s.place.scratch(s.plan.SyncRunID, ""), s.place.info)
		if err != nil {
			return failed("open", err)
		}
		s.out, s.sink.w = out, out
		if s.cfg.Format != "parquet" {
			if err := out.compress(s.cfg.Compression); err != nil {
				return failed("open", err)
			}
		}
	}
	enc, err := newEncoder(s.cfg, s.schema, s.sink)
	if err != nil {
		return err
	}
	s.enc = enc
	if s.cfg.Format == "csv" && s.cfg.Header && s.plan.Mode == destinations.ModeReplace {
		_, err = s.sink.Write(s.header())
	}
	return failed("open", err)
}

func (s *session) header() []byte {
	return newDialect(s.cfg, s.schema.NumFields()).appendHeader(nil, s.schema.Fields())
}
