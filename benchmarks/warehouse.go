package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/wire"
)

// warehouse is a sandbox in this process.
type warehouse struct {
	server  *sandbox.Server
	engine  *duckdb.Engine
	volumes *wire.Volumes
}

func startWarehouse(dir string, s scenario) (*warehouse, error) {
	folder := filepath.Join(dir, "volumes")
	if err := os.MkdirAll(filepath.Join(folder, "main", "default", "drt"), 0o700); err != nil { // the volume main.default.drt
		return nil, err
	}
	volumes, err := wire.OpenVolumes(folder)
	if err != nil {
		return nil, err
	}
	engine, err := duckdb.New(duckdb.Options{Path: filepath.Join(dir, "sandbox.duckdb"), Volumes: volumes.Resolve, VolumesDir: volumes.Dir})
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
