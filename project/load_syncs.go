package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/drt-go/drt/connector"
)

const syncsFolder = "syncs"

// loadSyncs reads syncs/*.yml in the order of their names.
func (l *loader) loadSyncs(p *Project) {
	entries, err := os.ReadDir(filepath.Join(l.dir, syncsFolder))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.add(wholeFile(syncsFolder, "no such folder in "+l.dir, "put each sync into a file of its own, syncs/users.yml")...)
		return
	case err != nil:
		l.add(wholeFile(syncsFolder, plainError(err).Error(), "")...)
		return
	}
	first := map[string]connector.Range{}
	for _, entry := range entries {
		name := syncsFolder + "/" + entry.Name()
		switch extension := filepath.Ext(entry.Name()); {
		case strings.HasPrefix(entry.Name(), "."):
		case entry.IsDir():
			l.checkSubfolder(name)
		case extension == ".yml":
			l.loadSync(p, name, first)
		case strings.EqualFold(extension, ".yaml") || strings.EqualFold(extension, ".yml"):
			l.add(wholeFile(name, "drt reads syncs/*.yml only", fmt.Sprintf("rename it: mv %s %s.yml", name, strings.TrimSuffix(name, extension)))...)
		}
	}
}

// checkSubfolder refuses syncs in a folder where drt would not read them.
func (l *loader) checkSubfolder(folder string) {
	if folder == syncsFolder+"/models" {
		return
	}
	found := ""
	_ = filepath.WalkDir(filepath.Join(l.dir, filepath.FromSlash(folder)), func(path string, entry fs.DirEntry, err error) error {
		extension := strings.ToLower(filepath.Ext(path))
		if err == nil && !entry.IsDir() && (extension == ".yml" || extension == ".yaml") {
			found, _ = filepath.Rel(l.dir, path)
			return fs.SkipAll
		}
		return nil
	})
	if found != "" {
		name := filepath.ToSlash(found)
		l.add(wholeFile(name, "drt reads syncs/*.yml only, no sub-folders", "move it into "+syncsFolder+"/, and use tags to group syncs")...)
	}
}

// loadSync reads one file and appends its sync if it has no mistake. first holds where each name was met.
func (l *loader) loadSync(p *Project, name string, first map[string]connector.Range) {
	before := len(l.ds)
	text, ds := l.read(name)
	l.add(ds...)
	if text == nil {
		return
	}
	node, ds := connector.ParseNode(name, text)
	l.add(ds...)
	if node == nil {
		return
	}
	s := l.decodeSync(node)
	l.checkName(s, node, first)
	if len(l.ds) == before {
		p.Syncs = append(p.Syncs, s)
	}
}

// decodeSync decodes the file and builds what it names. It goes on after a mistake, so that all are told.
func (l *loader) decodeSync(node *connector.Node) *Sync {
	ds, skip := refuseUnsupported(node, unsupportedInSync())
	l.add(ds...)
	diff, skipDiff := refuseDiffMirror(node)
	l.add(diff...)
	skip = append(skip, skipDiff...)
	expanded, ds := node.Expand(l.template().expand, append([]string{"name"}, skip...)...)
	l.add(ds...)
	cfg := newSyncFile()
	l.add(connector.Decode(expanded, &cfg, skip...)...)

	s := &Sync{
		Name: cfg.Name, Description: cfg.Description, Tags: cfg.Tags, Settings: cfg.Sync, File: node.File.Name, node: node,
	}
	if destination := expanded.Child("destination"); destination != nil {
		l.buildDestination(s, destination)
	}
	var wanted connector.Diagnostic
	s.Profile, wanted = l.profileOf(cfg.Profile, node)
	source, ok := l.source(s.Profile, wanted)
	s.Source = source
	l.resolveModel(s, cfg.Model)
	if ok {
		l.needModel(s)
	}
	return s
}

func (l *loader) buildDestination(s *Sync, n *connector.Node) {
	if ds := refuseType(n, "destination", specNames(l.options.Destinations.Specs()), pythonDestinations()); ds != nil {
		l.add(ds...)
		return
	}
	destination, ds := l.options.Destinations.New(n, l.options.Env)
	l.add(ds...)
	s.Destination = destination
	if destination != nil {
		s.Settings.Guards.guardDeletes(s.Settings.Mode, destination)
	}
}

// refuseDiffMirror names the one value of a supported key that only the Python drt has, and returns its path.
func refuseDiffMirror(node *connector.Node) (ds connector.Diagnostics, skip []string) {
	const path = "sync.mirror.strategy"
	at := node
	for _, step := range strings.Split(path, ".") {
		if at = at.Child(step); at == nil {
			return nil, nil
		}
	}
	if at.YAML.Value != "diff" {
		return nil, nil
	}
	return connector.Diagnostics{{Range: at.Range(), Path: path,
		Summary: `mirror strategy "diff" of the Python drt is not supported yet`, Hint: "expected one of destination, tracked"}}, []string{path}
}

// checkName holds the name of a sync to what state, logs and --select can carry, and to being the only one.
func (l *loader) checkName(s *Sync, node *connector.Node, first map[string]connector.Range) {
	if s.Name == "" {
		return
	}
	at := node.Position("name")
	if bad := strings.IndexFunc(s.Name, notInName); bad >= 0 || len(s.Name) > 200 {
		l.add(connector.Diagnostic{Range: at, Path: "name", Summary: "name of a sync has letters, digits, spaces, _ - and . only, at most 200"})
		return
	}
	if earlier, ok := first[s.Name]; ok {
		l.add(connector.Diagnostic{Range: at, Path: "name", Summary: fmt.Sprintf("sync name %q is used twice", s.Name),
			Hint: fmt.Sprintf("it is in %s:%d already: rename one", earlier.File.Name, earlier.Line)})
		return
	}
	first[s.Name] = at
}
