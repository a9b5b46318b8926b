package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/drt-go/drt/connector"
)

// files lists what the pattern matches, by name. It is an error if that is nothing.
func (s *Source) files() ([]path, error) {
	if s.pattern == "" {
		if s.taken.Swap(true) {
			return nil, &connector.Error{Kind: connector.KindPermanent, Op: "open standard input", Message: "standard input was read already, and cannot be read twice"}
		}
		return []path{{shown: "standard input", stdin: s.stdin}}, nil
	}
	names, err := s.match()
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	root := strings.TrimSuffix(s.pattern, filepath.Clean(s.cfg.Path))
	list := make([]path, len(names))
	for i, n := range names {
		list[i] = path{name: n, shown: strings.TrimPrefix(n, root)}
	}
	return list, nil
}

func (s *Source) match() ([]string, error) {
	// A file whose own name looks like a pattern is that file.
	if info, err := os.Stat(s.pattern); err == nil && !info.IsDir() {
		return []string{s.pattern}, nil
	}
	names, err := filepath.Glob(s.pattern)
	if err != nil {
		return nil, &connector.Error{Kind: connector.KindConfig, Op: "open " + s.cfg.Path, Err: err}
	}
	names = slices.DeleteFunc(names, func(n string) bool {
		info, err := os.Stat(n)
		return err == nil && info.IsDir()
	})
	if len(names) == 0 {
		return nil, &connector.Error{Kind: connector.KindNotFound, Op: "open " + s.cfg.Path,
			Message: fmt.Sprintf("no file matches %s", s.pattern),
			Hint:    "mend path in the profile (relative paths start at the project's folder)"}
	}
	return names, nil
}

// ioError says what went wrong with a file.
func ioError(p path, doing string, err error) error {
	out := &connector.Error{Kind: connector.KindPermanent, Op: doing + " " + p.shown, Err: err, Message: err.Error()}
	switch {
	case errors.Is(err, io.EOF): // never the end of the data
		out.Err, out.Message = io.ErrUnexpectedEOF, "the file ends too early"
	case errors.Is(err, fs.ErrNotExist):
		out.Kind, out.Message = connector.KindNotFound, "the file does not exist"
	case errors.Is(err, fs.ErrPermission):
		out.Kind, out.Message = connector.KindAuth, "permission denied"
	}
	return out
}

func canceled(op string, err error) error {
	return &connector.Error{Kind: connector.KindCanceled, Op: op, Err: err}
}
