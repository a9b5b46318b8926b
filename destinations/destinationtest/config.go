package destinationtest

import (
	"context"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

func configCases() []contractCase {
	return []contractCase{
		{name: "TargetSaysWhatTheConfigSays", check: targetSaysWhatTheConfigSays},
		{name: "CapabilitiesAreKnown", check: capabilitiesAreKnown},
		{name: "MissingFieldsAreConfigErrors", check: missingFieldsAreConfigErrors},
		{name: "UnsupportedModeRefused", check: unsupportedModeRefused},
		{name: "MergeWithoutKeyRefused", modes: only(destinations.ModeMerge, destinations.ModeMirror), check: mergeWithoutKeyRefused},
		{name: "KeyColumnMatchesInAnyCase", modes: only(destinations.ModeMerge), check: keyColumnMatchesInAnyCase},
		{name: "KeyColumnMissingFromModelRefused", modes: only(destinations.ModeMerge, destinations.ModeMirror), check: keyColumnMissingFromModelRefused},
	}
}

func targetSaysWhatTheConfigSays(r *run) {
	for _, mode := range r.caps.Modes {
		p := r.people(mode)
		got := p.dest.Target()
		if got.Name == "" {
			r.Errorf("Target().Name is empty: reports and errors need it")
		}
		if !slices.Contains(r.caps.Modes, got.Mode) {
			r.Errorf("Target().Mode is %q, which Capabilities does not list: %v", got.Mode, r.caps.Modes)
		}
		if keyed(mode) && !slices.Equal(got.Key, p.table.Key) {
			r.Errorf("Target().Key is %v, the config says %v", got.Key, p.table.Key)
		}
	}
}

func capabilitiesAreKnown(r *run) {
	known := only(destinations.ModeInsert, destinations.ModeMerge, destinations.ModeMirror, destinations.ModeReplace)
	if len(r.caps.Modes) == 0 {
		r.Errorf("Capabilities lists no mode: the destination can never run")
	}
	for i, m := range r.caps.Modes {
		if !slices.Contains(known, m) || slices.Contains(r.caps.Modes[:i], m) {
			r.Errorf("Capabilities lists the mode %q, which is unknown or listed twice", m)
		}
	}
	for i, o := range r.caps.Options {
		if slices.Contains(r.caps.Options[:i], o) {
			r.Errorf("Capabilities lists the option %q twice", o)
		}
		if strings.HasPrefix(string(o), "sync.mirror") && !slices.Contains(r.caps.Modes, destinations.ModeMirror) {
			r.Errorf("Capabilities lists the option %q without the mode mirror", o)
		}
	}
}

func missingFieldsAreConfigErrors(r *run) {
	p := r.place(Table{Columns: people(), Key: []string{"id"}})
	for _, f := range r.harness.Spec.Fields() {
		if !f.Required {
			continue
		}
		config, found := without(r, p.Config, f.Name)
		if !found {
			r.Errorf("field %s is required, and the harness's config lacks it:\n%s", f.Name, p.Config)
			continue
		}
		_, ds := p.build(config)
		if len(ds) == 0 {
			r.Errorf("field %s is required, and a config without it is taken:\n%s", f.Name, config)
		} else if s := summaries(ds); !strings.Contains(s, f.Name) {
			r.Errorf("a config without %s: the error does not name the field: %s", f.Name, s)
		}
	}
}

// without takes one key out of a YAML mapping.
func without(r *run, config, key string) (text string, found bool) {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(config), &doc); err != nil || len(doc.Content) == 0 {
		r.Fatalf("the config of the harness is not a YAML mapping: %v\n%s", err, config)
	}
	m := doc.Content[0]
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			m.Content = slices.Delete(m.Content, i, i+2)
			found = true
			break
		}
	}
	out, err := yaml.Marshal(m)
	if err != nil {
		r.Fatalf("the config without %s: %v", key, err)
	}
	return string(out), found
}

func unsupportedModeRefused(r *run) {
	p := r.people(r.anyMode())
	s, err := p.dest.Open(context.Background(), p.plan("garbage"))
	if err == nil {
		_ = s.Close()
	}
	r.kind(err, "a mode that nobody knows must be refused before anything is written", connector.KindConfig)
}

func mergeWithoutKeyRefused(r *run) {
	for _, mode := range only(destinations.ModeMerge, destinations.ModeMirror) {
		if !slices.Contains(r.caps.Modes, mode) {
			continue
		}
		p := &place{run: r, table: Table{Columns: people(), Mode: mode}}
		p.Target = r.harness.NewTarget(r, p.table)
		dest, ds := p.build(p.Config)
		if len(ds) > 0 {
			if !strings.Contains(summaries(ds), "key") {
				r.Errorf("mode %s without a key is refused, but the error does not say so: %s", mode, summaries(ds))
			}
			continue
		}
		s, err := dest.Open(context.Background(), p.plan(mode))
		if err == nil {
			_ = s.Close()
		}
		r.kind(err, "mode "+string(mode)+" without a key must be refused before anything is written", connector.KindConfig)
	}
}

// W5
func keyColumnMatchesInAnyCase(r *run) {
	p := r.place(Table{Columns: people(), Key: []string{"ID"}, Mode: destinations.ModeMerge})
	p.seed(row{"1", "ada", "1.00"})
	p.load(p.plan(destinations.ModeMerge), row{"1", "ada", "2.00"}, row{"2", "bob", "3.00"})
	p.want("a key column is found whatever its case (W5)", row{"1", "ada", "2.00"}, row{"2", "bob", "3.00"})
}

// W5
func keyColumnMissingFromModelRefused(r *run) {
	for _, mode := range only(destinations.ModeMerge, destinations.ModeMirror) {
		if !slices.Contains(r.caps.Modes, mode) {
			continue
		}
		p := r.people(mode)
		p.seed(row{"1", "ada", "1.00"})
		plan := p.plan(mode)
		plan.Schema = columns("name", people().Field(1).Type, "amount", people().Field(2).Type)
		s, err := p.dest.Open(context.Background(), plan)
		if err == nil {
			_ = s.Close()
		}
		r.kind(err, "a model without the key column must be refused by Open (W5)", connector.KindConfig)
		p.want("a refused Open changes nothing", row{"1", "ada", "1.00"})
	}
}
