// Package lookup is a destination that keeps one JSON file: an object with a member for each key, for programs that
// look rows up. It rewrites the file in every run, so it is for thousands of rows, not for millions.
package lookup

import (
	"context"
	"path/filepath"
	"sync"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Config is what YAML says. Its fields are all there is to configure: help, JSON Schema and checks come from them.
type Config struct {
	Path      string   `yaml:"path" validate:"required" doc:"file to keep; a relative path starts at the project"`
	UpsertKey []string `yaml:"upsert_key" validate:"required,min=1" doc:"columns that identify a row"`
}

// Spec announces the destination.
func Spec() destinations.Spec { return destinations.Define("lookup", Config{}, New) }

// New builds it. No I/O: `drt validate` calls this too.
func New(c Config, env connector.Env) (destinations.Destination, error) {
	if filepath.Ext(c.Path) != ".json" {
		return nil, &connector.FieldError{Field: "path", Message: "path must end in .json", Hint: "path: out/users.json"}
	}
	if !filepath.IsAbs(c.Path) {
		c.Path = filepath.Join(env.Dir, c.Path)
	}
	return &Destination{cfg: c}, nil
}

// Destination is one file. It is safe for concurrent use within this process.
type Destination struct {
	cfg Config
	mu  sync.Mutex // held from reading the file to replacing it
}

// Target implements destinations.Destination.
func (d *Destination) Target() destinations.Target {
	return destinations.Target{Name: "lookup (" + filepath.Base(d.cfg.Path) + ")", Mode: destinations.ModeMerge, Key: d.cfg.UpsertKey}
}

// Capabilities implements destinations.Destination.
func (d *Destination) Capabilities() destinations.Capabilities {
	return destinations.Capabilities{
		Modes:   []destinations.Mode{destinations.ModeMerge, destinations.ModeMirror},
		Options: []destinations.Option{destinations.OptionDryRun},
	}
}

// Open implements destinations.Destination.
func (d *Destination) Open(ctx context.Context, p destinations.Plan) (destinations.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, &connector.Error{Kind: connector.KindCanceled, Op: "open", Err: err}
	}
	if p.Mode != destinations.ModeMerge && p.Mode != destinations.ModeMirror {
		return nil, &connector.Error{Kind: connector.KindConfig, Op: "open", Message: "unsupported mode: " + string(p.Mode)}
	}
	s := &session{dest: d, plan: p, staged: map[string]row{}, observed: map[string]bool{}}
	for _, f := range p.Schema.Fields() {
		if !supported(f.Type) {
			return nil, &connector.Error{Kind: connector.KindConfig, Op: "open", Message: "column " + f.Name + ": type " + f.Type.String() + " is not supported", Hint: "cast it to text in the model"}
		}
	}
	for _, name := range d.cfg.UpsertKey {
		i := columnOf(p.Schema, name)
		if i < 0 {
			return nil, &connector.Error{Kind: connector.KindConfig, Op: "open", Message: "key column " + name + " is not in the model"}
		}
		s.key = append(s.key, i)
	}
	return s, nil
}
