package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// writeWhole makes file hold text, or leaves it as it is. Only this user may read it. What a link points to is written, the
// link stays: /dev/stdout is one, and a rename would put a file in the place of either.
func writeWhole(file string, text []byte) error {
	there, err := os.Stat(file)
	switch {
	case err == nil && !there.Mode().IsRegular():
		return writeInto(file, text)
	case err == nil:
		if file, err = filepath.EvalSymlinks(file); err != nil {
			return err
		}
	case isLink(file):
		return fmt.Errorf("%s is a link to a file that does not exist: make that file, or remove the link", file)
	}
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

func isLink(name string) bool {
	there, err := os.Lstat(name)
	return err == nil && there.Mode()&os.ModeSymlink != 0
}

// writeInto writes to a device or a pipe, which nothing can be put in the place of.
func writeInto(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
