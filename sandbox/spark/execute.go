package spark

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	"github.com/drt-go/drt/sandbox/spark/internal/connect"
)

const interruptByOperation = 3

// answer is what Spark returned: a schema and batches, or nothing.
type answer struct {
	schema  *arrow.Schema
	batches []arrow.RecordBatch
	command bool // it was a command (DDL, DML, SHOW), no query
}

func (a *answer) release() {
	for _, b := range a.batches {
		b.Release()
	}
	a.batches = nil
}

// query runs one statement to its end. A command is done when its relation comes back as local data; a query comes
// back as a relation to be executed.
func (s *session) query(ctx context.Context, sql string) (*answer, error) {
	sqlRelation := &connect.Relation{RelType: &connect.Relation_Sql{Sql: &connect.SQL{Query: sql}}}
	plan := &connect.Plan{OpType: &connect.Plan_Command{Command: &connect.Command{
		CommandType: &connect.Command_SqlCommand{SqlCommand: &connect.SqlCommand{Input: sqlRelation}},
	}}}
	out := &answer{}
	relation, err := s.execute(ctx, plan, out)
	if err != nil || relation == nil {
		return out, err
	}
	var known connect.Relation
	if err := proto.Unmarshal(relation, &known); err != nil {
		return nil, err
	}
	if local := known.GetLocalRelation(); local != nil {
		out.command = true
		return out, out.read(local.GetData())
	}
	_, err = s.execute(ctx, &connect.Plan{OpType: &connect.Plan_Root{Root: relation}}, out)
	return out, err
}

// execute runs plan, reads its batches into out, and returns the relation of a SQL command.
func (s *session) execute(ctx context.Context, plan *connect.Plan, out *answer) (relation []byte, err error) {
	operation := uuid.NewString()
	stop := context.AfterFunc(ctx, func() { s.interrupt(operation) })
	defer stop()
	stream, err := s.server.client.ExecutePlan(ctx, &connect.ExecutePlanRequest{
		SessionId: s.id, UserContext: s.user, Plan: plan, OperationId: &operation,
	})
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return relation, nil
		}
		if err != nil {
			out.release()
			return nil, s.failure(ctx, err)
		}
		if r := response.GetSqlCommandResult(); r != nil {
			relation = r.GetRelation()
		}
		if b := response.GetArrowBatch(); b != nil {
			if err := out.read(b.GetData()); err != nil {
				return nil, err
			}
		}
	}
}

// interrupt is called when the caller's context has ended, so it has its own.
func (s *session) interrupt(operation string) {
	_, _ = s.server.client.Interrupt(context.Background(), &connect.InterruptRequest{
		SessionId: s.id, UserContext: s.user, InterruptType: interruptByOperation,
		Interrupt: &connect.InterruptRequest_OperationId{OperationId: operation},
	})
}

// read appends the batches of one IPC stream.
func (a *answer) read(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	r, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer r.Release()
	a.schema = r.Schema()
	for r.Next() {
		b := r.RecordBatch()
		b.Retain()
		a.batches = append(a.batches, b)
	}
	return r.Err()
}
