package wire_test

import (
	"bytes"
	"database/sql"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	dbsql "github.com/databricks/databricks-sql-go"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// noArrow makes the driver ask for columns: it has no option for that, so the transport clears canReadArrowResult
// (a boolean, field 1282) in what it sends.
type noArrow struct{}

func (noArrow) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil { // feature flags
		return http.DefaultTransport.RoundTrip(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(body, []byte("ExecuteStatement")) {
		body = bytes.Replace(body, []byte{2, 0x05, 0x02, 1}, []byte{2, 0x05, 0x02, 0}, 1)
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultTransport.RoundTrip(r)
}

// inColumns is a pool whose results come in column format.
func inColumns(t *testing.T, srv *sandbox.Server, more ...dbsql.ConnOption) *sql.DB {
	t.Helper()
	return connect(t, srv, append(more, dbsql.WithTransport(noArrow{}))...)
}

// inZone is table for one TIMESTAMP column of a session with another zone.
func inZone(columns []wire.Column, zone, rows string) (*wire.Result, error) {
	columns[0].Arrow = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: zone}
	schema := arrow.NewSchema([]arrow.Field{{Name: columns[0].Name, Type: columns[0].Arrow, Nullable: true}}, nil)
	utc := arrow.NewSchema([]arrow.Field{{Name: columns[0].Name, Type: arrow.FixedWidthTypes.Timestamp_us, Nullable: true}}, nil)
	batch, _, err := array.RecordFromJSON(memory.DefaultAllocator, utc, strings.NewReader(rows))
	if err != nil {
		return nil, err
	}
	data := batch.Column(0).Data()
	col := array.MakeFromData(array.NewData(columns[0].Arrow, data.Len(), data.Buffers(), nil, data.NullN(), data.Offset()))
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{array.NewRecordBatch(schema, []arrow.Array{col}, batch.NumRows())})
	return &wire.Result{Columns: columns, Rows: reader, Modified: -1}, err
}
