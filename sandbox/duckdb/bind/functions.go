package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// Functions are the functions that statements may call, by name in lower case.
type Functions map[string]builtin

// builtin binds one function. Args are bound already; c has what else was written.
type builtin struct {
	min, max int // number of arguments; max -1: any
	bind     func(e *Env, s *scope, c *ast.Call, args []Expr) (Expr, error)
	raw      bool // the arguments are not bound before (lambdas, options)
	agg      bool // takes DISTINCT, FILTER and OVER
	window   bool // needs OVER
}

// NewFunctions builds the table of functions, once per engine.
func NewFunctions() Functions {
	f := Functions{}
	addTemplates(f)
	addConditional(f)
	addText(f)
	addMath(f)
	addTime(f)
	addCollections(f)
	addLambdas(f)
	addJSON(f)
	addAggregates(f)
	addWindows(f)
	addSession(f)
	for alias, name := range aliases() {
		f[alias] = f[name]
	}
	return f
}

func aliases() map[string]string {
	return map[string]string{"ucase": "upper", "lcase": "lower", "char_length": "length", "character_length": "length", "len": "length",
		"substr": "substring", "ceiling": "ceil", "pow": "power", "sign": "signum", "nvl": "coalesce", "ifnull": "coalesce", "iff": "if",
		"cardinality": "size", "every": "bool_and", "some": "bool_or", "any": "bool_or", "array_agg": "collect_list",
		"std": "stddev", "stddev_samp": "stddev", "variance": "var_samp", "mean": "avg", "first_value": "first", "last_value": "last",
		"any_value": "first", "dayofmonth": "day", "now": "current_timestamp", "curdate": "current_date", "user": "current_user",
		"session_user": "current_user", "current_database": "current_schema", "position": "locate", "random": "rand",
		"date_diff": "datediff", "date_part": "extract_part", "dateadd": "date_add", "to_char": "date_format"}
}

func wrongArgs(name string, got int, want string) error {
	return sqlerr.New("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "The %s requires %s parameters but the actual number is %d.", quoteName([]string{name}), want, got)
}

func (e *Env) call(s *scope, c *ast.Call) (Expr, error) {
	name := strings.TrimPrefix(strings.TrimPrefix(c.Name, "system."), "builtin.")
	f, ok := e.Functions[name]
	if !ok || f.bind == nil {
		return Expr{}, unknownFunction(c.Name)
	}
	if n := len(c.Args); !c.Star && (n < f.min || f.max >= 0 && n > f.max) {
		return Expr{}, wrongArgs(c.Name, n, arity(f))
	}
	switch {
	case c.Star && name != "count":
		return Expr{}, sqlerr.New("INVALID_USAGE_OF_STAR_OR_REGEX", "Invalid usage of '*' in %s.", quoteName([]string{c.Name}))
	case !f.agg && !f.window && (c.Distinct || c.Filter != nil):
		return Expr{}, sqlerr.New("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX", "The function %s does not support DISTINCT or FILTER.", quoteName([]string{c.Name}))
	case !f.agg && !f.window && c.Over != nil:
		return Expr{}, sqlerr.New("UNSUPPORTED_EXPR_FOR_WINDOW", "Expression %s not supported within a window function.", quoteName([]string{c.Name}))
	case f.window && c.Over == nil:
		return Expr{}, sqlerr.New("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", "Window function %s requires an OVER clause.", quoteName([]string{c.Name}))
	}
	var args []Expr
	if !f.raw {
		var err error
		if args, err = e.exprs(s, c.Args); err != nil {
			return Expr{}, err
		}
	}
	return f.bind(e, s, c, args)
}

// unknownFunction tells functions that a warehouse has from names that nobody knows.
func unknownFunction(name string) error {
	if knownElsewhere(name) {
		return sqlerr.Unsupported("The function %s is not in the sandbox.", name)
	}
	return sqlerr.New("UNRESOLVED_ROUTINE", "Cannot resolve routine %s on search path [`system`.`builtin`, `system`.`session`].", quoteName(strings.Split(name, ".")))
}

func knownElsewhere(name string) bool {
	const names = " aes_decrypt aes_encrypt ai_query approx_percentile approx_top_k array_except array_insert array_intersect array_repeat array_union arrays_overlap arrays_zip" +
		" aggregate reduce zip_with map_filter map_zip_with transform_keys transform_values bin bit_count bround conv cube grouping grouping_id corr covar_pop covar_samp regr_slope" +
		" crc32 elt decode find_in_set format_number format_string from_csv from_utc_timestamp to_utc_timestamp from_xml hash xxhash64 histogram_numeric http_request" +
		" input_file_name java_method json_array_length json_object_keys json_tuple kurtosis skewness levenshtein soundex make_interval make_timestamp make_dt_interval" +
		" map_concat map_contains_key median mode monotonically_increasing_id months_between next_day parse_url percentile percentile_approx percentile_cont regexp_count" +
		" regexp_extract_all regexp_instr regexp_substr rollup schema_of_json schema_of_variant sentences session_window window shuffle space spark_partition_id split_part stack" +
		" str_to_map to_csv to_number to_xml try_to_number try_variant_get typeof url_decode url_encode variant_explode variant_get width_bucket listagg try_add try_subtract" +
		" try_multiply try_divide try_sum try_avg try_mod vector_search try_element_at "
	return strings.Contains(names, " "+name+" ")
}

func arity(f builtin) string {
	switch {
	case f.max < 0:
		return "at least " + itoa(f.min)
	case f.min == f.max:
		return itoa(f.min)
	}
	return itoa(f.min) + " to " + itoa(f.max)
}

// template is a function of fixed argument types that DuckDB, or a function of ours, computes: %1 is the first argument.
type template struct {
	name string
	args string // s STRING, i INT, l BIGINT, d DOUBLE, t DATE, w TIMESTAMP as wall clock, b BINARY, o BOOLEAN; after | optional
	ret  sqltype.Kind
	sql  string
	rest []string // SQL of optional arguments that are missing
}

func addTemplates(f Functions) {
	for _, t := range templates() {
		required, optional, _ := strings.Cut(t.args, "|")
		f[t.name] = builtin{min: len(required), max: len(required) + len(optional), bind: t.bind}
	}
}

func (t template) bind(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
	kinds := strings.ReplaceAll(t.args, "|", "")
	required, _, _ := strings.Cut(t.args, "|")
	sql := t.sql
	for i := len(kinds) - 1; i >= 0; i-- {
		text := ""
		if i < len(args) {
			x, err := e.argument(t.name, args[i], kinds[i])
			if err != nil {
				return Expr{}, err
			}
			text = x
		} else {
			text = t.rest[i-len(required)]
		}
		sql = strings.ReplaceAll(sql, "%"+itoa(i+1), text)
	}
	ret := sqltype.Of(t.ret)
	return Expr{SQL: "CAST(" + sql + " AS " + ret.DuckDB() + ")", Type: ret}, nil
}

// argument casts x to the type that the letter stands for.
func (e *Env) argument(name string, x Expr, kind byte) (string, error) {
	want := map[byte]sqltype.Kind{'s': sqltype.String, 'i': sqltype.Int, 'l': sqltype.BigInt, 'd': sqltype.Double, 't': sqltype.Date,
		'w': sqltype.Timestamp, 'b': sqltype.Binary, 'o': sqltype.Boolean}[kind]
	t := sqltype.Of(want)
	ok := x.Type.Kind == sqltype.Void
	switch kind {
	case 's':
		ok = ok || !x.Type.Nested() && x.Type.Kind != sqltype.Variant
	case 'i':
		ok = ok || x.Type.Kind == sqltype.String || x.Type.Integral() && x.Type.Kind <= sqltype.Int
	case 'l':
		ok = ok || x.Type.Kind == sqltype.String || x.Type.Integral()
	case 'd':
		ok = ok || x.Type.Kind == sqltype.String || x.Type.Numeric()
	case 't', 'w':
		ok = ok || x.Type.Kind == sqltype.String || datelike(x.Type)
	case 'b':
		ok = ok || x.Type.Kind == sqltype.String || x.Type.Kind == sqltype.Binary
	case 'o':
		ok = ok || x.Type.Kind == sqltype.String || x.Type.Kind == sqltype.Boolean
	}
	if !ok {
		return "", unexpected(name, x.Type, t.SQL())
	}
	if kind == 'w' && x.Type.Kind == sqltype.TimestampNTZ {
		return x.SQL, nil
	}
	b, err := e.cast(x, t, implicit)
	if err == nil && kind == 'w' {
		return e.wall(b.SQL), nil
	}
	return b.SQL, err
}
