package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// bench runs scenarios. The sandbox lives in this process, so that a measured process is drt alone.
type bench struct {
	options options
	dir     string // of this invocation
	binary  string
	python  string // of a virtual environment with dlt; "" without dlt
}

// measure is one run of drt.
type measure struct {
	seconds    float64
	cpu        float64 // user and system
	peakMB     float64
	rows       int64
	statements int64
}

func (m measure) String() string {
	return fmt.Sprintf("%.2f s, %.0f rows/s, %.2f CPU s, %.0f MB, %d statements", m.seconds, float64(m.rows)/m.seconds, m.cpu, m.peakMB, m.statements)
}

func newBench(o options) (*bench, error) {
	dir, err := os.MkdirTemp("", "drt-bench-run-")
	if err != nil {
		return nil, err
	}
	b := &bench{options: o, dir: dir, binary: filepath.Join(dir, "drt")}
	if out, err := exec.Command("go", "build", "-o", b.binary, "github.com/drt-go/drt/cmd/drt").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building drt: %w\n%s", err, out)
	}
	b.python = installDLT(o)
	return b, nil
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) }

// measure runs s once, in a new project against a new sandbox.
func (b *bench) measure(s scenario) (m measure, err error) {
	dir, err := os.MkdirTemp(b.dir, "project-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := b.writeProject(dir, s); err != nil {
		return m, err
	}
	env := os.Environ()
	if s.dlt {
		return runOnce(exec.Command(b.python, filepath.Join("benchmarks", "compare_dlt.py"), filepath.Join(b.dataDir(s), "t.db"), dir), env)
	}
	if s.sandbox {
		w, err := startWarehouse(dir, s)
		if err != nil {
			return m, err
		}
		defer func() { err = errors.Join(err, w.close()) }()
		env = append(env, w.env()...)
	}
	return runOnce(exec.Command(b.binary, "run", "-C", dir, "--output", "json"), env)
}

func (b *bench) dataDir(s scenario) string {
	return filepath.Join(b.options.keep, fmt.Sprintf("%s-%d", dataVersion, s.rows))
}

func (b *bench) writeProject(dir string, s scenario) error {
	source, err := s.source(b.dataDir(s), s.rows)
	if err != nil {
		return err
	}
	for name, text := range map[string]string{
		"drt_project.yml": "name: bench\nprofile: p\n",
		"profiles.yml":    "p: " + source + "\n",
		"syncs/bench.yml": "name: bench\n" + s.sync,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// runOnce measures cmd, which prints a report in JSON.
func runOnce(cmd *exec.Cmd, env []string) (measure, error) {
	var said bytes.Buffer
	cmd.Env, cmd.Stderr = env, &said
	var text bytes.Buffer
	cmd.Stdout = &text
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return measure{}, err
	}
	peak := watchMemory(cmd.Process.Pid)
	err := cmd.Wait()
	m := measure{seconds: time.Since(began).Seconds(), peakMB: peak()}
	out := text.Bytes()
	if err != nil {
		return m, fmt.Errorf("%w\n%s%s", err, out, said.Bytes())
	}
	m.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	var report struct {
		Syncs []struct {
			Rows       int64  `json:"rows_extracted"`
			Statements *int64 `json:"statements"`
		} `json:"syncs"`
	}
	if err := json.Unmarshal(out[max(0, bytes.IndexByte(out, '{')):], &report); err != nil || len(report.Syncs) != 1 {
		return m, fmt.Errorf("unexpected report: %v\n%s", err, out)
	}
	m.rows = report.Syncs[0].Rows
	if n := report.Syncs[0].Statements; n != nil {
		m.statements = *n
	}
	return m, nil
}
