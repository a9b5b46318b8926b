package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
)

// place is where the target is, or will be.
type place struct {
	target string      // with links followed: a rename would replace the link, not what it points to
	info   fs.FileInfo // of the target as it was found, nil if there is none
	made   string      // first folder that had to be made, "" if none
}

// find looks at path and changes nothing.
func find(path string) (*place, error) {
	target, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		since, why := missing(path)
		if why != nil {
			return nil, why
		}
		if !since {
			return &place{target: path}, nil
		}
		target, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return nil, failed("open", err)
	}
	info, err := os.Stat(target)
	if err != nil {
		return nil, failed("open", err)
	}
	if !info.Mode().IsRegular() {
		return nil, &connector.Error{Kind: connector.KindConfig, Op: "open", Message: path + " is not a regular file", Hint: "name a file that drt may replace"}
	}
	return &place{target: target, info: info}, nil
}

// missing looks again at a path at which there was nothing a moment ago. since says that there is by now: another run has
// put its file there.
func missing(path string) (since bool, err error) {
	if _, err := os.Stat(path); err == nil {
		return true, nil
	}
	there, err := os.Lstat(path)
	switch {
	case err != nil:
		return false, nil
	case there.Mode()&fs.ModeSymlink == 0:
		return true, nil
	}
	return false, &connector.Error{Kind: connector.KindNotFound, Op: "open", Message: path + " is a link to a file that does not exist", Hint: "make that file, or remove the link"}
}

// makeFolder makes the folders of the target that are missing.
func (p *place) makeFolder() error {
	dir := filepath.Dir(p.target)
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		p.made = at
	}
	return failed("open", os.MkdirAll(dir, 0o777))
}

// dropFolder removes the folders that makeFolder made, as far as they are empty.
func (p *place) dropFolder() {
	if p.made == "" {
		return
	}
	for at := filepath.Dir(p.target); os.Remove(at) == nil && at != p.made; at = filepath.Dir(at) {
	}
}

// scratch names a temporary file of a run beside the target: hidden, and its run id tells its age.
func (p *place) scratch(syncRun, part string) string {
	dir, base := filepath.Split(p.target)
	return dir + scratchPrefix(base) + syncRun + part + ".tmp"
}

func scratchPrefix(base string) string { return "." + base + ".drt-" }

// scratchRun returns the run that a file beside the target belongs to.
func scratchRun(target, name string) (syncRun string, ok bool) {
	prefix := scratchPrefix(filepath.Base(target))
	if len(name) < len(prefix)+36 || name[:len(prefix)] != prefix {
		return "", false
	}
	id, rest := name[len(prefix):len(prefix)+36], name[len(prefix)+36:]
	if _, err := uuid.Parse(id); err != nil || (rest != ".tmp" && rest != joinPart+".tmp") {
		return "", false
	}
	return id, true
}

// joinPart marks the second file of mode insert: the old rows and the new ones.
const joinPart = ".join"
