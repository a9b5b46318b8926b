package databricks

import (
	"regexp"
	"strings"

	"github.com/drt-go/drt/connector"
)

// rule maps an error class, with all its subclasses, or a SQLSTATE to what it means.
type rule struct {
	class string // prefix; "" for a rule about a SQLSTATE
	state string // prefix, if class is ""
	kind  connector.Kind
	// message replaces the server's, which in these classes holds values of rows. "" keeps the server's.
	message string
	hint    string // {target} and {scratch} stand for the table and the schema of the scratch tables
}

const (
	tryLater  = "run it again; if it happens often, let the writers of {target} run one after the other"
	mendModel = "cast the column in the model to the type of the target's column, or change the column"
)

// rules is searched from the top; the first that fits counts. Unlisted is never transient.
func rules() []rule {
	return []rule{
		// The commit did not happen: another writer won.
		{class: "DELTA_CONCURRENT_", kind: connector.KindConflict, hint: tryLater},
		{class: "DELTA_METADATA_CHANGED", kind: connector.KindConflict, hint: tryLater},
		{class: "DELTA_PROTOCOL_CHANGED", kind: connector.KindConflict, hint: tryLater},
		{class: "DELTA_MAX_COMMIT_RETRIES_EXCEEDED", kind: connector.KindConflict, hint: tryLater},
		{class: "CONCURRENT_APPEND", kind: connector.KindConflict, hint: tryLater},
		{state: "2D521", kind: connector.KindConflict, hint: tryLater},

		// The commit is there, what comes after it failed.
		{class: "DELTA_POST_COMMIT_HOOK_FAILED", kind: connector.KindUnknown,
			hint: "the commit itself is in the table; look at DESCRIBE HISTORY {target}"},

		// Rows that the target cannot hold.
		{class: "DELTA_NOT_NULL_CONSTRAINT_VIOLATED", kind: connector.KindRejected, message: "a NULL in a column that is NOT NULL",
			hint: "use on_error: skip to load the other rows, or mend the model"},
		{class: "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", kind: connector.KindRejected, message: "a row violates a CHECK constraint",
			hint: "use on_error: skip to load the other rows, or filter them in the model"},
		{class: "CHECK_CONSTRAINT_VIOLATION", kind: connector.KindRejected, message: "a row violates a CHECK constraint",
			hint: "use on_error: skip to load the other rows, or filter them in the model"},
		{class: "NOT_NULL_ASSERT_VIOLATION", kind: connector.KindRejected, message: "a NULL in a column that is NOT NULL",
			hint: "use on_error: skip to load the other rows, or mend the model"},
		{class: "DELTA_EXCEED_CHAR_VARCHAR_LIMIT", kind: connector.KindRejected, message: "a text is longer than its column", hint: mendModel},
		{class: "EXCEED_LIMIT_LENGTH", kind: connector.KindRejected, message: "a text is longer than its column", hint: mendModel},
		{class: "DELTA_CAST_OVERFLOW_IN_TABLE_WRITE", kind: connector.KindRejected, message: "a number is out of its column's range", hint: mendModel},
		{class: "CAST_OVERFLOW", kind: connector.KindRejected, message: "a number is out of its column's range", hint: mendModel},
		{class: "NUMERIC_", kind: connector.KindRejected, message: "a number is out of its column's range", hint: mendModel},
		{class: "ARITHMETIC_OVERFLOW", kind: connector.KindRejected, message: "a number is out of range", hint: mendModel},
		{class: "CAST_INVALID_INPUT", kind: connector.KindRejected, message: "a value is not of its column's type", hint: mendModel},
		{class: "MALFORMED_RECORD_IN_PARSING", kind: connector.KindRejected, message: "a row could not be parsed"},
		{class: "INVALID_ARRAY_INDEX", kind: connector.KindRejected, message: "a row has too few values"},
		{class: "DATATYPE_MISMATCH", kind: connector.KindPermanent, hint: mendModel},
		{class: "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", kind: connector.KindInternal,
			hint: "staged rows are unique by key, so this is a bug in drt, unless upsert_key has a collation of its own"},

		// The target is not what the statement was made for.
		{class: "DELTA_IDENTITY_COLUMNS", kind: connector.KindConfig, hint: "leave the identity column out of the model"},
		{class: "DELTA_GENERATED_COLUMNS", kind: connector.KindConfig, hint: "leave the generated column out of the model"},
		{class: "DELTA_INSERT_COLUMN_MISMATCH", kind: connector.KindConfig, hint: "a NOT NULL column of {target} is missing from the model: add it, or give it a default"},
		{class: "DELTA_METADATA_MISMATCH", kind: connector.KindConfig, hint: "the columns of {target} changed during the run: run it again"},
		{class: "DELTA_FAILED_TO_MERGE_FIELDS", kind: connector.KindConfig, hint: mendModel},
		{class: "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES", kind: connector.KindConfig,
			hint: "rename the column in the model, or turn on column mapping: ALTER TABLE {target} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"},
		{class: "INSERT_COLUMN_ARITY_MISMATCH", kind: connector.KindConfig},
		{class: "UNRESOLVED_COLUMN", kind: connector.KindNotFound, hint: "the columns of {target} changed during the run, or introspect_schema is false: compare the model with DESCRIBE TABLE {target}"},
		{class: "DELTA_MERGE_UNRESOLVED_EXPRESSION", kind: connector.KindNotFound, hint: "compare the model with DESCRIBE TABLE {target}"},
		{class: "DELTA_MISSING_COLUMN", kind: connector.KindNotFound, hint: "compare the model with DESCRIBE TABLE {target}"},
		{class: "TABLE_OR_VIEW_NOT_FOUND", kind: connector.KindNotFound, hint: "check catalog, schema and table, or let drt create it: create: true"},
		{class: "DELTA_TABLE_NOT_FOUND", kind: connector.KindNotFound, hint: "check catalog, schema and table, or let drt create it: create: true"},
		{class: "SCHEMA_NOT_FOUND", kind: connector.KindNotFound, hint: "create the schema, or mend `schema` in the sync"},
		{class: "NO_SUCH_CATALOG", kind: connector.KindNotFound, hint: "mend `catalog` in the sync, or GRANT USE CATALOG on it"},
		{class: "CATALOG_NOT_FOUND", kind: connector.KindNotFound, hint: "mend `catalog` in the sync, or GRANT USE CATALOG on it"},

		{class: "INSUFFICIENT_PERMISSIONS", kind: connector.KindAuth},
		{class: "PERMISSION_DENIED", kind: connector.KindAuth},
		{state: "42501", kind: connector.KindAuth},
		{state: "08KD1", kind: connector.KindTransient, hint: "the warehouse is busy: run it again"},

		// Classes that nobody listed: their message may hold values if it is about data.
		{state: "22", kind: connector.KindRejected, message: "the warehouse refused a value", hint: mendModel},
		{state: "23", kind: connector.KindRejected, message: "the warehouse refused a row: a constraint is violated"},
		{state: "42P01", kind: connector.KindNotFound},
		{state: "42703", kind: connector.KindNotFound},
	}
}

// explain fills kind, message and hint of e from what the warehouse answered.
func (w *warehouse) explain(e *connector.Error, a answer) {
	e.Kind, e.Message = connector.KindPermanent, clip(a.text)
	for _, r := range rules() {
		if !r.fits(a) {
			continue
		}
		e.Kind, e.Hint = r.kind, w.fill(r.hint)
		if r.message != "" {
			e.Message = r.message + named(a.text)
		}
		break
	}
	if isWrapper(a.class) {
		e.Message = "the warehouse could not write the rows" // its text quotes them
	}
	if e.Kind == connector.KindAuth && e.Hint == "" {
		e.Hint = w.grant(a.text)
	}
}

func (r rule) fits(a answer) bool {
	if r.class != "" {
		return strings.HasPrefix(a.class, r.class)
	}
	return r.state != "" && strings.HasPrefix(a.state, r.state)
}

func (w *warehouse) fill(hint string) string {
	return strings.NewReplacer("{target}", w.target.String(), "{scratch}", w.scratch.namespace()).Replace(hint)
}

// The parts of a refusal that name a thing of the schema, never a value.
var (
	checkPattern  = regexp.MustCompile(`(?i)CHECK constraint ([A-Za-z0-9_]+) `)
	columnPattern = regexp.MustCompile("(?i)(?:NOT NULL constraint violated for column: ?|column (?:name )?)([`\"]?[A-Za-z0-9_.`]+[`\"]?)")
)

// named adds the constraint or column that the server's text names to a message.
func named(text string) string {
	if m := checkPattern.FindStringSubmatch(text); m != nil {
		return ": " + m[1]
	}
	if m := columnPattern.FindStringSubmatch(text); m != nil {
		return ": column " + strings.Trim(m[1], "`\".")
	}
	return ""
}

var privilegePattern = regexp.MustCompile("(?i)does not have (?:permission |the privilege )?([A-Z][A-Z _,]*?) (?:privilege )?on ([A-Za-z]+) (?:'([^']+)'|\"([^\"]+)\"|([\\w.`-]*[\\w`]))")

// grant returns the GRANT that mends a refusal: the one that the server's text names, else all that a run needs.
func (w *warehouse) grant(text string) string {
	m := privilegePattern.FindStringSubmatch(text)
	if m == nil {
		return "a run needs USE CATALOG on " + w.target.catalog.String() + ", USE SCHEMA on " + w.target.namespace() +
			", SELECT and MODIFY on " + w.target.String() + " and CREATE TABLE on " + w.scratch.namespace()
	}
	parts := strings.Split(strings.ReplaceAll(m[3]+m[4]+m[5], "`", ""), ".")
	for i, p := range parts {
		parts[i] = ident(p).String()
	}
	privilege := strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(m[1])), "_", " ")
	return "GRANT " + privilege + " ON " + strings.ToUpper(m[2]) + " " + strings.Join(parts, ".") + " TO `<principal>`"
}
