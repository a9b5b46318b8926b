package file

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// output is a temporary file on its way to become the target. Nobody but its owner may read it until then.
type output struct {
	file    *os.File
	mode    fs.FileMode    // it will have as the target
	packer  io.WriteCloser // nil without compression
	bytes   int64          // written to the file
	renamed bool
}

// createOutput makes the file name. With replaces, the permissions are those of the file that it will replace.
func createOutput(name string, replaces fs.FileInfo) (*output, error) {
	// Made with the permissions of any new file, to learn what the umask leaves of them, and closed to others
	// before the first byte.
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, err
	}
	o := &output{file: f}
	info, err := f.Stat()
	if err == nil {
		o.mode = info.Mode().Perm()
		err = f.Chmod(0o600)
	}
	if err != nil {
		return nil, errors.Join(err, o.remove())
	}
	if replaces != nil {
		o.mode = replaces.Mode().Perm()
	}
	return o, nil
}

// compress puts the packer before the file. The formats' own compression (parquet) is not its business.
func (o *output) compress(kind string) (err error) {
	switch kind {
	case "gzip":
		o.packer, err = gzip.NewWriterLevel(counted{o}, gzip.BestSpeed)
	case "zstd":
		// One at a time: the session's goroutine does the work, and none is left over.
		o.packer, err = zstd.NewWriter(counted{o}, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	}
	return err
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	if o.packer != nil {
		return o.packer.Write(p)
	}
	return counted{o}.Write(p)
}

// counted writes to the file itself.
type counted struct{ o *output }

func (c counted) Write(p []byte) (int, error) {
	n, err := c.o.file.Write(p)
	c.o.bytes += int64(n)
	return n, err
}

// finish ends the compression and makes sure that the disk has it all, under the permissions it shall have.
func (o *output) finish() error {
	if o.packer != nil {
		packer := o.packer
		o.packer = nil
		if err := packer.Close(); err != nil {
			return err
		}
	}
	if err := o.file.Sync(); err != nil {
		return err
	}
	return o.file.Chmod(o.mode)
}

// rename makes the output the target. Before, the target is as it was; after, it is this file; there is nothing between.
func (o *output) rename(target string) error {
	if err := o.file.Close(); err != nil {
		return err
	}
	if err := os.Rename(o.file.Name(), target); err != nil {
		return err
	}
	o.renamed = true
	return nil
}

// remove ends an output that does not become the target, and frees one that did. It may be called again.
func (o *output) remove() error {
	if o.packer != nil {
		_ = o.packer.Close() // ends what it has begun; the file goes anyway
		o.packer = nil
	}
	_ = o.file.Close()
	if o.renamed {
		return nil
	}
	if err := os.Remove(o.file.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
