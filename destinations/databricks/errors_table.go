package databricks

import (
	"strings"

	"github.com/drt-go/drt/connector"
)

// rule maps an error class, with all its subclasses, or a SQLSTATE to what it means. docs/connectors/databricks.md holds
// the same table, and a test each line of it on the wire.
type rule struct {
	class string // prefix; "" for a rule about a SQLSTATE
	state string // prefix, if class is ""
	kind  connector.Kind
	// message replaces the server's, which in these classes holds values of rows. "" keeps the server's.
	message string
	hint    string // {target} and {scratch} stand for the table and the schema of the scratch tables
	unsure  bool   // a statement on the target may have committed all the same: then the kind is unknown_outcome
}

// rules is searched from the top; the first that fits counts. Unlisted is never transient.
func rules() []rule {
	var all []rule
	for _, part := range [][]rule{conflictRules(), rowRules(), schemaRules(), missingRules(), accessRules(), serverRules(), stateRules()} {
		all = append(all, part...)
	}
	return all
}

// conflictRules: another writer won, and the commit did not happen.
func conflictRules() []rule {
	const tryLater = "run it again; if it happens often, let the writers of {target} run one after the other"
	conflict := func(class string) rule { return rule{class: class, kind: connector.KindConflict, hint: tryLater} }
	return []rule{
		conflict("DELTA_CONCURRENT_"),
		conflict("DELTA_METADATA_CHANGED"),
		conflict("DELTA_PROTOCOL_CHANGED"),
		conflict("DELTA_MAX_COMMIT_RETRIES_EXCEEDED"),
		conflict("CONCURRENT_APPEND"),
		{state: "2D521", kind: connector.KindConflict, hint: tryLater},
		// Here the commit is there: what comes after it failed.
		{class: "DELTA_POST_COMMIT_HOOK_FAILED", kind: connector.KindUnknown,
			hint: "the commit itself is in the table: look at DESCRIBE HISTORY {target}"},
	}
}

const (
	mendModel = "cast the column in the model to the type of the target's column, or change the column"
	skipNull  = "use on_error: skip to load the other rows, or leave NULLs out of the model"
	skipCheck = "use on_error: skip to load the other rows, or filter them in the model"
)

// rowRules: rows that the target cannot hold. The server's messages quote them.
func rowRules() []rule {
	row := func(class, message, hint string) rule {
		return rule{class: class, kind: connector.KindRejected, message: message, hint: hint}
	}
	const (
		null  = "a NULL in a column that is NOT NULL"
		check = "a row violates a CHECK constraint"
		long  = "a text is longer than its column"
		big   = "a number is out of its column's range"
	)
	return []rule{
		row("DELTA_NOT_NULL_CONSTRAINT_VIOLATED", null, skipNull),
		row("NOT_NULL_ASSERT_VIOLATION", null, skipNull),
		row("DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", check, skipCheck),
		row("CHECK_CONSTRAINT_VIOLATION", check, skipCheck),
		row("DELTA_EXCEED_CHAR_VARCHAR_LIMIT", long, mendModel),
		row("EXCEED_LIMIT_LENGTH", long, mendModel),
		row("DELTA_CAST_OVERFLOW_IN_TABLE_WRITE", big, mendModel),
		row("CAST_OVERFLOW", big, mendModel),
		row("NUMERIC_", big, mendModel),
		row("ARITHMETIC_OVERFLOW", big, mendModel),
		row("CAST_INVALID_INPUT", "a value is not of its column's type", mendModel),
		row("MALFORMED_RECORD_IN_PARSING", "a row could not be parsed", mendModel),
		row("INVALID_INLINE_TABLE", "a value is not of its column's type", mendModel),
		row("INVALID_ARRAY_INDEX", "a row has too few values", "run it again; if it happens again, set staging.loader: values"),
	}
}

// schemaRules: the target is not what the statement was made for.
func schemaRules() []rule {
	changed := "the columns of {target} changed during the run, or introspect_schema is false: run it again, and compare the model with DESCRIBE TABLE {target}"
	config := func(class, hint string) rule { return rule{class: class, kind: connector.KindConfig, hint: hint} }
	return []rule{
		config("DELTA_IDENTITY_COLUMNS", "leave the identity column out of the model"),
		config("DELTA_GENERATED_COLUMNS", "leave the generated column out of the model"),
		config("DELTA_INSERT_COLUMN_MISMATCH", "a NOT NULL column of {target} is missing from the model: add it, or give it a default"),
		config("DELTA_INSERT_COLUMN_ARITY_MISMATCH", changed),
		config("INSERT_COLUMN_ARITY_MISMATCH", changed),
		config("DELTA_METADATA_MISMATCH", changed),
		config("DELTA_FAILED_TO_MERGE_FIELDS", mendModel),
		config("DATATYPE_MISMATCH", mendModel),
		config("DELTA_MERGE_RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT", "this warehouse cannot MERGE by a condition on a CHAR column, as Spark with "+
			"spark.sql.readSideCharPadding: turn that off, or make the CHAR columns of {target} VARCHAR"),
		config("DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES",
			"rename the column in the model, or turn on column mapping: ALTER TABLE {target} SET TBLPROPERTIES ('delta.columnMapping.mode' = 'name')"),
		config("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE", "{target} uses a feature that this warehouse does not know: use a newer one, or a table without it"),
		config("DELTA_ONLY_OPERATION", "{target} is no Delta table: write to one, or CONVERT TO DELTA {target}"),
		config("DELTA_TABLE_ONLY_OPERATION", "{target} is no Delta table: write to one, or CONVERT TO DELTA {target}"),
		config("EXPECT_TABLE_NOT_VIEW", "{target} is a view: write to a table"),
		{class: "UNRESOLVED_COLUMN", kind: connector.KindNotFound, hint: changed},
		{class: "DELTA_MERGE_UNRESOLVED_EXPRESSION", kind: connector.KindNotFound, hint: changed},
		{class: "DELTA_MISSING_COLUMN", kind: connector.KindNotFound, hint: changed},
	}
}

// missingRules: a thing that the sync names is not there.
func missingRules() []rule {
	missing := func(class, hint string) rule { return rule{class: class, kind: connector.KindNotFound, hint: hint} }
	const (
		table   = "check catalog, schema and table, or let drt create it: create: true"
		catalog = "mend catalog in the sync, or GRANT USE CATALOG on it: without the grant it looks as if it were not there"
	)
	return []rule{
		missing("TABLE_OR_VIEW_NOT_FOUND", table),
		missing("DELTA_TABLE_NOT_FOUND", table),
		missing("SCHEMA_NOT_FOUND", "CREATE SCHEMA, or mend schema or staging.schema in the sync"),
		missing("NO_SUCH_CATALOG", catalog),
		missing("CATALOG_NOT_FOUND", catalog),
		missing("PATH_NOT_FOUND", "a staged file is gone: something else cleans the volume up"),
	}
}

// accessRules: a hint is made from the text, which names privilege and object.
func accessRules() []rule {
	return []rule{
		{class: "INSUFFICIENT_PERMISSIONS", kind: connector.KindAuth},
		{class: "PERMISSION_DENIED", kind: connector.KindAuth},
		{state: "42501", kind: connector.KindAuth},
	}
}

// serverRules: the server, and bugs of ours.
func serverRules() []rule {
	bug := "a bug in drt: please report it with the statement"
	return []rule{
		{state: "08KD1", kind: connector.KindTransient, hint: "the warehouse is busy: run it again, or give it more clusters"},
		{class: "OPERATION_CANCELED", kind: connector.KindPermanent, unsure: true, hint: "somebody cancelled the statement, or the warehouse was stopped"},
		{class: "OPERATION_TIMED_OUT", kind: connector.KindPermanent, unsure: true, hint: "raise STATEMENT_TIMEOUT of the warehouse, or use a larger one"},
		{state: "HY008", kind: connector.KindPermanent, unsure: true, hint: "somebody cancelled the statement, or the warehouse was stopped"},
		{state: "57", kind: connector.KindPermanent, unsure: true, hint: "the warehouse stopped the statement: look at its query history"},
		{class: "TABLE_OR_VIEW_ALREADY_EXISTS", kind: connector.KindPermanent, hint: "if it is a scratch table, remove it: drt clean"},
		{class: "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", kind: connector.KindInternal,
			hint: "staged rows are unique by key, so this is a bug in drt, unless a key column has a collation of its own"},
		{class: "DELTA_UNSUPPORTED_MULTI_COL_IN_PREDICATE", kind: connector.KindInternal, hint: bug},
		{class: "DELTA_UNSUPPORTED_SUBQUERY", kind: connector.KindInternal, hint: bug},
		{class: "UNBOUND_SQL_PARAMETER", kind: connector.KindInternal, hint: bug},
		{class: "PARSE_SYNTAX_ERROR", kind: connector.KindPermanent, hint: "check the SQL conditions of the sync; if it has none, this is a bug in drt"},
		{class: "UNSUPPORTED_IN_SANDBOX", kind: connector.KindPermanent, hint: "the sandbox refuses what it cannot do as Delta does: run this sync against a workspace"},
	}
}

// stateRules are for classes that nobody listed. Their messages hold values if they are about data.
func stateRules() []rule {
	return []rule{
		{state: "22", kind: connector.KindRejected, message: "the warehouse refused a value", hint: mendModel},
		{state: "23", kind: connector.KindRejected, message: "the warehouse refused a row: a constraint is violated", hint: skipCheck},
		{state: "42KDG", kind: connector.KindConfig, hint: "compare the model with DESCRIBE TABLE {target}"},
		{state: "42802", kind: connector.KindConfig, hint: "compare the model with DESCRIBE TABLE {target}"},
		{state: "21S01", kind: connector.KindConfig, hint: "compare the model with DESCRIBE TABLE {target}"},
		{state: "42P01", kind: connector.KindNotFound, hint: "check catalog, schema and table"},
		{state: "42703", kind: connector.KindNotFound, hint: "compare the model with DESCRIBE TABLE {target}"},
		{state: "42704", kind: connector.KindNotFound, hint: "check catalog and schema"},
	}
}

func (r rule) fits(a answer) bool {
	if r.class != "" {
		return strings.HasPrefix(a.class, r.class)
	}
	return strings.HasPrefix(a.state, r.state)
}
