// Package sandbox starts a local Databricks SQL warehouse: the unmodified driver connects to it as to a workspace. What a
// statement means is up to the engine that is passed in (sandbox/duckdb, sandbox/spark); this package knows none.
//
//	srv, err := sandbox.Start(ctx, sandbox.Options{Engine: engine, VolumesDir: ".drt/volumes"})
//	...
//	defer srv.Close()
//	connector, err := dbsql.NewConnector(dbsql.WithServerHostname("http://127.0.0.1"), dbsql.WithPort(srv.Port),
//		dbsql.WithHTTPPath(srv.HTTPPath), dbsql.WithAccessToken(srv.Token))
package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/drt-go/drt/sandbox/wire"
)

// httpPath is where the one warehouse is.
const httpPath = "/sql/1.0/warehouses/sandbox"

// Options say what to start. Only Engine is needed.
type Options struct {
	Engine     wire.Engine
	VolumesDir string // folder of the volumes, made if missing; "" starts without volumes
	Token      string // "" is a new random one
	Port       int    // on 127.0.0.1; 0 lets the system choose

	Log     *wire.Log    // nil is a new one
	Faults  *wire.Faults // nil is an empty plan
	Control bool         // let other processes inject faults and read the log over HTTP, with the token

	RunningAfter time.Duration // a statement that takes longer is polled for; 0 is 5 s
	SessionIdle  time.Duration // sessions unused for so long are closed; 0 is 1 h
}

// Server is a running warehouse.
type Server struct {
	Host     string // "http://127.0.0.1:8443"
	Port     int
	HTTPPath string
	Token    string
	Log      *wire.Log
	Faults   *wire.Faults

	http    *http.Server
	wire    *wire.Server
	volumes *wire.Volumes
	served  chan error
}

// Start listens on loopback and serves until Close. ctx bounds the start only.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Engine == nil {
		return nil, errors.New("sandbox: no engine")
	}
	if o.Token == "" {
		o.Token = "sandbox-" + rand.Text()
	}
	s := &Server{HTTPPath: httpPath, Token: o.Token, served: make(chan error, 1)}
	if o.VolumesDir != "" {
		v, err := wire.OpenVolumes(o.VolumesDir)
		if err != nil {
			return nil, fmt.Errorf("sandbox: %w", err)
		}
		s.volumes = v
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.Port)))
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", errors.Join(err, s.closeVolumes()))
	}
	s.Port = listener.Addr().(*net.TCPAddr).Port
	s.Host = "http://" + listener.Addr().String()
	s.wire = wire.NewServer(wire.Options{
		Engine: o.Engine, Token: o.Token, Volumes: s.volumes, Log: o.Log, Faults: o.Faults, Control: o.Control,
		RunningAfter: o.RunningAfter, SessionIdle: o.SessionIdle,
	})
	s.Log, s.Faults = s.wire.Log, s.wire.Faults
	s.http = &http.Server{
		Handler:           s.wire,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0), // connections that faults cut are no news
	}
	go func() { s.served <- s.http.Serve(listener) }()
	return s, nil
}

// Close stops serving, cancels what runs and closes the sessions. The engine stays open: it belongs to the caller.
func (s *Server) Close() error {
	err := s.http.Close()
	if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return errors.Join(err, s.wire.Close(), s.closeVolumes())
}

func (s *Server) closeVolumes() error {
	if s.volumes == nil {
		return nil
	}
	return s.volumes.Close()
}
