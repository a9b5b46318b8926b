package project

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/drt-go/drt/connector"
)

// read reads a file of the project by its slash path. A file that is missing or cannot be read is a diagnostic.
func (l *loader) read(name string) ([]byte, connector.Diagnostics) {
	text, err := readBounded(filepath.Join(l.dir, filepath.FromSlash(name)))
	if err == nil {
		return text, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, wholeFile(name, err.Error(), "")
	}
	if other := l.otherExtension(name); other != "" {
		return nil, wholeFile(other, "drt reads "+name+" only", fmt.Sprintf("rename it: mv %s %s", other, name))
	}
	return nil, wholeFile(name, "no such file in "+l.dir, "`drt init` makes a project; -C DIR names the folder of one")
}

// otherExtension returns name with .yaml if that exists.
func (l *loader) otherExtension(name string) string {
	base, ok := strings.CutSuffix(name, ".yml")
	if !ok {
		return ""
	}
	if _, err := os.Stat(filepath.Join(l.dir, filepath.FromSlash(base+".yaml"))); err != nil {
		return ""
	}
	return base + ".yaml"
}

// readBounded reads a regular file of at most one byte more than a YAML file may have, so that its size is told apart.
// Errors name no path: the diagnostic does.
func readBounded(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, plainError(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, plainError(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, connector.MaxFileSize+1))
	if err != nil {
		return nil, plainError(err)
	}
	return text, nil
}

// plainError drops the operation and the path from err.
func plainError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// wholeFile says something of a file as a whole.
func wholeFile(name, summary, hint string) connector.Diagnostics {
	return connector.Diagnostics{{Range: connector.Range{File: &connector.File{Name: name}}, Summary: summary, Hint: hint}}
}
