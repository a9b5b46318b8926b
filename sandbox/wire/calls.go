package wire

import (
	"context"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// protocolV8 is SPARK_CLI_SERVICE_PROTOCOL_V8. To anything lower the clients silently send no parameters.
const protocolV8 = 42248

func (s *Server) openSession(ctx context.Context, c *call, r *tcli.TOpenSessionReq) *tcli.TOpenSessionResp {
	s.sweep()
	entry := s.Log.begin(Entry{Point: Open})
	strike := s.Faults.at(Event{Point: Open})
	var resp *tcli.TOpenSessionResp
	var err error
	c.out, err = strike.around(ctx, func() (err error) {
		resp, err = s.newSession(ctx, r)
		return err
	})
	class := c.out.describe()
	if err != nil {
		e := asError(err)
		class = e.Class
		resp = &tcli.TOpenSessionResp{Status: failure(e), ServerProtocolVersion: protocolV8}
	}
	s.Log.end(entry, class, 0)
	return resp
}

func (s *Server) newSession(ctx context.Context, r *tcli.TOpenSessionReq) (*tcli.TOpenSessionResp, error) {
	ns := r.GetInitialNamespace()
	if ns == nil {
		ns = &tcli.TNamespace{}
	}
	engine, err := s.Engine.Open(ctx, ns.GetCatalogName(), ns.GetSchemaName(), r.Configuration)
	if err != nil {
		return nil, err
	}
	sess := newSession(engine, queryTags(r.Configuration))
	if !s.add(sess) {
		sess.shutdown()
		return nil, cancelError()
	}
	many := true
	return &tcli.TOpenSessionResp{
		Status:                 success(),
		ServerProtocolVersion:  protocolV8,
		SessionHandle:          &tcli.TSessionHandle{SessionId: sess.thrift()},
		InitialNamespace:       ns,
		CanUseMultipleCatalogs: &many,
	}, nil
}

func (s *Server) closeSession(ctx context.Context, c *call, r *tcli.TCloseSessionReq) *tcli.TStatusResp {
	sess := s.session(r.SessionHandle)
	if sess == nil {
		c.lose(r.SessionHandle)
		return nil
	}
	select {
	case <-s.remove(sess):
	case <-ctx.Done(): // it closes all the same
	}
	return &tcli.TStatusResp{Status: success()}
}

// lose answers that the session of t is not known.
func (c *call) lose(t *tcli.TSessionHandle) {
	c.session = idOf(t.GetSessionId()).String()
	c.out = outcome{lost: true}
}

// Kinds of TGetInfo that clients ask for.
const (
	infoServerName  = 13
	infoDBMSName    = 17
	infoDBMSVersion = 18
)

func (s *Server) getInfo(c *call, r *tcli.TGetInfoReq) *tcli.TGetInfoResp {
	if s.session(r.SessionHandle) == nil {
		c.lose(r.SessionHandle)
		return nil
	}
	text := map[int32]string{infoServerName: "drt sandbox", infoDBMSName: "Spark SQL", infoDBMSVersion: "4.0.0"}[r.InfoType]
	return &tcli.TGetInfoResp{Status: success(), InfoValue: &tcli.TGetInfoValue{StringValue: &text}}
}

func (s *Server) getOperationStatus(ctx context.Context, c *call, r *tcli.TGetOperationStatusReq) *tcli.TGetOperationStatusResp {
	op := s.operation(r.OperationHandle)
	if op == nil {
		return &tcli.TGetOperationStatusResp{Status: invalidHandle()}
	}
	if s.struck(ctx, c, op, Status) {
		return nil
	}
	return op.status()
}

func (s *Server) cancelOperation(r *tcli.TCancelOperationReq) *tcli.TStatusResp {
	op := s.operation(r.OperationHandle)
	if op == nil {
		return &tcli.TStatusResp{Status: invalidHandle()}
	}
	op.cancel()
	return &tcli.TStatusResp{Status: success()}
}

func (s *Server) closeOperation(ctx context.Context, c *call, r *tcli.TCloseOperationReq) *tcli.TStatusResp {
	op := s.operation(r.OperationHandle)
	if op == nil {
		return &tcli.TStatusResp{Status: invalidHandle()}
	}
	if s.struck(ctx, c, op, Finish) {
		return nil
	}
	s.forget(op)
	return &tcli.TStatusResp{Status: success()}
}

func (s *Server) getResultSetMetadata(r *tcli.TGetResultSetMetadataReq) *tcli.TGetResultSetMetadataResp {
	op := s.operation(r.OperationHandle)
	if op == nil || !op.ended() {
		return &tcli.TGetResultSetMetadataResp{Status: invalidHandle()}
	}
	return op.metadata()
}

func (s *Server) fetchResults(ctx context.Context, c *call, r *tcli.TFetchResultsReq) *tcli.TFetchResultsResp {
	op := s.operation(r.OperationHandle)
	if op == nil || !op.ended() {
		return &tcli.TFetchResultsResp{Status: invalidHandle()}
	}
	if s.struck(ctx, c, op, Fetch) {
		return nil
	}
	resp, err := op.fetch(r.MaxRows)
	if err != nil {
		return &tcli.TFetchResultsResp{Status: failure(asError(err))}
	}
	if r.GetIncludeResultSetMetadata() {
		resp.ResultSetMetadata = op.metadata()
	}
	return resp
}

// struck lets the faults at p strike. It reports whether they leave nothing to answer.
func (s *Server) struck(ctx context.Context, c *call, op *operation, p Point) bool {
	c.session = op.sess.id.String()
	strike := s.Faults.at(Event{Point: p, Session: c.session})
	var err error
	c.out, err = strike.around(ctx, func() error { return nil })
	if c.out.lost {
		s.remove(op.sess)
	}
	if err != nil { // the client went away while it hung
		c.out = outcome{drop: true}
	}
	return !c.out.plain() && !c.out.cut
}

// queryTags finds the tags in a session's configuration or a statement's overlay.
func queryTags(conf map[string]string) string {
	for _, key := range []string{"query_tags", "QUERY_TAGS"} {
		if v := conf[key]; v != "" {
			return v
		}
	}
	return ""
}
