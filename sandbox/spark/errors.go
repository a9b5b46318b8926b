package spark

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/status"

	"github.com/drt-go/drt/sandbox/spark/internal/connect"
	"github.com/drt-go/drt/sandbox/wire"
)

// wrappers say only that a task failed; the class that tells why is further down.
var wrappers = map[string]bool{"": true, "TASK_WRITE_FAILED": true, "_LEGACY_ERROR_TEMP_3277": true, "SPARK_JOB_CANCELLED": true}

var prefixAndState = regexp.MustCompile(`(?s)^\[[A-Z0-9_.]+\]\s*(.*?)(?:\s+SQLSTATE: [0-9A-Z]{5}.*)?$`)

// failure turns an error of gRPC into a *wire.Error with the first class that tells something.
func (s *session) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	st, ok := status.FromError(err)
	if !ok {
		return err
	}
	for _, d := range st.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return s.explain(ctx, info.GetMetadata(), st.Message())
		}
	}
	return wireError("INTERNAL_ERROR", "XX000", st.Message())
}

func (s *session) explain(ctx context.Context, meta map[string]string, message string) error {
	details, err := s.server.client.FetchErrorDetails(ctx, &connect.FetchErrorDetailsRequest{
		SessionId: s.id, UserContext: s.user, ErrorId: meta["errorId"],
	})
	if err != nil || details.RootErrorIdx == nil {
		return wireError(meta["errorClass"], meta["sqlState"], message)
	}
	chain := details.GetErrors()
	for i := int(details.GetRootErrorIdx()); i >= 0 && i < len(chain); {
		e := chain[i]
		if class := e.GetSparkThrowable().GetErrorClass(); !wrappers[class] {
			return wireError(class, e.GetSparkThrowable().GetSqlState(), e.GetMessage())
		}
		if e.CauseIdx == nil {
			break
		}
		i = int(e.GetCauseIdx())
	}
	return wireError(meta["errorClass"], meta["sqlState"], message)
}

func wireError(class, state, message string) *wire.Error {
	if class == "" {
		class = "INTERNAL_ERROR"
	}
	if state == "" {
		state = "XX000"
	}
	if m := prefixAndState.FindStringSubmatch(message); m != nil {
		message = m[1]
	}
	return &wire.Error{Class: class, SQLState: state, Message: strings.TrimSpace(message)}
}

// isClass reports whether err is a failure of class.
func isClass(err error, class string) bool {
	var e *wire.Error
	return errors.As(err, &e) && e.Class == class
}
