package project

import (
	"path/filepath"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
)

// Options say how a project is loaded.
type Options struct {
	Sources      *sources.Registry
	Destinations *destinations.Registry
	// Env is what connectors may know of the world. Its Lookup also answers ${VAR}, DRT_PROFILE, DRT_VAR_* and HOME.
	// Dir is set by Load.
	Env     connector.Env
	Profile string            // --profile: instead of DRT_PROFILE and the project's; a sync's own profile stands
	Vars    map[string]string // --vars
}

// Project is a loaded project. It is read-only.
type Project struct {
	Dir     string // absolute
	Name    string
	Version string
	History History
	State   State
	Syncs   []*Sync // those without a mistake, by name of file
}

// Load reads the project in dir. It opens no source and no destination. All mistakes of all files are returned at once,
// sorted; the project is not nil, but a sync with a mistake is not in it.
func Load(dir string, o Options) (*Project, connector.Diagnostics) {
	l := &loader{options: o, dir: dir}
	if absolute, err := filepath.Abs(dir); err == nil {
		l.dir = absolute
	}
	l.options.Env.Dir = l.dir
	p := &Project{Dir: l.dir}
	l.loadProject(p)
	l.loadProfiles()
	l.loadSyncs(p)
	return p, l.ds.Unique()
}

// loader gathers what the files say. It is used by one Load.
type loader struct {
	options  Options
	dir      string
	ds       connector.Diagnostics
	settings projectFile
	node     *connector.Node // of drt_project.yml; nil if it cannot be read
	profiles []*connector.Node
	homeRead bool // ~/.drt/profiles.yml was looked at
}

func (l *loader) add(ds ...connector.Diagnostic) { l.ds = append(l.ds, ds...) }

func (l *loader) lookup(name string) (string, bool) {
	if l.options.Env.Lookup == nil {
		return "", false
	}
	return l.options.Env.Lookup(name)
}
