package file

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// join makes the target the old rows and the new ones, in a second temporary file: a crash leaves the old file whole.
// The caller holds the folder's lock.
func (s *session) join(ctx context.Context) error {
	old, err := os.Open(s.place.target)
	if errors.Is(err, fs.ErrNotExist) {
		old = nil
	} else if err != nil {
		return err
	} else {
		defer func() { _ = old.Close() }()
	}
	if err := s.checkHeader(); err != nil {
		return err
	}
	joined, err := createOutput(s.place.scratch(s.plan.SyncRunID, joinPart), s.place.info)
	if err != nil {
		return err
	}
	defer func() { _ = joined.remove() }()
	before, err := s.copyRows(joined, old)
	if err != nil {
		return err
	}
	if err := joined.finish(); err != nil {
		return err
	}
	if err := unchanged(s.place.target, before); err != nil {
		return err
	}
	was, err := sizeOf(s.place.target)
	if err != nil {
		return err
	}
	is, err := sizeOf(joined.file.Name())
	if err != nil {
		return err
	}
	if err := s.announce(ctx, kindAppend, was, is); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return joined.rename(s.place.target)
}

// copyRows writes the rows of old, if there are any, and then those of this run. It returns old as it was read.
func (s *session) copyRows(to *output, old *os.File) (fs.FileInfo, error) {
	var before fs.FileInfo
	if old != nil {
		var err error
		if before, err = old.Stat(); err != nil {
			return nil, err
		}
		// Straight from file to file: the system copies without a buffer of ours, or shares the blocks.
		if _, err := io.Copy(to.file, old); err != nil {
			return nil, err
		}
		if err := endLine(to.file, old, before.Size()); err != nil {
			return nil, err
		}
	}
	if s.cfg.Format == "csv" && s.cfg.Header && (before == nil || before.Size() == 0) {
		if _, err := to.file.Write(s.header()); err != nil {
			return nil, err
		}
	}
	staged, err := os.Open(s.out.file.Name())
	if err != nil {
		return nil, err
	}
	defer func() { _ = staged.Close() }()
	_, err = io.Copy(to.file, staged)
	return before, err
}

// endLine ends the last line of what was copied, if whoever wrote it did not.
func endLine(to io.Writer, old io.ReaderAt, size int64) error {
	if size == 0 {
		return nil
	}
	var last [1]byte
	if _, err := old.ReadAt(last[:], size-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err := to.Write([]byte{'\n'})
	return err
}

// unchanged refuses to rename over a file that somebody wrote to since it was copied: those rows would be lost.
func unchanged(path string, before fs.FileInfo) error {
	now, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && before == nil {
		return nil
	}
	if err == nil && before != nil && os.SameFile(before, now) && before.Size() == now.Size() && before.ModTime().Equal(now.ModTime()) {
		return nil
	}
	return &connector.Error{Kind: connector.KindConflict, Op: "commit", Message: "somebody wrote to " + path + " during the commit; nothing was added", Hint: "run the sync again"}
}

// checkHeader holds the columns of the run to the first line of the file that is there.
func (s *session) checkHeader() error {
	if s.cfg.Format != "csv" || !s.cfg.Header {
		return nil
	}
	f, err := os.Open(s.place.target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return failed("open", err)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma = rune(s.cfg.delimiter())
	there, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil
	}
	var want []string
	for _, f := range s.schema.Fields() {
		want = append(want, f.Name)
	}
	if err == nil {
		there[0] = string(bytes.TrimPrefix([]byte(there[0]), []byte("\ufeff")))
		if slices.Equal(there, want) {
			return nil
		}
	}
	return &connector.Error{Kind: connector.KindConfig, Op: "open",
		Message: fmt.Sprintf("the first line of %s names the columns %q, the run has %q", s.cfg.Path, there, want),
		Hint:    "select the columns in the file's order, or write another file (mode " + string(destinations.ModeReplace) + " starts anew)"}
}
