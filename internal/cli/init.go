package cli

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// skeleton is the project that `drt init` writes. It runs as it is, on the sandbox.
//
//go:embed all:skeleton
var skeleton embed.FS

func newInitCommand(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "make a project in the working directory that runs as it is",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return runInit(cmd.Context(), app) },
	}
}

func runInit(ctx context.Context, app *App) error {
	files, err := skeletonFiles()
	if err != nil {
		return err
	}
	// All are looked for before the first is written, so that a folder in use stays as it is.
	for _, name := range append([]string{"drt_project.yml", "data/shop.db"}, files...) {
		if name != ignoreFile && exists(app.Dir, name) {
			return fmt.Errorf("init: %s is there already: `drt init` writes into a folder without a project only", name)
		}
	}
	for _, name := range files {
		if name == ignoreFile && exists(app.Dir, name) {
			app.Out.Note("left %s as it is: list .drt/ in it, so that state is not checked in", name)
			continue
		}
		if err := copySkeleton(app.Dir, name); err != nil {
			return fmt.Errorf("init: %w", err)
		}
		app.Out.Note("wrote %s", name)
	}
	if err := makeExampleData(ctx, filepath.Join(app.Dir, "data", "shop.db")); err != nil {
		return fmt.Errorf("init: data/shop.db: %w", err)
	}
	app.Out.Note("wrote data/shop.db")
	app.Out.Print("next: drt run --sandbox")
	return nil
}

// ignoreFile is in most folders before a project is.
const ignoreFile = ".gitignore"

func exists(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return !errors.Is(err, fs.ErrNotExist)
}

func skeletonFiles() ([]string, error) {
	var files []string
	err := fs.WalkDir(skeleton, "skeleton", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel("skeleton", path)
			files = append(files, rel)
		}
		return err
	})
	return files, err
}

func copySkeleton(dir, name string) error {
	text, err := skeleton.ReadFile("skeleton/" + filepath.ToSlash(name))
	if err != nil {
		return err
	}
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

const exampleData = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT, lifetime_value DECIMAL(10,2), updated_at TIMESTAMP NOT NULL);
INSERT INTO customers VALUES
  (1, 'Ada',   'ada@example.com',   120.50, '2026-01-05T09:30:00Z'),
  (2, 'Grace', 'grace@example.com', 87.00,  '2026-01-06T10:00:00Z'),
  (3, 'Edsger', NULL,               0.99,   '2026-01-07T11:15:00Z');`

func makeExampleData(ctx context.Context, path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	db, err := sqlite.OpenConn(path, sqlite.OpenReadWrite, sqlite.OpenCreate)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetInterrupt(ctx.Done())
	return sqlitex.ExecuteScript(db, exampleData, nil)
}
