package databricks_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/sandbox/wire"
)

// said is an error as a warehouse says it, and what has to come of it.
type said struct {
	class, state, message string

	kind    connector.Kind
	shows   string // in the hint
	again   bool   // the MERGE is sent again
	unknown bool   // a MERGE that fails so may have happened
}

const schemaChanged = "DESCRIBE TABLE `main`.`default`.`user_scores`"

// sayings has a line at least for each line of the documented table.
var sayings = []said{
	{class: "DELTA_CONCURRENT_APPEND.WITHOUT_HINT", state: "2D521", message: "Files were added.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "DELTA_CONCURRENT_DELETE_READ", state: "2D521", message: "A file was deleted.", kind: connector.KindConflict, shows: "writers of `main`.`default`.`user_scores`", again: true},
	{class: "DELTA_CONCURRENT_DELETE_DELETE", state: "2D521", message: "A file was deleted.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "DELTA_CONCURRENT_WRITE", state: "2D521", message: "The table was written.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "DELTA_CONCURRENT_TRANSACTION", state: "2D521", message: "The same stream.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "DELTA_METADATA_CHANGED", state: "2D521", message: "The metadata changed.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "DELTA_PROTOCOL_CHANGED", state: "2D521", message: "The protocol changed.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "DELTA_MAX_COMMIT_RETRIES_EXCEEDED", state: "40000", message: "Too many attempts.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "CONCURRENT_APPEND", state: "2D521", message: "Files were added.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "NEW_CONFLICT", state: "2D521", message: "Somebody else.", kind: connector.KindConflict, shows: "run it again", again: true},
	{class: "DELTA_POST_COMMIT_HOOK_FAILED", state: "2DKD0", message: "Committing succeeded.", kind: connector.KindUnknown, shows: "DESCRIBE HISTORY", unknown: true},

	{class: "DELTA_NOT_NULL_CONSTRAINT_VIOLATED", state: "23502", message: "NOT NULL constraint violated for column: score.", kind: connector.KindRejected, shows: "on_error: skip"},
	{class: "NOT_NULL_ASSERT_VIOLATION", state: "42000", message: "NULL value appeared in non-nullable field canary.", kind: connector.KindRejected, shows: "on_error: skip"},
	{class: "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", state: "23001", message: "CHECK constraint positive (score > 0) violated by row with values: - score : canary", kind: connector.KindRejected, shows: "on_error: skip"},
	{class: "CHECK_CONSTRAINT_VIOLATION", state: "23001", message: "CHECK constraint positive (score > 0) violated by row with values: - score : canary", kind: connector.KindRejected, shows: "on_error: skip"},
	{class: "DELTA_EXCEED_CHAR_VARCHAR_LIMIT", state: "22001", message: "Value \"canary\" exceeds char/varchar type length limitation.", kind: connector.KindRejected, shows: "cast the column"},
	{class: "EXCEED_LIMIT_LENGTH", state: "54006", message: "Exceeds char/varchar type length limitation: 3. canary", kind: connector.KindRejected, shows: "cast the column"},
	{class: "DELTA_CAST_OVERFLOW_IN_TABLE_WRITE", state: "22003", message: "Failed to write canary", kind: connector.KindRejected, shows: "cast the column"},
	{class: "CAST_OVERFLOW_IN_TABLE_INSERT", state: "22003", message: "Fail to assign canary", kind: connector.KindRejected, shows: "cast the column"},
	{class: "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", state: "22003", message: "canary cannot be represented", kind: connector.KindRejected, shows: "cast the column"},
	{class: "ARITHMETIC_OVERFLOW", state: "22003", message: "canary overflow", kind: connector.KindRejected, shows: "cast the column"},
	{class: "CAST_INVALID_INPUT", state: "22018", message: "The value 'canary' of the type STRING cannot be cast to BIGINT", kind: connector.KindRejected, shows: "cast the column"},
	{class: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", state: "22023", message: "Malformed records are detected: canary", kind: connector.KindRejected, shows: "cast the column"},
	{class: "INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION", state: "42000", message: "Failed to evaluate canary", kind: connector.KindRejected, shows: "cast the column"},
	{class: "INVALID_ARRAY_INDEX", state: "22003", message: "The index canary is out of bounds.", kind: connector.KindRejected, shows: "staging.loader: values"},
	{class: "TASK_WRITE_FAILED", state: "58030", message: "Task failed. [CAST_INVALID_INPUT] The value 'canary'. SQLSTATE: 22018", kind: connector.KindRejected, shows: "cast the column"},
	{class: "NEW_DATA_CLASS", state: "22042", message: "The value canary.", kind: connector.KindRejected, shows: "cast the column"},
	{class: "NEW_CONSTRAINT_CLASS", state: "23042", message: "The value canary.", kind: connector.KindRejected, shows: "on_error: skip"},

	{class: "DELTA_IDENTITY_COLUMNS_EXPLICIT_INSERT_NOT_SUPPORTED", state: "42808", message: "Explicit insert.", kind: connector.KindConfig, shows: "identity column"},
	{class: "DELTA_GENERATED_COLUMNS_EXPR_TYPE_MISMATCH", state: "42K09", message: "No.", kind: connector.KindConfig, shows: "generated column"},
	{class: "DELTA_INSERT_COLUMN_MISMATCH", state: "42802", message: "Column score is not specified in INSERT", kind: connector.KindConfig, shows: "NOT NULL column of `main`.`default`.`user_scores`"},
	{class: "DELTA_INSERT_COLUMN_ARITY_MISMATCH", state: "42802", message: "Not enough columns.", kind: connector.KindConfig, shows: schemaChanged},
	{class: "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS", state: "21S01", message: "Too many.", kind: connector.KindConfig, shows: schemaChanged},
	{class: "DELTA_METADATA_MISMATCH", state: "42KDG", message: "A schema mismatch detected.", kind: connector.KindConfig, shows: schemaChanged},
	{class: "DELTA_FAILED_TO_MERGE_FIELDS", state: "22005", message: "Failed to merge fields 'score' and 'score'.", kind: connector.KindConfig, shows: "cast the column"},
	{class: "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", state: "42K09", message: "Cannot resolve.", kind: connector.KindConfig, shows: "cast the column"},
	{class: "DELTA_MERGE_RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT", state: "42601", message: "Resolved attribute(s) missing.", kind: connector.KindConfig, shows: "VARCHAR"},
	{class: "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES", state: "42K05", message: "Found invalid characters.", kind: connector.KindConfig, shows: "ALTER TABLE `main`.`default`.`user_scores` SET TBLPROPERTIES"},
	{class: "DELTA_UNSUPPORTED_FEATURES_FOR_WRITE", state: "56038", message: "Unsupported.", kind: connector.KindConfig, shows: "feature"},
	{class: "DELTA_ONLY_OPERATION", state: "0AKDD", message: "MERGE is only supported for Delta tables.", kind: connector.KindConfig, shows: "CONVERT TO DELTA"},
	{class: "DELTA_TABLE_ONLY_OPERATION", state: "0AKDD", message: "Not a Delta table.", kind: connector.KindConfig, shows: "CONVERT TO DELTA"},
	{class: "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", state: "42809", message: "A view.", kind: connector.KindConfig, shows: "is a view"},
	{class: "NEW_MISMATCH", state: "42KDG", message: "Mismatch.", kind: connector.KindConfig, shows: schemaChanged},
	{class: "NEW_LIST", state: "42802", message: "Mismatch.", kind: connector.KindConfig, shows: schemaChanged},
	{class: "NEW_ARITY", state: "21S01", message: "Mismatch.", kind: connector.KindConfig, shows: schemaChanged},
	{class: "UNRESOLVED_COLUMN.WITH_SUGGESTION", state: "42703", message: "A column `score` cannot be resolved.", kind: connector.KindNotFound, shows: schemaChanged},
	{class: "DELTA_MERGE_UNRESOLVED_EXPRESSION", state: "42601", message: "Cannot resolve score.", kind: connector.KindNotFound, shows: schemaChanged},
	{class: "DELTA_MISSING_COLUMN", state: "42703", message: "Cannot find score.", kind: connector.KindNotFound, shows: schemaChanged},

	{class: "TABLE_OR_VIEW_NOT_FOUND", state: "42P01", message: "The table or view cannot be found.", kind: connector.KindNotFound, shows: "create: true"},
	{class: "DELTA_TABLE_NOT_FOUND", state: "42P01", message: "Delta table doesn't exist.", kind: connector.KindNotFound, shows: "create: true"},
	{class: "SCHEMA_NOT_FOUND", state: "42704", message: "The schema cannot be found.", kind: connector.KindNotFound, shows: "CREATE SCHEMA"},
	{class: "NO_SUCH_CATALOG_EXCEPTION", state: "42704", message: "Catalog 'main' was not found.", kind: connector.KindNotFound, shows: "GRANT USE CATALOG"},
	{class: "CATALOG_NOT_FOUND", state: "42704", message: "Catalog 'main' was not found.", kind: connector.KindNotFound, shows: "GRANT USE CATALOG"},
	{class: "PATH_NOT_FOUND", state: "42K03", message: "Path does not exist.", kind: connector.KindNotFound, shows: "volume"},
	{class: "NEW_TABLE", state: "42P01", message: "No such table.", kind: connector.KindNotFound, shows: "check catalog, schema and table"},
	{class: "NEW_COLUMN", state: "42703", message: "No such column.", kind: connector.KindNotFound, shows: schemaChanged},
	{class: "NEW_OBJECT", state: "42704", message: "No such object.", kind: connector.KindNotFound, shows: "check catalog and schema"},

	{class: "INSUFFICIENT_PERMISSIONS", state: "42501", message: "Insufficient privileges: User does not have MODIFY on Table 'main.default.user_scores'.", kind: connector.KindAuth,
		shows: "GRANT MODIFY ON TABLE `main`.`default`.`user_scores` TO `<principal>`"},
	{class: "INSUFFICIENT_PERMISSIONS", state: "42501", message: "Insufficient privileges: User does not have SELECT on Table 'main.default.user_scores'.", kind: connector.KindAuth,
		shows: "GRANT SELECT ON TABLE `main`.`default`.`user_scores` TO `<principal>`"},
	{class: "INSUFFICIENT_PERMISSIONS", state: "42501", message: "Insufficient privileges: User does not have USE CATALOG on Catalog 'main'.", kind: connector.KindAuth,
		shows: "GRANT USE CATALOG ON CATALOG `main` TO `<principal>`"},
	{class: "INSUFFICIENT_PERMISSIONS", state: "42501", message: "Insufficient privileges: User does not have USE SCHEMA on Schema 'main.default'.", kind: connector.KindAuth,
		shows: "GRANT USE SCHEMA ON SCHEMA `main`.`default` TO `<principal>`"},
	{class: "INSUFFICIENT_PERMISSIONS", state: "42501", message: "Insufficient privileges: User does not have CREATE TABLE on Schema 'main.default'.", kind: connector.KindAuth,
		shows: "GRANT CREATE TABLE ON SCHEMA `main`.`default` TO `<principal>`"},
	{class: "PERMISSION_DENIED", state: "42501", message: "User does not have READ VOLUME on Volume 'main.default.stage'.", kind: connector.KindAuth,
		shows: "GRANT READ VOLUME ON VOLUME `main`.`default`.`stage` TO `<principal>`"},
	{class: "PERMISSION_DENIED", state: "42501", message: "User does not have WRITE VOLUME on Volume 'main.default.stage'.", kind: connector.KindAuth,
		shows: "GRANT WRITE VOLUME ON VOLUME `main`.`default`.`stage` TO `<principal>`"},
	{class: "UNAUTHORIZED_ACCESS", state: "42501", message: "Unauthorized access.", kind: connector.KindAuth, shows: "SELECT and MODIFY on `main`.`default`.`user_scores`"},

	{class: "SERVER_BUSY", state: "08KD1", message: "Too many requests.", kind: connector.KindTransient, shows: "busy", again: true},
	{class: "OPERATION_CANCELED", state: "HY008", message: "Operation has been canceled.", kind: connector.KindPermanent, shows: "was stopped", unknown: true},
	{class: "OPERATION_TIMED_OUT", state: "57KD0", message: "Timed out.", kind: connector.KindPermanent, shows: "STATEMENT_TIMEOUT", unknown: true},
	{class: "NEW_CANCEL", state: "HY008", message: "Cancelled.", kind: connector.KindPermanent, shows: "was stopped", unknown: true},
	{class: "NEW_INTERVENTION", state: "57014", message: "Cancelled.", kind: connector.KindPermanent, shows: "query history", unknown: true},
	{class: "TABLE_OR_VIEW_ALREADY_EXISTS", state: "42P07", message: "Exists.", kind: connector.KindPermanent, shows: "drt clean"},
	{class: "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", state: "21506", message: "Cannot perform Merge.", kind: connector.KindInternal, shows: "a bug in drt"},
	{class: "DELTA_UNSUPPORTED_MULTI_COL_IN_PREDICATE", state: "0AKDC", message: "Multi-column In.", kind: connector.KindInternal, shows: "a bug in drt"},
	{class: "DELTA_UNSUPPORTED_SUBQUERY", state: "0AKDC", message: "Subqueries.", kind: connector.KindInternal, shows: "a bug in drt"},
	{class: "UNBOUND_SQL_PARAMETER", state: "42P02", message: "Unbound.", kind: connector.KindInternal, shows: "a bug in drt"},
	{class: "PARSE_SYNTAX_ERROR", state: "42601", message: "Syntax error at or near 'x'.", kind: connector.KindPermanent, shows: "conditions of the sync"},
	{class: "UNSUPPORTED_IN_SANDBOX", state: "0A000", message: "CLONE is not supported.", kind: connector.KindPermanent, shows: "workspace"},
	{class: "NOBODY_LISTED_THIS", state: "XX000", message: "What.", kind: connector.KindPermanent},
}

// Each line of the table, over the real driver: while staging, where nothing is tried again, and at the MERGE.
func TestErrorsOnTheWire(t *testing.T) {
	for _, c := range sayings {
		t.Run(c.class+" "+c.state+" "+c.shows, func(t *testing.T) {
			t.Parallel()
			fault := wire.Fault{Do: wire.Fail, Error: &wire.Error{Class: c.class, SQLState: c.state, Message: c.message}}
			fault.Match = "^INSERT"
			_, _, err := overTheWire(t, fault)
			c.holds(t, "staging", err, c.kind)

			fault.Match = "^MERGE"
			engine, _, err := overTheWire(t, fault)
			switch {
			case c.again:
				if err != nil || engine.count("MERGE") != 1 {
					t.Errorf("the MERGE is not sent again: %v", err)
				}
			case c.unknown:
				c.holds(t, "MERGE", err, connector.KindUnknown)
			default:
				c.holds(t, "MERGE", err, c.kind)
			}
			if !c.again && engine.count("MERGE") != 0 {
				t.Error("the MERGE was sent again")
			}
			if engine.count("DROP") != 1 {
				t.Error("scratch stays")
			}
		})
	}
}

func (c said) holds(t *testing.T, where string, err error, kind connector.Kind) {
	t.Helper()
	var e *connector.Error
	if !errors.As(err, &e) || e.Kind != kind {
		t.Fatalf("%s: want %s, got %s: %v", where, kind, connector.KindOf(err), err)
	}
	if !strings.Contains(e.Hint, c.shows) {
		t.Errorf("%s: the hint does not say %q: %s", where, c.shows, e.Hint)
	}
	if e.Class == "" || e.SQLState == "" {
		t.Errorf("%s: class %q, SQLSTATE %q", where, e.Class, e.SQLState)
	}
	if strings.Contains(fmt.Sprintf("%+v %s %s", e, e.Hint, e.SQL), "canary") {
		t.Errorf("%s: a value is shown: %+v", where, e)
	}
	if e.SQL == "" || strings.Contains(e.SQL, `[["1"`) || !strings.Contains(e.SQL, "?") {
		t.Errorf("%s: the statement is shown with its values, or not at all: %s", where, e.SQL)
	}
}

// No line of the documented table is without a line here.
func TestEveryDocumentedErrorIsTested(t *testing.T) {
	text, err := os.ReadFile("../../../docs/connectors/databricks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "<!-- errors -->\n")
	lines, _, _ := strings.Cut(after, "<!-- /errors -->")
	n := 0
	for line := range strings.Lines(lines) {
		cell, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
		state, isState := strings.CutPrefix(cell, "SQLSTATE ")
		prefix := strings.Trim(state, "`*.")
		if !strings.HasPrefix(strings.TrimPrefix(cell, "SQLSTATE "), "`") || strings.Contains(prefix, " ") {
			continue
		}
		n++
		tested := false
		for _, c := range sayings {
			tested = tested || !isState && strings.HasPrefix(c.class, prefix) || isState && strings.HasPrefix(c.state, prefix)
		}
		if !tested {
			t.Errorf("%s is documented, and no test says it", cell)
		}
	}
	if n < 50 {
		t.Errorf("only %d lines were read", n)
	}
}

// Replies below SQL: what each means for a read, for rows on their way into scratch, and for the MERGE.
func TestRepliesOfHTTP(t *testing.T) {
	const retried, untested = connector.Kind(""), connector.Kind("untested")
	for name, c := range map[string]struct {
		fault              wire.Fault
		read, stage, merge connector.Kind
	}{
		"401":                     {wire.Fault{Do: wire.Fail, Status: 401}, connector.KindAuth, connector.KindAuth, connector.KindAuth},
		"403":                     {wire.Fault{Do: wire.Fail, Status: 403}, connector.KindAuth, connector.KindAuth, connector.KindAuth},
		"413":                     {wire.Fault{Do: wire.Fail, Status: 413}, untested, connector.KindPermanent, connector.KindPermanent}, // a read goes on by DESCRIBE
		"429":                     {wire.Fault{Do: wire.Fail, Status: 429}, retried, connector.KindTransient, connector.KindUnknown},
		"500":                     {wire.Fault{Do: wire.Fail, Status: 500}, retried, connector.KindTransient, connector.KindUnknown},
		"503":                     {wire.Fault{Do: wire.Fail, Status: 503}, retried, connector.KindTransient, connector.KindUnknown},
		"the session is lost":     {wire.Fault{Do: wire.LoseSession}, retried, connector.KindTransient, connector.KindUnknown},
		"the connection is reset": {wire.Fault{Do: wire.Drop}, retried, connector.KindTransient, connector.KindUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for match, want := range map[string]connector.Kind{"^SELECT column_name": c.read, "^INSERT": c.stage, "^MERGE": c.merge} {
				if c.fault.Match = match; want == untested {
					continue
				}
				engine, _, err := overTheWire(t, c.fault)
				if got := connector.KindOf(err); got != want {
					t.Errorf("%s: %s, want %s: %v", match, got, want, err)
				}
				if engine.count("MERGE") > 1 {
					t.Errorf("%s: the MERGE ran %d times", match, engine.count("MERGE"))
				}
			}
		})
	}
}

// A read waits as long as the server asks.
func TestRetryAfterOnTheWire(t *testing.T) {
	t.Parallel()
	began := time.Now()
	if _, _, err := overTheWire(t, wire.Fault{Match: "^SELECT column_name", Do: wire.Fail, Status: 429, RetryAfter: time.Second}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < time.Second {
		t.Errorf("asked again after %s, the server said 1 s", took)
	}
}
