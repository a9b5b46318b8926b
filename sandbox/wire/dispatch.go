package wire

import (
	"bytes"
	"context"
	"fmt"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

//go:generate sh -c "thrift -out internal -gen go:package=tcli,skip_remote tcli.thrift && gofmt -w internal/tcli"

// call is one HTTP exchange.
type call struct {
	base    string // "http://127.0.0.1:8080": where the client reached us
	session string // id for the log, "" if none
	out     outcome
}

// method reads the arguments of a procedure and returns its result.
type method func(ctx context.Context, c *call, in thrift.TProtocol) (thrift.TStruct, error)

// args is what the generated code has for the arguments of a procedure.
type args[A, Req any] interface {
	*A
	thrift.TStruct
	GetReq() *Req
}

func bind[A, Req any, P args[A, Req]](f func(context.Context, *call, *Req) thrift.TStruct) method {
	return func(ctx context.Context, c *call, in thrift.TProtocol) (thrift.TStruct, error) {
		a := P(new(A))
		if err := a.Read(ctx, in); err != nil {
			return nil, fmt.Errorf("arguments: %w", err)
		}
		if a.GetReq() == nil {
			return nil, fmt.Errorf("arguments: no request")
		}
		return f(ctx, c, a.GetReq()), nil
	}
}

// table lists the procedures.
func (s *Server) table() map[string]method {
	return map[string]method{
		"OpenSession": bind[tcli.TCLIServiceOpenSessionArgs](func(ctx context.Context, c *call, r *tcli.TOpenSessionReq) thrift.TStruct {
			return &tcli.TCLIServiceOpenSessionResult{Success: s.openSession(ctx, c, r)}
		}),
		"CloseSession": bind[tcli.TCLIServiceCloseSessionArgs](func(ctx context.Context, c *call, r *tcli.TCloseSessionReq) thrift.TStruct {
			return &tcli.TCLIServiceCloseSessionResult{Success: s.closeSession(ctx, c, r)}
		}),
		"GetInfo": bind[tcli.TCLIServiceGetInfoArgs](func(_ context.Context, c *call, r *tcli.TGetInfoReq) thrift.TStruct {
			return &tcli.TCLIServiceGetInfoResult{Success: s.getInfo(c, r)}
		}),
		"ExecuteStatement": bind[tcli.TCLIServiceExecuteStatementArgs](func(ctx context.Context, c *call, r *tcli.TExecuteStatementReq) thrift.TStruct {
			return &tcli.TCLIServiceExecuteStatementResult{Success: s.executeStatement(ctx, c, r)}
		}),
		"GetCatalogs": bind[tcli.TCLIServiceGetCatalogsArgs](func(ctx context.Context, c *call, r *tcli.TGetCatalogsReq) thrift.TStruct {
			return &tcli.TCLIServiceGetCatalogsResult{Success: s.getCatalogs(ctx, c, r)}
		}),
		"GetSchemas": bind[tcli.TCLIServiceGetSchemasArgs](func(ctx context.Context, c *call, r *tcli.TGetSchemasReq) thrift.TStruct {
			return &tcli.TCLIServiceGetSchemasResult{Success: s.getSchemas(ctx, c, r)}
		}),
		"GetTables": bind[tcli.TCLIServiceGetTablesArgs](func(ctx context.Context, c *call, r *tcli.TGetTablesReq) thrift.TStruct {
			return &tcli.TCLIServiceGetTablesResult{Success: s.getTables(ctx, c, r)}
		}),
		"GetColumns": bind[tcli.TCLIServiceGetColumnsArgs](func(ctx context.Context, c *call, r *tcli.TGetColumnsReq) thrift.TStruct {
			return &tcli.TCLIServiceGetColumnsResult{Success: s.getColumns(ctx, c, r)}
		}),
		"GetOperationStatus": bind[tcli.TCLIServiceGetOperationStatusArgs](func(ctx context.Context, c *call, r *tcli.TGetOperationStatusReq) thrift.TStruct {
			return &tcli.TCLIServiceGetOperationStatusResult{Success: s.getOperationStatus(ctx, c, r)}
		}),
		"CancelOperation": bind[tcli.TCLIServiceCancelOperationArgs](func(_ context.Context, _ *call, r *tcli.TCancelOperationReq) thrift.TStruct {
			return &tcli.TCLIServiceCancelOperationResult{Success: s.cancelOperation(r)}
		}),
		"CloseOperation": bind[tcli.TCLIServiceCloseOperationArgs](func(ctx context.Context, c *call, r *tcli.TCloseOperationReq) thrift.TStruct {
			return &tcli.TCLIServiceCloseOperationResult{Success: s.closeOperation(ctx, c, r)}
		}),
		"GetResultSetMetadata": bind[tcli.TCLIServiceGetResultSetMetadataArgs](func(_ context.Context, _ *call, r *tcli.TGetResultSetMetadataReq) thrift.TStruct {
			return &tcli.TCLIServiceGetResultSetMetadataResult{Success: s.getResultSetMetadata(r)}
		}),
		"FetchResults": bind[tcli.TCLIServiceFetchResultsArgs](func(ctx context.Context, c *call, r *tcli.TFetchResultsReq) thrift.TStruct {
			return &tcli.TCLIServiceFetchResultsResult{Success: s.fetchResults(ctx, c, r)}
		}),
	}
}

// process answers one Thrift call. Errors: body is no such call.
func (s *Server) process(ctx context.Context, c *call, body []byte) ([]byte, error) {
	// No list or string can be longer than the body: what claims to be is refused before memory is set aside.
	conf := &thrift.TConfiguration{MaxMessageSize: int32(len(body) + 1), MaxFrameSize: int32(len(body) + 1)}
	in := thrift.NewTBinaryProtocolConf(&thrift.TMemoryBuffer{Buffer: bytes.NewBuffer(body)}, conf)
	name, kind, seq, err := in.ReadMessageBegin(ctx)
	if err != nil || kind != thrift.CALL {
		return nil, fmt.Errorf("no thrift call: %w", err)
	}
	call, known := s.methods[name]
	if !known {
		return reply(ctx, name, thrift.EXCEPTION, seq, unknownMethod(name))
	}
	result, err := call(ctx, c, in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !c.out.plain() && !c.out.cut {
		return nil, nil
	}
	return reply(ctx, name, thrift.REPLY, seq, result)
}

func unknownMethod(name string) thrift.TStruct {
	return thrift.NewTApplicationException(thrift.UNKNOWN_METHOD, "the sandbox has no "+name)
}

func reply(ctx context.Context, name string, kind thrift.TMessageType, seq int32, result thrift.TStruct) ([]byte, error) {
	buf := thrift.NewTMemoryBuffer()
	out := thrift.NewTBinaryProtocolConf(buf, &thrift.TConfiguration{})
	if err := out.WriteMessageBegin(ctx, name, kind, seq); err != nil {
		return nil, err
	}
	if err := result.Write(ctx, out); err != nil {
		return nil, err
	}
	if err := out.Flush(ctx); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}
