package duckdb

import (
	"context"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
	"github.com/drt-go/drt/sandbox/wire"
)

// history runs DESCRIBE HISTORY: the commits of a table, the newest first.
func (st *statement) history(ctx context.Context, s *ast.Describe) (*wire.Result, error) {
	limit := int64(-1)
	if s.Limit != nil {
		n, ok := st.env.Int(s.Limit)
		if !ok || n < 0 {
			return nil, sqlerr.New("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", "The limit like expression of DESCRIBE HISTORY is invalid: a constant integer of 0 or more was expected.")
		}
		limit = n
	}
	var snap *catalog.Snapshot
	err := st.begin(ctx, func() (err error) {
		snap, err = st.described(s.Name)
		return err
	})
	if err != nil {
		return nil, err
	}
	commits, err := catalog.History(ctx, st.conn, snap.Table.ID, limit)
	st.end(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([][]any, len(commits))
	for i, c := range commits {
		rows[i] = historyRow(c)
	}
	return listed(st.env.Zone, historyFields(), rows), nil
}

func historyFields() []field {
	text := func(name string) sqltype.Field {
		return sqltype.Field{Name: name, Type: sqltype.Of(sqltype.String)}
	}
	str, long := sqltype.Of(sqltype.String), sqltype.Of(sqltype.BigInt)
	return []field{
		{"version", long}, {"timestamp", sqltype.Of(sqltype.Timestamp)}, {"userId", str}, {"userName", str}, {"operation", str},
		{"operationParameters", stringMap()},
		{"job", sqltype.StructOf(text("jobId"), text("jobName"), text("jobRunId"), text("runId"), text("jobOwnerId"), text("triggerType"))},
		{"notebook", sqltype.StructOf(text("notebookId"))}, {"clusterId", str}, {"readVersion", long}, {"isolationLevel", str},
		{"isBlindAppend", sqltype.Of(sqltype.Boolean)}, {"operationMetrics", stringMap()}, {"userMetadata", str}, {"engineInfo", str},
	}
}

func historyRow(c catalog.Commit) []any {
	isolation := "WriteSerializable"
	if !c.Rows {
		isolation = "SnapshotIsolation" // what only changes metadata
	}
	var read any
	if c.ReadVersion >= 0 {
		read = c.ReadVersion
	}
	return []any{c.Version, c.Time, userID, c.User, c.Operation, orEmpty(c.Parameters), nil, nil, nil, read, isolation,
		c.BlindAppend, orEmpty(c.Metrics), orNull(c.UserMetadata), "drt-sandbox"}
}

// userID is the number of the sandbox's one user.
const userID = "1"

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
