package process

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen before it calls it a failure.
const patience = time.Minute

// project is a folder with the files of a project.
type project struct {
	t   *testing.T
	dir string
	env []string
}

func newProject(t *testing.T, w *warehouse, files map[string]string) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir()}
	for _, keep := range os.Environ() {
		if !strings.HasPrefix(keep, "DATABRICKS_") && !strings.HasPrefix(keep, "DRT_") {
			p.env = append(p.env, keep)
		}
	}
	// Temporary files of the binary are found in the project's own folder.
	p.env = append(p.env, "HOME="+p.dir, "TMPDIR="+filepath.Join(p.dir, "tmp"), "NO_COLOR=1")
	if w != nil {
		p.env = append(p.env, w.env()...)
	}
	p.write("tmp/.keep", "")
	for name, text := range files {
		p.write(name, text)
	}
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// process is a drt that runs.
type process struct {
	*exec.Cmd
	t              *testing.T
	stdout, stderr watched
}

// start starts drt with args in the project's folder.
func (p *project) start(args ...string) *process {
	p.t.Helper()
	c := p.prepare(args...)
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	return c
}

func (p *project) prepare(args ...string) *process {
	c := &process{Cmd: exec.CommandContext(context.Background(), binary, args...), t: p.t}
	c.Dir, c.Env, c.Stdout, c.Stderr = p.dir, p.env, &c.stdout, &c.stderr
	p.t.Cleanup(func() {
		if c.Process != nil {
			_ = c.Process.Kill()
		}
	})
	return c
}

// run runs drt to its end.
func (p *project) run(args ...string) *process {
	p.t.Helper()
	c := p.start(args...)
	c.end()
	return c
}

// end waits for the process and returns its exit code.
func (c *process) end() int {
	c.t.Helper()
	late := time.AfterFunc(patience, func() { _ = c.Process.Kill() })
	defer late.Stop()
	var exit *exec.ExitError
	if err := c.Wait(); err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	return c.ProcessState.ExitCode()
}

func (c *process) output() string {
	return strings.Join(c.Args[1:], " ") + "\n" + c.stdout.String() + c.stderr.String()
}

// watched collects output, and lets another goroutine wait for a part of it.
type watched struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed with the next output; nil: nobody waits
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.more != nil {
		close(w.more)
		w.more = nil
	}
	return w.text.Write(b)
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// holds waits until part was written.
func (w *watched) holds(part string) bool {
	late := time.After(patience)
	for {
		w.mu.Lock()
		if strings.Contains(w.text.String(), part) {
			w.mu.Unlock()
			return true
		}
		if w.more == nil {
			w.more = make(chan struct{})
		}
		more := w.more
		w.mu.Unlock()
		select {
		case <-more:
		case <-late:
			return false
		}
	}
}
