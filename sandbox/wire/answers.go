package wire

import (
	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// maxPage bounds a page if the client does not.
const maxPage = 100_000

func success() *tcli.TStatus { return &tcli.TStatus{StatusCode: tcli.TStatusCode_SUCCESS} }

func failure(e *Error) *tcli.TStatus {
	text := e.Error()
	return &tcli.TStatus{StatusCode: tcli.TStatusCode_ERROR, SqlState: &e.SQLState, ErrorMessage: &text, DisplayMessage: &text}
}

func invalidHandle() *tcli.TStatus {
	text := "Invalid OperationHandle"
	return &tcli.TStatus{StatusCode: tcli.TStatusCode_INVALID_HANDLE, ErrorMessage: &text, DisplayMessage: &text}
}

// handleOf names op to the client. A failed statement says that it has a result, or clients do not look at its status.
func (op *operation) handleOf() *tcli.TOperationHandle {
	has := !op.ended() || op.err != nil || op.result != nil
	return &tcli.TOperationHandle{OperationId: op.thrift(), HasResultSet: has}
}

func (op *operation) status() *tcli.TGetOperationStatusResp {
	started := op.started.UnixMilli()
	state := tcli.TOperationState_RUNNING
	resp := &tcli.TGetOperationStatusResp{Status: success(), OperationState: &state, OperationStarted: &started}
	if !op.ended() {
		return resp
	}
	completed, has := op.completed.UnixMilli(), op.result != nil
	state = op.state
	resp.OperationCompleted, resp.HasResultSet = &completed, &has
	if op.modified >= 0 && op.err == nil {
		resp.NumModifiedRows = &op.modified
	}
	if op.err != nil {
		setError(resp, op.err)
	}
	return resp
}

// setError tells of e in the status: the driver shows the display message and takes the SQLSTATE from beside it.
func setError(resp *tcli.TGetOperationStatusResp, e *Error) {
	text := e.Error()
	resp.SqlState, resp.ErrorMessage, resp.DisplayMessage = &e.SQLState, &text, &text
}

func (op *operation) metadata() *tcli.TGetResultSetMetadataResp {
	format, lz4 := tcli.TResultFormat_COLUMN, false
	resp := &tcli.TGetResultSetMetadataResp{
		Status: success(), Schema: tableSchema(nil), ResultFormat: &format, Lz4Compressed: &lz4, IsStagingOperation: &op.staging,
	}
	if op.result != nil {
		resp.Schema = tableSchema(op.result.columns)
	}
	if op.format != nil {
		format = tcli.TResultFormat_ARROW
		resp.ArrowSchema = op.format.prefix
	}
	return resp
}

// fetch returns the next page. One that fails never looks like the end of the rows.
func (op *operation) fetch(maxRows int64) (*tcli.TFetchResultsResp, error) {
	if maxRows <= 0 {
		maxRows = maxPage
	}
	set := &tcli.TRowSet{Rows: []*tcli.TRow{}, Columns: []*tcli.TColumn{}}
	more := false
	resp := &tcli.TFetchResultsResp{Status: success(), HasMoreRows: &more, Results: set}
	if op.result == nil {
		return resp, nil
	}
	p, err := op.result.next(maxRows)
	if err != nil {
		return nil, err
	}
	defer p.release()
	more, set.StartRowOffset = p.more, p.start
	return resp, op.encode(set, p)
}

func (op *operation) encode(set *tcli.TRowSet, p page) (err error) {
	if op.format != nil {
		set.Columns = nil
		set.ArrowBatches, err = op.format.encode(p.batches)
		return err
	}
	set.Columns, err = columnRows(op.result.columns, p.batches)
	return err
}

// direct is what goes along with the answer to ExecuteStatement. It reports whether the client needs op no more.
func (op *operation) direct(maxRows int64) (res *tcli.TSparkDirectResults, closed bool) {
	res = &tcli.TSparkDirectResults{OperationStatus: op.status()}
	switch {
	case !op.ended():
		return res, false
	case op.err != nil:
		res.CloseOperation = &tcli.TStatusResp{Status: success()}
		return res, true
	case op.result == nil: // neither rows nor a close: clients would ask for rows without end
		res.ResultSetMetadata = op.metadata()
		return res, false
	}
	first, err := op.fetch(maxRows)
	if err != nil {
		state := tcli.TOperationState_ERROR
		res.OperationStatus.OperationState = &state
		setError(res.OperationStatus, asError(err))
	} else {
		res.ResultSetMetadata, res.ResultSet = op.metadata(), first
	}
	if err == nil && first.GetHasMoreRows() {
		return res, false
	}
	res.CloseOperation = &tcli.TStatusResp{Status: success()}
	return res, true
}
