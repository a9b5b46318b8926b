package spark

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/drt-go/drt/sandbox/wire"
)

const userMetadata = "spark.databricks.delta.commitInfo.userMetadata"

// countedWrite runs an INSERT or a CREATE TABLE AS SELECT. Open-source Delta does not return its row count, so the
// commit is marked and its metrics are read from the table's history.
func (st *statement) countedWrite(ctx context.Context) (*wire.Result, error) {
	mark := uuid.NewString()
	if err := st.session.setConf(ctx, userMetadata, mark); err != nil {
		return nil, err
	}
	run := st.pass
	if st.begins("CREATE") {
		run = st.create
	}
	r, err := run(ctx)
	if err != nil {
		return nil, err
	}
	if r.Rows != nil {
		r.Rows.Release()
	}
	n, err := st.session.markedCount(ctx, st.target(), mark)
	if err != nil {
		return nil, err
	}
	return countRows([]string{"num_affected_rows", "num_inserted_rows"}, []int64{n, n}), nil
}

// markedCount returns the rows written by the commit with this mark; 0 if the statement made no commit.
func (s *session) markedCount(ctx context.Context, table, mark string) (int64, error) {
	a, err := s.query(ctx, "DESCRIBE HISTORY "+table+" LIMIT 20")
	if err != nil {
		return 0, fmt.Errorf("spark: row count of a write: %w", err)
	}
	defer a.release()
	marks, metrics := a.column("userMetadata"), a.column("operationMetrics")
	for i := range a.rows() {
		if found, _ := a.text(i, marks); found != mark {
			continue
		}
		text, _ := a.text(i, metrics)
		return outputRows(text), nil
	}
	return 0, nil
}

// outputRows reads numOutputRows from a map as Arrow prints it: a JSON list of keys and values.
func outputRows(text string) int64 {
	var pairs []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	}
	if json.Unmarshal([]byte(text), &pairs) != nil {
		return 0
	}
	for _, p := range pairs {
		if p.Key == "numOutputRows" {
			n, _ := strconv.ParseInt(p.Value, 10, 64)
			return n
		}
	}
	return 0
}

// removeOrphan removes the folder that a failed CREATE TABLE left; the next one would find it not empty.
func (s *session) removeOrphan(ctx context.Context, table string) {
	parts := strings.Split(strings.ReplaceAll(table, " ", ""), ".")
	if len(parts) < 2 {
		return
	}
	if a, err := s.query(ctx, "DESCRIBE TABLE "+table); err == nil {
		a.release()
		return // it exists: the failed statement was a CREATE OR REPLACE
	}
	unquoted := func(name string) string { return strings.ToLower(strings.Trim(name, "`")) }
	folder := unquoted(parts[len(parts)-1])
	if schema := unquoted(parts[len(parts)-2]); schema != "default" {
		folder = filepath.Join(schema+".db", folder)
	}
	_ = os.RemoveAll(filepath.Join(s.server.warehouse(), folder))
}
