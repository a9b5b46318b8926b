package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/wire"
)

// endpointFile lets other commands find a sandbox that `drt sandbox start` keeps up. It holds its token, so only
// its owner may read it.
const endpointFile = "sandbox.json"

type endpoint struct {
	Host     string `json:"host"`
	HTTPPath string `json:"http_path"`
	Token    string `json:"token"`
	PID      int    `json:"pid"`
}

func (e endpoint) warehouse() *connector.Warehouse {
	return &connector.Warehouse{Host: e.Host, HTTPPath: e.HTTPPath, Token: connector.NewSecret(e.Token)}
}

// localWarehouse is a sandbox in this process.
type localWarehouse struct {
	*sandbox.Server
	engine  *duckdb.Engine
	volumes *wire.Volumes
}

// Close ends the server before what it works on.
func (w *localWarehouse) Close() error {
	return errors.Join(w.Server.Close(), w.engine.Close(), w.volumes.Close())
}

func (w *localWarehouse) endpoint() endpoint {
	return endpoint{Host: w.Host, HTTPPath: w.HTTPPath, Token: w.Token, PID: os.Getpid()}
}

// startSandbox runs a warehouse in this process, with its data in .drt of the project.
func (a *App) startSandbox(ctx context.Context, o sandbox.Options) (*localWarehouse, error) {
	w, err := a.openSandbox(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return w, nil
}

func (a *App) openSandbox(ctx context.Context, o sandbox.Options) (*localWarehouse, error) {
	dir := a.stateDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	o.VolumesDir = filepath.Join(dir, "volumes")
	volumes, err := wire.OpenVolumes(o.VolumesDir)
	if err != nil {
		return nil, err
	}
	engine, err := duckdb.New(duckdb.Options{Path: filepath.Join(dir, "sandbox.duckdb"), Volumes: volumes.Resolve, VolumesDir: volumes.Dir})
	if err != nil {
		return nil, errors.Join(err, volumes.Close())
	}
	o.Engine = engine
	s, err := sandbox.Start(ctx, o)
	if err != nil {
		return nil, errors.Join(err, engine.Close(), volumes.Close())
	}
	return &localWarehouse{s, engine, volumes}, nil
}

// useSandbox returns a warehouse on this machine: the one that `drt sandbox start` keeps up in this project, else
// one in this process, which stop ends.
func (a *App) useSandbox(ctx context.Context) (w *connector.Warehouse, stop func() error, err error) {
	if e, ok := a.runningSandbox(ctx); ok {
		return e.warehouse(), func() error { return nil }, nil
	}
	s, err := a.startSandbox(ctx, sandbox.Options{})
	if err != nil {
		return nil, nil, err
	}
	return s.endpoint().warehouse(), s.Close, nil
}

// runningSandbox finds a sandbox that answers. A file whose sandbox is gone is left for its next start to replace.
func (a *App) runningSandbox(ctx context.Context) (endpoint, bool) {
	var e endpoint
	text, err := os.ReadFile(filepath.Join(a.stateDir(), endpointFile))
	if err != nil || json.Unmarshal(text, &e) != nil {
		return endpoint{}, false
	}
	u, err := url.Parse(e.Host)
	if err != nil {
		return endpoint{}, false
	}
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return endpoint{}, false
	}
	_ = conn.Close()
	return e, true
}

func (a *App) writeEndpoint(e endpoint) (remove func(), err error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(a.stateDir(), endpointFile)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, err
	}
	return func() { _ = os.Remove(path) }, nil
}

// stateDir is where drt keeps what it needs between runs.
func (a *App) stateDir() string { return filepath.Join(a.Dir, ".drt") }
