package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/wire"
)

// bench runs scenarios. The sandbox lives in this process, so that a measured process is drt alone.
type bench struct {
	options options
	dir     string // of this invocation
	binary  string
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
	if s.sandbox {
		w, err := startWarehouse(dir, s)
		if err != nil {
			return m, err
		}
		defer func() { err = errors.Join(err, w.close()) }()
		env = append(env, w.env()...)
	}
	return b.runOnce(dir, env)
}

func (b *bench) writeProject(dir string, s scenario) error {
	source, err := s.source(filepath.Join(b.options.keep, fmt.Sprint(s.rows)), s.rows)
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

func (b *bench) runOnce(dir string, env []string) (measure, error) {
	cmd := exec.Command(b.binary, "run", "-C", dir, "--output", "json")
	cmd.Env = env
	cmd.Stderr = os.Stderr
	began := time.Now()
	out, err := cmd.Output()
	m := measure{seconds: time.Since(began).Seconds()}
	if err != nil {
		return m, fmt.Errorf("%w\n%s", err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	m.cpu = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	m.peakMB = float64(usage.Maxrss) / 1024
	var report struct {
		Syncs []struct {
			Rows       int64  `json:"rows_extracted"`
			Statements *int64 `json:"statements"`
		} `json:"syncs"`
	}
	if err := json.Unmarshal(out, &report); err != nil || len(report.Syncs) != 1 {
		return m, fmt.Errorf("unexpected report: %v\n%s", err, out)
	}
	m.rows = report.Syncs[0].Rows
	if n := report.Syncs[0].Statements; n != nil {
		m.statements = *n
	}
	return m, nil
}

// warehouse is a sandbox in this process.
type warehouse struct {
	server  *sandbox.Server
	engine  *duckdb.Engine
	volumes *wire.Volumes
}

func startWarehouse(dir string, s scenario) (*warehouse, error) {
	folder := filepath.Join(dir, "volumes")
	volumes, err := wire.OpenVolumes(folder)
	if err != nil {
		return nil, err
	}
	engine, err := duckdb.New(duckdb.Options{Path: filepath.Join(dir, "sandbox.duckdb"), Volumes: volumes.Resolve})
	if err != nil {
		return nil, err
	}
	faults := &wire.Faults{}
	if s.latency > 0 {
		if _, err := faults.Add(wire.Fault{On: wire.Statement, Nth: 1, Times: wire.Always, Delay: s.latency}); err != nil {
			return nil, err
		}
	}
	server, err := sandbox.Start(context.Background(), sandbox.Options{Engine: engine, VolumesDir: folder, Faults: faults})
	if err != nil {
		return nil, err
	}
	w := &warehouse{server, engine, volumes}
	return w, w.prepare(s)
}

// prepare runs what a scenario needs in the warehouse beforehand, past the wire and its delays.
func (w *warehouse) prepare(s scenario) error {
	session, err := w.engine.Open(context.Background(), "main", "default", nil)
	if err != nil {
		return err
	}
	for _, text := range s.prepare {
		r, err := session.Execute(context.Background(), text, nil)
		if err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		if r.Rows != nil {
			r.Rows.Release()
		}
	}
	return session.Close()
}

func (w *warehouse) env() []string {
	return []string{"DATABRICKS_HOST=" + w.server.Host, "DATABRICKS_HTTP_PATH=" + w.server.HTTPPath, "DATABRICKS_TOKEN=" + w.server.Token}
}

func (w *warehouse) close() error {
	return errors.Join(w.server.Close(), w.engine.Close(), w.volumes.Close())
}
