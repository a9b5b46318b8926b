package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
)

const (
	// uploads is the folder for files on their way. No catalog can have that name.
	uploads = ".uploads"
	// staleUpload is when a file there has surely lost its writer.
	staleUpload = 24 * time.Hour
)

// Volumes are Unity Catalog volumes in a folder: <Dir>/<catalog>/<schema>/<volume>/<file>. All state is on disk, so two
// values on one folder see the same: an engine opens its own. Nothing leads out of the folder, symbolic links neither.
// Safe for concurrent use.
type Volumes struct {
	Dir  string // absolute
	root *os.Root
}

// OpenVolumes opens the volumes in dir, which is made if it does not exist.
func OpenVolumes(dir string) (*Volumes, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("volumes: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(abs, uploads), 0o700); err != nil {
		return nil, fmt.Errorf("volumes: %w", err)
	}
	root, err := os.OpenRoot(abs)
	if err != nil {
		return nil, fmt.Errorf("volumes: %w", err)
	}
	v := &Volumes{Dir: abs, root: root}
	v.sweep()
	return v, nil
}

// Close lets go of the folder.
func (v *Volumes) Close() error { return v.root.Close() }

// sweep removes what uploads left whose process died.
func (v *Volumes) sweep() {
	entries, err := fs.ReadDir(v.root.FS(), uploads)
	if err != nil {
		return // the next open tries again
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > staleUpload {
			_ = v.root.Remove(path.Join(uploads, e.Name()))
		}
	}
}

// Resolve returns the local path of a file or folder in a volume: "/Volumes/main/default/stage/x.parquet". Errors are
// *Error: the path is malformed or leads out, the volume does not exist, nothing is there.
func (v *Volumes) Resolve(volumePath string) (string, error) {
	p, err := parseVolumePath(volumePath)
	if err != nil {
		return "", err
	}
	if err := v.check(p.volumeName); err != nil {
		return "", err
	}
	if _, err := v.root.Stat(p.local()); err != nil {
		return "", notFound(p)
	}
	return filepath.Join(v.Dir, filepath.FromSlash(p.local())), nil
}

func notFound(p filePath) *Error {
	return &Error{Class: "PATH_NOT_FOUND", SQLState: "42K03", Message: "Path does not exist: dbfs:" + p.String() + "."}
}

// check says if the volume does not exist.
func (v *Volumes) check(n volumeName) error {
	if info, err := v.root.Stat(n.dir()); err != nil || !info.IsDir() {
		return &Error{Class: "UC_VOLUME_NOT_FOUND", SQLState: "42704", Message: "Volume `" + n.String() + "` does not exist."}
	}
	return nil
}

// create makes a volume. The error is fs.ErrExist if there is one.
func (v *Volumes) create(n volumeName) error {
	if err := v.root.MkdirAll(path.Dir(n.dir()), 0o700); err != nil {
		return err
	}
	return v.root.Mkdir(n.dir(), 0o700)
}

func (v *Volumes) drop(n volumeName) error { return v.root.RemoveAll(n.dir()) }

// names lists the volumes of a schema, sorted.
func (v *Volumes) names(catalog, schema string) []string {
	entries, err := fs.ReadDir(v.root.FS(), path.Join(catalog, schema))
	if err != nil {
		return nil // a schema without volumes has no folder
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

var (
	errExists = errors.New("the file exists")
	errLength = errors.New("the body is shorter than its announced length")
)

// put stores body as p and returns its size. The file appears whole or not at all. Errors: *Error if the volume does
// not exist, errExists without overwrite, errLength if length (-1: unknown) is not what came.
func (v *Volumes) put(ctx context.Context, p filePath, body io.Reader, length int64, overwrite bool) (int64, error) {
	if err := v.check(p.volumeName); err != nil {
		return 0, err
	}
	temp := path.Join(uploads, uuid.NewString())
	defer v.root.Remove(temp) //nolint:errcheck // gone already if all went well
	n, err := v.write(temp, body)
	switch {
	case err == nil && ctx.Err() != nil:
		return n, ctx.Err()
	case length >= 0 && n < length:
		return n, errLength
	case err != nil:
		return n, err
	}
	if err := v.root.MkdirAll(path.Dir(p.local()), 0o700); err != nil {
		return n, err
	}
	if overwrite {
		return n, v.root.Rename(temp, p.local())
	}
	err = v.root.Link(temp, p.local()) // unlike Rename it does not replace
	if errors.Is(err, fs.ErrExist) {
		return n, errExists
	}
	return n, err
}

func (v *Volumes) write(name string, body io.Reader) (n int64, err error) {
	f, err := v.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return io.Copy(f, body)
}

// open opens a file of a volume.
func (v *Volumes) open(p filePath) (*os.File, fs.FileInfo, error) {
	f, err := v.root.Open(p.local())
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, nil, errors.Join(err, f.Close())
	}
	return f, info, nil
}

// remove deletes a file, not a folder.
func (v *Volumes) remove(p filePath) error {
	info, err := v.root.Stat(p.local())
	if err != nil || info.IsDir() {
		return fs.ErrNotExist
	}
	return v.root.Remove(p.local())
}

// list returns what a folder holds, sorted by name.
func (v *Volumes) list(p filePath) ([]fs.FileInfo, error) {
	if err := v.check(p.volumeName); err != nil {
		return nil, err
	}
	entries, err := fs.ReadDir(v.root.FS(), p.local())
	if err != nil {
		return nil, notFound(p)
	}
	var out []fs.FileInfo
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // gone meanwhile otherwise
			out = append(out, info)
		}
	}
	return slices.Clip(out), nil
}
