package project

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sources"
)

// modelRef is `ref('name')` as all of a model.
var modelRef = regexp.MustCompile(`^\s*(?:\{\{)?\s*ref\(\s*(?:'([^']*)'|"([^"]*)")\s*\)\s*(?:\}\})?\s*$`)

// resolveModel turns what the key `model` says into SQL: itself, a file, or a ref.
func (l *loader) resolveModel(s *Sync, written string) {
	at := s.node.Position("model")
	if key := s.node.Child("model"); key != nil {
		at = key.KeyRange()
	}
	if ref := modelRef.FindStringSubmatch(written); ref != nil {
		l.resolveRef(s, ref[1]+ref[2])
		return
	}
	if isModelFile(written) {
		name := strings.TrimSpace(written)
		if !l.readModel(s, name, path.Join(syncsFolder, "models", name)) {
			l.add(connector.Diagnostic{Range: s.node.Position("model"), Path: "model", Summary: fmt.Sprintf("no model %s", name),
				Hint: fmt.Sprintf("drt looks for %s and %s", name, path.Join(syncsFolder, "models", name))})
		}
		return
	}
	s.Model = written
	s.Origin = fmt.Sprintf("%s:%d", s.File, at.Line)
}

// isModelFile says that a model is the name of a file: one word that ends in .sql.
func isModelFile(model string) bool {
	name := strings.TrimSpace(model)
	return strings.HasSuffix(strings.ToLower(name), ".sql") && !strings.ContainsFunc(name, unicode.IsSpace)
}

// resolveRef finds models/NAME.sql; without one, NAME is a table of the source, unless dbt may know better.
func (l *loader) resolveRef(s *Sync, name string) {
	bad := connector.Diagnostic{Range: s.node.Position("model"), Path: "model"}
	if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$`).MatchString(name) {
		bad.Summary, bad.Hint = fmt.Sprintf("ref(%q) names no model", name), "write ref('users') for syncs/models/users.sql"
		l.add(bad)
		return
	}
	if l.readModel(s, path.Join(syncsFolder, "models", name+".sql"), path.Join("models", name+".sql")) {
		return
	}
	for _, dbt := range []string{"target/manifest.json", "dbt_project.yml"} {
		if _, err := readBounded(filepath.Join(l.dir, filepath.FromSlash(dbt))); !errors.Is(err, fs.ErrNotExist) {
			bad.Summary = fmt.Sprintf("ref(%q): models of a dbt project (%s) are not supported yet", name, dbt)
			bad.Hint = fmt.Sprintf("write the SQL into syncs/models/%s.sql", name)
			l.add(bad)
			return
		}
	}
	s.Model = "SELECT * FROM " + name
	s.Origin = fmt.Sprintf("%s:%d", s.File, bad.Range.Line)
}

// readModel reads the first of the named files that exists, and fills in its templates.
func (l *loader) readModel(s *Sync, names ...string) bool {
	for _, name := range names {
		name = path.Clean(filepath.ToSlash(name))
		full := filepath.FromSlash(name)
		if !filepath.IsAbs(full) {
			full = filepath.Join(l.dir, full)
		}
		text, err := readBounded(full)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			l.add(wholeFile(name, err.Error(), "")...)
			return true
		case len(text) > connector.MaxFileSize:
			l.add(wholeFile(name, fmt.Sprintf("model of more than %d bytes", connector.MaxFileSize), "")...)
			return true
		case !utf8.Valid(text):
			l.add(wholeFile(name, "model is not UTF-8", "save the file as UTF-8")...)
			return true
		}
		s.Origin = name
		text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
		file := &connector.File{Name: name, Text: text}
		model, bad := l.template().expand(string(text))
		for _, b := range bad {
			l.add(connector.Diagnostic{Range: file.Find(b.Text), Summary: b.Message, Hint: b.Hint})
		}
		s.Model = model
		return true
	}
	return false
}

// needModel refuses a sync without a model, unless its source can be read without one.
func (l *loader) needModel(s *Sync) {
	if strings.TrimSpace(s.Model) != "" || s.Origin == "" || l.toldOf(s, "model") {
		return
	}
	if _, optional := s.Source.(sources.ModelOptional); optional {
		s.Model = ""
		return
	}
	l.add(s.Diagnose(&connector.FieldError{Field: "model", Message: "model is required", Hint: "write `model: SELECT ...`"})...)
}

// toldOf says that a key of the sync's file has a mistake already.
func (l *loader) toldOf(s *Sync, path string) bool {
	return slices.ContainsFunc(l.ds, func(d connector.Diagnostic) bool {
		return d.Path == path && d.Range.File != nil && d.Range.File.Name == s.File
	})
}

func notInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-. ", r)
}
