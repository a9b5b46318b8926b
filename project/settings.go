package project

import (
	"strings"

	"github.com/drt-go/drt/connector"
)

// ProjectFile is the name of the file that makes a folder a project.
const ProjectFile = "drt_project.yml"

// projectFile is drt_project.yml.
type projectFile struct {
	Name    string            `yaml:"name" validate:"required" doc:"name of the project"`
	Version string            `yaml:"version" default:"0.1" doc:"version of the project, for people"`
	Profile string            `yaml:"profile" default:"default" doc:"profile that syncs read from unless they name their own; DRT_PROFILE and --profile override it"`
	Vars    map[string]scalar `yaml:"vars" type:"map of scalar" doc:"values for {{ var('name') }}; DRT_VAR_NAME and --vars override them"`
	History History           `yaml:"history" doc:"how long the record of past runs is kept"`
	State   State             `yaml:"state" doc:"what drt remembers between runs, in .drt/state.db"`
}

// State is what drt remembers between runs.
type State struct {
	Rebuild bool `yaml:"rebuild" default:"false" doc:"an incremental sync that was never run here goes on from the watermark that its target's log holds: for runners that keep no files"`
}

// History is how long the record of past runs is kept.
type History struct {
	Enabled       bool `yaml:"enabled" default:"true" doc:"keep a record of runs"`
	RetentionDays int  `yaml:"retention_days" validate:"gte=0" default:"30" doc:"days that a run is kept; 0 keeps it for good"`
	MaxEntries    int  `yaml:"max_entries" validate:"gte=0" default:"500" doc:"runs that are kept for each sync; 0 keeps all"`
}

// scalar is a text, number or boolean as it is written.
type scalar string

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *scalar) UnmarshalText(text []byte) error {
	*s = scalar(text)
	return nil
}

func newProjectFile() projectFile {
	return projectFile{
		Version: "0.1", Profile: "default",
		History: History{Enabled: true, RetentionDays: 30, MaxEntries: 500},
	}
}

func (l *loader) loadProject(p *Project) {
	l.settings = newProjectFile()
	text, ds := l.read(ProjectFile)
	l.add(ds...)
	if text != nil {
		l.decodeProject(text)
	}
	p.Name, p.Version, p.History, p.State = l.settings.Name, l.settings.Version, l.settings.History, l.settings.State
}

func (l *loader) decodeProject(text []byte) {
	node, ds := connector.ParseNode(ProjectFile, text)
	l.add(ds...)
	if node == nil {
		return
	}
	l.node = node
	unsupported, skip := refuseUnsupported(node, unsupportedInProject())
	l.add(unsupported...)
	if vars := node.Child("vars"); vars != nil {
		l.add(literalSecrets(vars)...)
	}
	expanded, ds := node.Expand((&template{lookup: l.lookup}).expand, skip...)
	l.add(ds...)
	l.add(connector.Decode(expanded, &l.settings, skip...)...)
}

// literalSecrets refuses the entries of a mapping whose keys say that they are secrets themselves.
func literalSecrets(n *connector.Node) connector.Diagnostics {
	var ds connector.Diagnostics
	for _, child := range n.Children() {
		if key := child.Key.Value; connector.IsSecretKey(key) && len(child.Children()) == 0 {
			ds = append(ds, connector.Diagnostic{Range: child.Range(), Path: child.Path, Summary: "literal " + key + " in YAML",
				Hint: "name the environment variable that holds it where it is used: `" + key + "_env: " + strings.ToUpper(key) + "`"})
		}
	}
	return ds
}
