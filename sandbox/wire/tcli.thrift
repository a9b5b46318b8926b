// The part of the SQL warehouse protocol (HiveServer2's TCLIService with Databricks' extensions) that the sandbox
// speaks. Field ids and types are those of the public clients; fields that are not listed are skipped when read.
// The metadata calls and ExecuteStatement answer alike, so they share a response type: names do not travel.

namespace go tcli

enum TStatusCode {
  SUCCESS = 0,
  SUCCESS_WITH_INFO = 1,
  STILL_EXECUTING = 2,
  ERROR = 3,
  INVALID_HANDLE = 4
}

enum TOperationState {
  INITIALIZED = 0,
  RUNNING = 1,
  FINISHED = 2,
  CANCELED = 3,
  CLOSED = 4,
  ERROR = 5,
  UNKNOWN = 6,
  PENDING = 7,
  TIMEDOUT = 8
}

enum TTypeId {
  BOOLEAN = 0,
  TINYINT = 1,
  SMALLINT = 2,
  INT = 3,
  BIGINT = 4,
  FLOAT = 5,
  DOUBLE = 6,
  STRING = 7,
  TIMESTAMP = 8,
  BINARY = 9,
  ARRAY = 10,
  MAP = 11,
  STRUCT = 12,
  DECIMAL = 15,
  NULL = 16,
  DATE = 17,
  INTERVAL_YEAR_MONTH = 20,
  INTERVAL_DAY_TIME = 21
}

enum TResultFormat {
  ARROW = 0,
  COLUMN = 1
}

struct TStatus {
  1: required TStatusCode statusCode
  3: optional string sqlState
  5: optional string errorMessage
  6: optional string displayMessage
}

struct THandleIdentifier {
  1: required binary guid
  2: required binary secret
}

struct TSessionHandle {
  1: required THandleIdentifier sessionId
}

struct TOperationHandle {
  1: required THandleIdentifier operationId
  2: required i32 operationType
  3: required bool hasResultSet
}

struct TNamespace {
  1: optional string catalogName
  2: optional string schemaName
}

struct TOpenSessionReq {
  1: optional i32 client_protocol
  4: optional map<string, string> configuration
  1282: optional i64 client_protocol_i64
  1284: optional TNamespace initialNamespace
  1285: optional bool canUseMultipleCatalogs
}

struct TOpenSessionResp {
  1: required TStatus status
  2: required i32 serverProtocolVersion
  3: optional TSessionHandle sessionHandle
  4: optional map<string, string> configuration
  1284: optional TNamespace initialNamespace
  1285: optional bool canUseMultipleCatalogs
}

struct TCloseSessionReq {
  1: required TSessionHandle sessionHandle
}

// The answer to CloseSession, CancelOperation and CloseOperation.
struct TStatusResp {
  1: required TStatus status
}

union TGetInfoValue {
  1: string stringValue
}

struct TGetInfoReq {
  1: required TSessionHandle sessionHandle
  2: required i32 infoType
}

struct TGetInfoResp {
  1: required TStatus status
  2: required TGetInfoValue infoValue
}

struct TSparkGetDirectResults {
  1: required i64 maxRows
}

struct TSparkArrowTypes {
  1: optional bool timestampAsArrow
  2: optional bool decimalAsArrow
  3: optional bool complexTypesAsArrow
  4: optional bool intervalTypesAsArrow
}

union TSparkParameterValue {
  1: string stringValue
  2: double doubleValue
  3: bool booleanValue
}

struct TSparkParameter {
  1: optional i32 ordinal
  2: optional string name
  3: optional string type
  4: optional TSparkParameterValue value
}

struct TExecuteStatementReq {
  1: required TSessionHandle sessionHandle
  2: required string statement
  3: optional map<string, string> confOverlay
  4: optional bool runAsync
  5: optional i64 queryTimeout
  1281: optional TSparkGetDirectResults getDirectResults
  1282: optional bool canReadArrowResult
  1283: optional bool canDownloadResult
  1284: optional bool canDecompressLZ4Result
  1286: optional TSparkArrowTypes useArrowNativeTypes
  1288: optional list<TSparkParameter> parameters
}

struct TGetOperationStatusReq {
  1: required TOperationHandle operationHandle
}

struct TGetOperationStatusResp {
  1: required TStatus status
  2: optional TOperationState operationState
  3: optional string sqlState
  5: optional string errorMessage
  7: optional i64 operationStarted
  8: optional i64 operationCompleted
  9: optional bool hasResultSet
  11: optional i64 numModifiedRows
  1281: optional string displayMessage
  1282: optional string diagnosticInfo
}

struct TCancelOperationReq {
  1: required TOperationHandle operationHandle
}

struct TCloseOperationReq {
  1: required TOperationHandle operationHandle
}

union TTypeQualifierValue {
  1: i32 i32Value
}

struct TTypeQualifiers {
  1: required map<string, TTypeQualifierValue> qualifiers
}

struct TPrimitiveTypeEntry {
  1: required TTypeId type
  2: optional TTypeQualifiers typeQualifiers
}

union TTypeEntry {
  1: TPrimitiveTypeEntry primitiveEntry
}

struct TTypeDesc {
  1: required list<TTypeEntry> types
}

struct TColumnDesc {
  1: required string columnName
  2: required TTypeDesc typeDesc
  3: required i32 position
}

struct TTableSchema {
  1: required list<TColumnDesc> columns
}

struct TGetResultSetMetadataReq {
  1: required TOperationHandle operationHandle
}

struct TGetResultSetMetadataResp {
  1: required TStatus status
  2: optional TTableSchema schema
  1281: optional TResultFormat resultFormat
  1282: optional bool lz4Compressed
  1283: optional binary arrowSchema
  1287: optional bool isStagingOperation
}

struct TBoolColumn {
  1: required list<bool> values
  2: required binary nulls
}

struct TByteColumn {
  1: required list<i8> values
  2: required binary nulls
}

struct TI16Column {
  1: required list<i16> values
  2: required binary nulls
}

struct TI32Column {
  1: required list<i32> values
  2: required binary nulls
}

struct TI64Column {
  1: required list<i64> values
  2: required binary nulls
}

struct TDoubleColumn {
  1: required list<double> values
  2: required binary nulls
}

struct TStringColumn {
  1: required list<string> values
  2: required binary nulls
}

struct TBinaryColumn {
  1: required list<binary> values
  2: required binary nulls
}

union TColumn {
  1: TBoolColumn boolVal
  2: TByteColumn byteVal
  3: TI16Column i16Val
  4: TI32Column i32Val
  5: TI64Column i64Val
  6: TDoubleColumn doubleVal
  7: TStringColumn stringVal
  8: TBinaryColumn binaryVal
}

struct TRow {}

struct TSparkArrowBatch {
  1: required binary batch
  2: required i64 rowCount
}

struct TRowSet {
  1: required i64 startRowOffset
  2: required list<TRow> rows
  3: optional list<TColumn> columns
  1281: optional list<TSparkArrowBatch> arrowBatches
}

struct TFetchResultsReq {
  1: required TOperationHandle operationHandle
  2: required i32 orientation
  3: required i64 maxRows
  1283: optional bool includeResultSetMetadata
}

struct TFetchResultsResp {
  1: required TStatus status
  2: optional bool hasMoreRows
  3: optional TRowSet results
  1281: optional TGetResultSetMetadataResp resultSetMetadata
}

struct TSparkDirectResults {
  1: optional TGetOperationStatusResp operationStatus
  2: optional TGetResultSetMetadataResp resultSetMetadata
  3: optional TFetchResultsResp resultSet
  4: optional TStatusResp closeOperation
}

struct TExecuteStatementResp {
  1: required TStatus status
  2: optional TOperationHandle operationHandle
  1281: optional TSparkDirectResults directResults
}

struct TGetCatalogsReq {
  1: required TSessionHandle sessionHandle
  1281: optional TSparkGetDirectResults getDirectResults
}

struct TGetSchemasReq {
  1: required TSessionHandle sessionHandle
  2: optional string catalogName
  3: optional string schemaName
  1281: optional TSparkGetDirectResults getDirectResults
}

struct TGetTablesReq {
  1: required TSessionHandle sessionHandle
  2: optional string catalogName
  3: optional string schemaName
  4: optional string tableName
  5: optional list<string> tableTypes
  1281: optional TSparkGetDirectResults getDirectResults
}

struct TGetColumnsReq {
  1: required TSessionHandle sessionHandle
  2: optional string catalogName
  3: optional string schemaName
  4: optional string tableName
  5: optional string columnName
  1281: optional TSparkGetDirectResults getDirectResults
}

service TCLIService {
  TOpenSessionResp OpenSession(1: TOpenSessionReq req)
  TStatusResp CloseSession(1: TCloseSessionReq req)
  TGetInfoResp GetInfo(1: TGetInfoReq req)
  TExecuteStatementResp ExecuteStatement(1: TExecuteStatementReq req)
  TExecuteStatementResp GetCatalogs(1: TGetCatalogsReq req)
  TExecuteStatementResp GetSchemas(1: TGetSchemasReq req)
  TExecuteStatementResp GetTables(1: TGetTablesReq req)
  TExecuteStatementResp GetColumns(1: TGetColumnsReq req)
  TGetOperationStatusResp GetOperationStatus(1: TGetOperationStatusReq req)
  TStatusResp CancelOperation(1: TCancelOperationReq req)
  TStatusResp CloseOperation(1: TCloseOperationReq req)
  TGetResultSetMetadataResp GetResultSetMetadata(1: TGetResultSetMetadataReq req)
  TFetchResultsResp FetchResults(1: TFetchResultsReq req)
}
