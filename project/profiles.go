package project

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

const (
	profilesFile = "profiles.yml"
	homeProfiles = "~/.drt/profiles.yml"
)

// loadProfiles reads profiles.yml of the project, which may be missing as long as no sync needs it.
func (l *loader) loadProfiles() {
	if _, err := readBounded(filepath.Join(l.dir, profilesFile)); errors.Is(err, fs.ErrNotExist) && l.otherExtension(profilesFile) == "" {
		return
	}
	text, ds := l.read(profilesFile)
	l.add(ds...)
	if node := l.parseProfiles(profilesFile, text); node != nil {
		for _, profile := range profilesIn(node) {
			l.add(literalSecrets(profile)...)
		}
	}
}

// loadHomeProfiles reads ~/.drt/profiles.yml, which the user's projects share, once the project's own file lacks a
// profile: what is wrong in it must not stop a project that does not need it.
func (l *loader) loadHomeProfiles() {
	if l.homeRead {
		return
	}
	l.homeRead = true
	home, _ := l.lookup("HOME")
	if home == "" {
		home, _ = l.lookup("USERPROFILE")
	}
	if home == "" {
		return
	}
	text, err := readBounded(filepath.Join(home, ".drt", profilesFile))
	switch {
	case err == nil:
		l.parseProfiles(homeProfiles, text)
	case !errors.Is(err, fs.ErrNotExist):
		l.add(wholeFile(homeProfiles, err.Error(), "")...)
	}
}

func (l *loader) parseProfiles(name string, text []byte) *connector.Node {
	if text == nil {
		return nil
	}
	node, ds := connector.ParseNode(name, text)
	l.add(ds...)
	if node == nil {
		return nil
	}
	unsupported, _ := refuseUnsupported(node, unsupportedInProfiles())
	l.add(unsupported...)
	l.profiles = append(l.profiles, node)
	return node
}

// profilesIn lists the profiles of a file: its keys, and those below the key `profiles`.
func profilesIn(file *connector.Node) []*connector.Node {
	var all []*connector.Node
	for _, child := range file.Children() {
		switch {
		case child.Key.Value == "observability":
		case child.Key.Value == "profiles" && child.Child("type") == nil:
			all = append(all, child.Children()...)
		default:
			all = append(all, child)
		}
	}
	return all
}

// source builds the source of profile name for a sync; wanted is where the name comes from.
func (l *loader) source(name string, wanted connector.Diagnostic) (sources.Source, bool) {
	profile := l.findProfile(name)
	if profile == nil {
		l.add(l.missingProfile(name, wanted))
		return nil, false
	}
	if ds := refuseType(profile, "source", specNames(l.options.Sources.Specs()), pythonSources()); ds != nil {
		l.add(ds...)
		return nil, false
	}
	expanded, ds := profile.Expand(l.template().expand)
	if len(ds) > 0 {
		l.add(ds...)
		return nil, false
	}
	source, ds := l.options.Sources.New(expanded, l.options.Env)
	l.add(ds...)
	return source, len(ds) == 0
}

func (l *loader) findProfile(name string) *connector.Node {
	for range 2 {
		for _, file := range l.profiles {
			for _, profile := range profilesIn(file) {
				if profile.Key.Value == name {
					return profile
				}
			}
		}
		l.loadHomeProfiles()
	}
	return nil
}

func (l *loader) missingProfile(name string, wanted connector.Diagnostic) connector.Diagnostic {
	var defined []string
	for _, file := range l.profiles {
		for _, profile := range profilesIn(file) {
			defined = append(defined, profile.Key.Value)
		}
	}
	wanted.Summary = fmt.Sprintf("profile %q is neither in %s nor in %s", name, profilesFile, homeProfiles)
	switch near := connector.Nearest(name, defined); {
	case near != "":
		wanted.Hint = fmt.Sprintf("did you mean %q?", near)
	case len(defined) > 0:
		slices.Sort(defined)
		wanted.Hint = "there are " + strings.Join(slices.Compact(defined), ", ")
	default:
		wanted.Hint = fmt.Sprintf("write %s with `%s: {type: sqlite, database: ...}`", profilesFile, name)
	}
	return wanted
}

// profileOf says which profile a sync reads from, and where that is written.
func (l *loader) profileOf(own string, sync *connector.Node) (name string, wanted connector.Diagnostic) {
	if own != "" {
		return own, connector.Diagnostic{Range: sync.Position("profile"), Path: "profile"}
	}
	if l.options.Profile != "" {
		return l.options.Profile, connector.Diagnostic{Path: "--profile"}
	}
	if fromEnv, _ := l.lookup("DRT_PROFILE"); fromEnv != "" {
		return fromEnv, connector.Diagnostic{Path: "DRT_PROFILE"}
	}
	if l.node == nil {
		return l.settings.Profile, connector.Diagnostic{}
	}
	return l.settings.Profile, connector.Diagnostic{Range: l.node.Position("profile"), Path: "profile"}
}

func specNames[T any](specs []connector.Spec[T]) []string {
	names := make([]string, len(specs))
	for i, s := range specs {
		names[i] = s.Name()
	}
	return names
}
