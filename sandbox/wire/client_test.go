package wire

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// The calls that databricks-sql-go never makes are tested by the generated client.

// cannedEngine answers by the text, with one column per tab and one row per line.
type cannedEngine map[string]string

func (e cannedEngine) Open(context.Context, string, string, map[string]string) (Session, error) {
	return e, nil
}
func (e cannedEngine) Close() error { return nil }

func (e cannedEngine) Execute(_ context.Context, sql string, _ []Param) (*Result, error) {
	text, ok := e[sql]
	if !ok {
		return nil, &Error{Class: "PARSE_SYNTAX_ERROR", SQLState: "42601", Message: sql}
	}
	if text == "panic" {
		panic("a bug")
	}
	var rows [][]any
	var names []string
	for line := range strings.Lines(text) {
		row, header := []any{}, []string{}
		for cell := range strings.SplitSeq(strings.TrimSpace(line), "\t") {
			row, header = append(row, cell), append(header, "c")
		}
		rows, names = append(rows, row), header
	}
	return textResult(names, rows), nil
}

// client starts a server over e and opens a session.
func client(t *testing.T, e Engine) (*tcli.TCLIServiceClient, *tcli.TSessionHandle) {
	t.Helper()
	s := NewServer(Options{Engine: e, Token: "t"})
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		h.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	transport, err := thrift.NewTHttpClientWithOptions(h.URL+"/sql/1.0/warehouses/x", thrift.THttpClientOptions{Client: http.DefaultClient})
	if err != nil {
		t.Fatal(err)
	}
	transport.(*thrift.THttpClient).SetHeader("Authorization", "Bearer t")
	c := tcli.NewTCLIServiceClientFactory(transport, thrift.NewTBinaryProtocolFactoryConf(nil))
	v8 := int64(protocolV8)
	resp, err := c.OpenSession(t.Context(), &tcli.TOpenSessionReq{ClientProtocolI64: &v8})
	if err != nil || resp.ServerProtocolVersion != protocolV8 {
		t.Fatalf("open: %v, %v", resp, err)
	}
	return c, resp.SessionHandle
}

// answered returns the rows that came along, and the error of the statement.
func answered(t *testing.T, resp *tcli.TExecuteStatementResp, err error) ([][]string, string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	set := resp.DirectResults.ResultSet
	if set == nil {
		return nil, resp.DirectResults.OperationStatus.GetDisplayMessage()
	}
	for i, col := range set.Results.Columns {
		for j, v := range col.StringVal.Values {
			if i == 0 {
				rows = append(rows, nil)
			}
			rows[j] = append(rows[j], v)
		}
	}
	return rows, resp.DirectResults.OperationStatus.GetDisplayMessage()
}

func TestMetadataCalls(t *testing.T) {
	c, sess := client(t, cannedEngine{
		"SHOW CATALOGS": "main\nother", "SELECT current_catalog()": "main", "SHOW SCHEMAS IN `main`": "crm\ncrm_old\nsales",
		"SHOW TABLES IN `main`.`crm`": "crm\tusers\tfalse\ncrm\torders\tfalse", "SHOW TABLES IN `main`.`crm_old`": "crm_old\tusers\tfalse",
	})
	direct := &tcli.TSparkGetDirectResults{MaxRows: 100}
	like := func(s string) *string { return &s }
	check := func(name string, want [][]string, resp *tcli.TExecuteStatementResp, err error) {
		t.Helper()
		if got, failed := answered(t, resp, err); failed != "" || !cmp.Equal(want, got) {
			t.Errorf("%s: %s\n%s", name, failed, cmp.Diff(want, got))
		}
	}
	catalogs, err := c.GetCatalogs(t.Context(), &tcli.TGetCatalogsReq{SessionHandle: sess, GetDirectResults: direct})
	check("catalogs", [][]string{{"main"}, {"other"}}, catalogs, err)
	schemas, err := c.GetSchemas(t.Context(), &tcli.TGetSchemasReq{SessionHandle: sess, SchemaName: like("CRM%"), GetDirectResults: direct})
	check("schemas", [][]string{{"crm", "main"}, {"crm_old", "main"}}, schemas, err)
	tables, err := c.GetTables(t.Context(), &tcli.TGetTablesReq{SessionHandle: sess, CatalogName: like("main"), SchemaName: like(`crm%`), TableName: like("u_ers"), GetDirectResults: direct})
	check("tables", [][]string{{"main", "crm", "users", "", ""}, {"main", "crm_old", "users", "", ""}}, tables, err)
	tables, err = c.GetTables(t.Context(), &tcli.TGetTablesReq{SessionHandle: sess, SchemaName: like(`crm\_old`), GetDirectResults: direct})
	check("an escaped pattern", [][]string{{"main", "crm_old", "users", "", ""}}, tables, err)
	columns, err := c.GetColumns(t.Context(), &tcli.TGetColumnsReq{SessionHandle: sess, GetDirectResults: direct})
	if _, failed := answered(t, columns, err); !strings.Contains(failed, unsupported) {
		t.Errorf("columns: %q", failed)
	}
	missing, err := c.GetSchemas(t.Context(), &tcli.TGetSchemasReq{SessionHandle: sess, CatalogName: like("none"), GetDirectResults: direct})
	if _, failed := answered(t, missing, err); !strings.Contains(failed, "PARSE_SYNTAX_ERROR") {
		t.Errorf("what the engine says is passed on: %q", failed)
	}
}

func TestGetInfo(t *testing.T) {
	c, sess := client(t, cannedEngine{})
	info, err := c.GetInfo(t.Context(), &tcli.TGetInfoReq{SessionHandle: sess, InfoType: infoDBMSName})
	if err != nil || info.InfoValue.GetStringValue() != "Spark SQL" {
		t.Errorf("%v, %v", info, err)
	}
}

// TestAnswersWithoutDirectResults is how clients work that do not ask for them: status, metadata, fetch, close.
func TestAnswersWithoutDirectResults(t *testing.T) {
	c, sess := client(t, cannedEngine{"q": "a\tb\nc\td"})
	resp, err := c.ExecuteStatement(t.Context(), &tcli.TExecuteStatementReq{SessionHandle: sess, Statement: "q"})
	if err != nil || resp.DirectResults != nil || !resp.OperationHandle.HasResultSet {
		t.Fatalf("%v, %v", resp, err)
	}
	op := resp.OperationHandle
	status, err := c.GetOperationStatus(t.Context(), &tcli.TGetOperationStatusReq{OperationHandle: op})
	if err != nil || status.GetOperationState() != tcli.TOperationState_FINISHED || !status.GetHasResultSet() || status.IsSetNumModifiedRows() {
		t.Errorf("status %v, %v", status, err)
	}
	meta, err := c.GetResultSetMetadata(t.Context(), &tcli.TGetResultSetMetadataReq{OperationHandle: op})
	if err != nil || len(meta.Schema.Columns) != 2 || meta.Schema.Columns[1].Position != 2 || meta.GetResultFormat() != tcli.TResultFormat_COLUMN {
		t.Errorf("metadata %v, %v", meta, err)
	}
	for i, want := range []string{"a", "c"} {
		page, err := c.FetchResults(t.Context(), &tcli.TFetchResultsReq{OperationHandle: op, MaxRows: 1})
		if err != nil || page.Results.StartRowOffset != int64(i) || page.Results.Columns[0].StringVal.Values[0] != want || page.GetHasMoreRows() != (i == 0) {
			t.Errorf("page %d: %v, %v", i, page, err)
		}
	}
	closed, err := c.CloseOperation(t.Context(), &tcli.TCloseOperationReq{OperationHandle: op})
	if err != nil || closed.Status.StatusCode != tcli.TStatusCode_SUCCESS {
		t.Errorf("close: %v, %v", closed, err)
	}
	after, err := c.FetchResults(t.Context(), &tcli.TFetchResultsReq{OperationHandle: op, MaxRows: 1})
	if err != nil || after.Status.StatusCode != tcli.TStatusCode_INVALID_HANDLE {
		t.Errorf("fetch after close: %v, %v", after, err)
	}
}

// TestSecretOfAHandle: to guess an id is not enough.
func TestSecretOfAHandle(t *testing.T) {
	c, sess := client(t, cannedEngine{"q": "a"})
	sess.SessionId.Secret = make([]byte, 16)
	if _, err := c.ExecuteStatement(t.Context(), &tcli.TExecuteStatementReq{SessionHandle: sess, Statement: "q"}); err == nil {
		t.Error("a forged session handle works")
	}
}

// TestPanicOfAnEngine fails its statement and nothing else.
func TestPanicOfAnEngine(t *testing.T) {
	c, sess := client(t, cannedEngine{"bad": "panic", "q": "a"})
	direct := &tcli.TSparkGetDirectResults{MaxRows: 100}
	bad, err := c.ExecuteStatement(t.Context(), &tcli.TExecuteStatementReq{SessionHandle: sess, Statement: "bad", GetDirectResults: direct})
	if _, failed := answered(t, bad, err); !strings.Contains(failed, "INTERNAL_ERROR") {
		t.Errorf("got %q", failed)
	}
	good, err := c.ExecuteStatement(t.Context(), &tcli.TExecuteStatementReq{SessionHandle: sess, Statement: "q", GetDirectResults: direct})
	if rows, failed := answered(t, good, err); failed != "" || len(rows) != 1 {
		t.Errorf("the next statement: %v %q", rows, failed)
	}
}
