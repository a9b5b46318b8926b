package databricks

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/drt-go/drt/connector"
)

// tempDir is the folder of a run for files on their way into the volume: only its owner can look into it. It is made
// when the first file needs it, and named like the files, so that what a killed run left can be told from others.
type tempDir struct {
	files string // what names the files of the run, see filesOf
	path  string // "" until it is made
	count int
}

// tempFile is a file in a tempDir, made by its first byte beyond the buffer: a small load that goes another way in the
// end touches no disk.
type tempFile struct {
	dir *tempDir
	buf *bufio.Writer
	f   *os.File
}

// tempBuffer joins the small writes around the pages of a Parquet file.
const tempBuffer = 256 << 10

func (d *tempDir) file() *tempFile {
	t := &tempFile{dir: d}
	t.buf = bufio.NewWriterSize(opening{t}, tempBuffer)
	return t
}

// Write implements io.Writer.
func (t *tempFile) Write(p []byte) (int, error) { return t.buf.Write(p) }

// close ends the file and returns it.
func (t *tempFile) close() (localFile, error) {
	err := t.buf.Flush()
	if t.f == nil {
		return localFile{}, noDisk(err)
	}
	info, serr := t.f.Stat()
	if err = errors.Join(err, serr, t.f.Close()); err != nil {
		return localFile{}, noDisk(err)
	}
	return localFile{path: t.f.Name(), size: info.Size()}, nil
}

// opening makes the file when something is written.
type opening struct{ t *tempFile }

// Write implements io.Writer.
func (o opening) Write(p []byte) (int, error) {
	if o.t.f == nil {
		if err := o.t.open(); err != nil {
			return 0, err
		}
	}
	return o.t.f.Write(p)
}

func (t *tempFile) open() error {
	d := t.dir
	if d.path == "" {
		path, err := os.MkdirTemp("", strings.TrimSuffix(d.files, "-")+".") // 0700
		if err != nil {
			return err
		}
		d.path = path
	}
	d.count++
	name := filepath.Join(d.path, fmt.Sprintf("%d.parquet", d.count))
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	t.f = f
	return err
}

// abandon closes the file; the folder's remove deletes it.
func (t *tempFile) abandon() {
	if t.f != nil {
		_ = t.f.Close()
	}
}

// remove deletes the folder and all in it.
func (d *tempDir) remove() error {
	if d.path == "" {
		return nil
	}
	if err := os.RemoveAll(d.path); err != nil {
		return noDisk(err)
	}
	d.path = ""
	return nil
}

// noDisk is a failure of this machine's disk.
func noDisk(err error) error {
	if err == nil {
		return nil
	}
	return &connector.Error{
		Kind: connector.KindPermanent, Op: "write temporary file", Message: err.Error(), Err: err,
		Hint: fmt.Sprintf("loader volume needs up to %d MB in %s: free some, set TMPDIR to another folder, or set staging.loader: json",
			tempMegabytes, os.TempDir()),
	}
}

// leftDirs finds the folders of runs on this machine that write to t, with their runs: other projects use it, too.
func leftDirs(t table) map[string]string {
	found := map[string]string{}
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		return found
	}
	for _, e := range entries {
		body, _, dotted := strings.Cut(e.Name(), ".")
		run, ok := syncRunOfFile(body + "-0.parquet")
		if dotted && ok && e.IsDir() && filesOf(t, run) == body+"-" {
			found[filepath.Join(os.TempDir(), e.Name())] = run
		}
	}
	return found
}
