package spark

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/drt-go/drt/sandbox/lex"
	"github.com/drt-go/drt/sandbox/spark/internal/connect"
	"github.com/drt-go/drt/sandbox/wire"
)

// Resolve turns /Volumes/catalog/schema/volume/file into a path on this machine.
type Resolve func(path string) (local string, err error)

// Engine is a wire.Engine on a Server.
type Engine struct {
	server  *Server
	volumes Resolve
}

// New returns an engine on server; it is the caller's to close the server.
func New(server *Server, volumes Resolve) *Engine { return &Engine{server: server, volumes: volumes} }

// Open implements wire.Engine. All catalogs are spark_catalog.
func (e *Engine) Open(ctx context.Context, _, schema string, _ map[string]string) (wire.Session, error) {
	s := newSession(e.server, e.volumes)
	if schema != "" {
		if _, err := s.query(ctx, "USE spark_catalog."+quote(schema)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Close implements wire.Engine.
func (e *Engine) Close() error { return nil }

// session is one Spark session: its own conf, its own temporary views.
type session struct {
	server  *Server
	volumes Resolve
	id      string
	user    *connect.UserContext
}

func newSession(server *Server, volumes Resolve) *session {
	return &session{server: server, volumes: volumes, id: uuid.NewString(), user: &connect.UserContext{UserId: "drt", UserName: "drt"}}
}

// Close implements wire.Session.
func (s *session) Close() error {
	_, err := s.server.client.ReleaseSession(context.Background(), &connect.ReleaseSessionRequest{SessionId: s.id, UserContext: s.user})
	return err
}

// Execute implements wire.Session.
func (s *session) Execute(ctx context.Context, sql string, params []wire.Param) (*wire.Result, error) {
	tokens, err := lex.Split(sql)
	if err != nil {
		return nil, &wire.Error{Class: "PARSE_SYNTAX_ERROR", SQLState: "42601", Message: err.Error()}
	}
	if len(tokens) == 0 {
		return nil, &wire.Error{Class: "PARSE_EMPTY_STATEMENT", SQLState: "42617", Message: "empty statement"}
	}
	if tokens, err = bind(tokens, params); err != nil {
		return nil, err
	}
	st := statement{session: s, tokens: rename(tokens)}
	return st.run(ctx)
}

// setConf sets a Spark conf of this session.
func (s *session) setConf(ctx context.Context, key, value string) error {
	_, err := s.server.client.Config(ctx, &connect.ConfigRequest{
		SessionId: s.id, UserContext: s.user,
		Operation: &connect.ConfigRequest_Operation{OpType: &connect.ConfigRequest_Operation_Set{
			Set: &connect.ConfigRequest_Set{Pairs: []*connect.KeyValue{{Key: key, Value: &value}}},
		}},
	})
	if err != nil {
		return fmt.Errorf("spark: set %s: %w", key, err)
	}
	return nil
}
