package wire

import (
	"context"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

func (s *Server) executeStatement(ctx context.Context, c *call, r *tcli.TExecuteStatementReq) *tcli.TExecuteStatementResp {
	sess := s.session(r.SessionHandle)
	if sess == nil {
		c.lose(r.SessionHandle)
		return nil
	}
	c.session = sess.id.String()
	t := task{
		text:    r.Statement,
		params:  len(r.Parameters),
		tags:    queryTags(r.ConfOverlay),
		timeout: time.Duration(r.GetQueryTimeout()) * time.Second,
		arrow:   r.GetCanReadArrowResult_(),
		types:   r.UseArrowNativeTypes,
		event:   true,
	}
	if t.tags == "" {
		t.tags = sess.tags
	}
	s.prepare(&t, sess, c.base, r.Parameters)
	return s.answer(ctx, c, s.start(sess, t), r.GetDirectResults, r.GetRunAsync())
}

// prepare sets the work of t: the front's own for volumes and their files, the engine's for all else.
func (s *Server) prepare(t *task, sess *session, base string, params []*tcli.TSparkParameter) {
	own, err := parseVolumeStatement(t.text)
	switch {
	case err != nil:
		t.work = func(context.Context) (*Result, error) { return nil, err }
	case own != nil:
		t.staging = own.staging()
		t.arrow = t.arrow && !t.staging // the driver wants the one row of a staging operation in columns
		t.work = func(ctx context.Context) (*Result, error) { return s.volumeStatement(ctx, sess, base, own) }
	default:
		t.work = func(ctx context.Context) (*Result, error) {
			bound, err := bindParams(t.text, params)
			if err != nil {
				return nil, err
			}
			return sess.engine.Execute(ctx, t.text, bound)
		}
	}
}

// answer waits a while for op and says how far it is. A client that goes away meanwhile cancels it.
func (s *Server) answer(ctx context.Context, c *call, op *operation, direct *tcli.TSparkGetDirectResults, async bool) *tcli.TExecuteStatementResp {
	var patience <-chan time.Time
	if async && op.strike.inBand() {
		timer := time.NewTimer(s.RunningAfter)
		defer timer.Stop()
		patience = timer.C
	}
	select {
	case <-op.done:
	case <-op.left:
		s.remove(op.sess)
		c.out = outcome{drop: true}
		return nil
	case <-patience:
	case <-ctx.Done():
		s.forget(op)
		c.out = outcome{drop: true}
		return nil
	}
	if op.ended() && !op.out.plain() {
		c.out = op.out
		if !op.out.cut {
			s.forget(op)
			return nil
		}
	}
	resp := &tcli.TExecuteStatementResp{Status: success(), OperationHandle: op.handleOf()}
	if direct == nil {
		return resp
	}
	results, closed := op.direct(direct.MaxRows)
	resp.DirectResults = results
	if closed {
		s.forget(op)
	}
	return resp
}

// firstWord returns the first word of a statement in capitals, without looking at the rest of what may be
// megabytes. It is empty if a comment comes first.
func firstWord(sql string) string {
	sql = strings.TrimLeft(sql, " \t\r\n")
	end := strings.IndexFunc(sql, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
	if end < 0 {
		end = len(sql)
	}
	return strings.ToUpper(sql[:end])
}
