package bind

import (
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

func addTime(f Functions) {
	now := func(e *Env) Expr {
		return Expr{SQL: timestampSQL(e.Now.UnixMicro()), Type: sqltype.Of(sqltype.Timestamp)}
	}
	f["current_timestamp"] = builtin{bind: func(e *Env, _ *scope, _ *ast.Call, _ []Expr) (Expr, error) { return now(e), nil }}
	f["current_date"] = builtin{bind: func(e *Env, _ *scope, _ *ast.Call, _ []Expr) (Expr, error) {
		return e.cast(now(e), sqltype.Of(sqltype.Date), explicit)
	}}
	f["localtimestamp"] = builtin{bind: func(e *Env, _ *scope, _ *ast.Call, _ []Expr) (Expr, error) {
		return e.cast(now(e), sqltype.Of(sqltype.TimestampNTZ), explicit)
	}}
	for name, k := range map[string]sqltype.Kind{"to_date": sqltype.Date, "to_timestamp": sqltype.Timestamp, "to_timestamp_ntz": sqltype.TimestampNTZ} {
		f[name] = builtin{min: 1, max: 2, bind: toTime(k)}
	}
	f["date_trunc"] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		return e.truncTime(args[0], args[1], false)
	}}
	f["trunc"] = builtin{min: 2, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		return e.truncTime(args[1], args[0], true)
	}}
	f["extract"] = builtin{min: 1, max: 1, bind: func(e *Env, s *scope, c *ast.Call, _ []Expr) (Expr, error) {
		return e.call(s, &ast.Call{Name: partFunction(c.Unit), Args: c.Args})
	}}
	f["extract_part"] = builtin{min: 2, max: 2, raw: true, bind: func(e *Env, s *scope, c *ast.Call, _ []Expr) (Expr, error) {
		unit, _ := e.text(c.Args[0])
		return e.call(s, &ast.Call{Name: partFunction(strings.ToUpper(unit)), Args: c.Args[1:]})
	}}
	f["unix_timestamp"] = builtin{min: 0, max: 1, bind: unixTime(1_000_000)}
	f["unix_seconds"] = builtin{min: 1, max: 1, bind: unixTime(1_000_000)}
	f["unix_millis"] = builtin{min: 1, max: 1, bind: unixTime(1000)}
	f["unix_micros"] = builtin{min: 1, max: 1, bind: unixTime(1)}
	for name, unit := range map[string]string{"timestamp_seconds": "1000000", "timestamp_millis": "1000", "timestamp_micros": "1"} {
		f[name] = builtin{min: 1, max: 1, bind: func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
			sql, err := e.argument(c.Name, args[0], 'l')
			return Expr{SQL: "make_timestamp(" + sql + " * " + unit + "::BIGINT)", Type: sqltype.Of(sqltype.Timestamp)}, err
		}}
	}
	f["from_unixtime"] = builtin{min: 1, max: 2, bind: func(e *Env, _ *scope, _ *ast.Call, args []Expr) (Expr, error) {
		sql, err := e.argument("from_unixtime", args[0], 'l')
		if err != nil {
			return Expr{}, err
		}
		pattern := "'yyyy-MM-dd HH:mm:ss'"
		if len(args) == 2 {
			if pattern, err = e.argument("from_unixtime", args[1], 's'); err != nil {
				return Expr{}, err
			}
		}
		return Expr{SQL: "spark_format_time(" + e.wall("make_timestamp("+sql+" * 1000000::BIGINT)") + ", " + pattern + ")", Type: sqltype.Of(sqltype.String)}, nil
	}}
	f["timestampadd"] = builtin{min: 2, max: 2, bind: addUnits}
	f["timestampdiff"] = builtin{min: 2, max: 2, bind: diffUnits}
}

func partFunction(unit string) string {
	switch unit {
	case "DOW", "DAYOFWEEK":
		return "dayofweek"
	case "DOY":
		return "dayofyear"
	case "WEEK":
		return "weekofyear"
	case "DAY", "YEAR", "QUARTER", "MONTH", "HOUR", "MINUTE":
		return strings.ToLower(unit)
	}
	return "extract of " + unit
}

func toTime(k sqltype.Kind) func(*Env, *scope, *ast.Call, []Expr) (Expr, error) {
	return func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		t := sqltype.Of(k)
		if len(args) == 1 {
			return e.cast(args[0], t, explicit)
		}
		xs, err := e.texts(c.Name, args)
		if err != nil {
			return Expr{}, err
		}
		return e.cast(Expr{SQL: call("spark_parse_time", xs...), Type: sqltype.Of(sqltype.TimestampNTZ)}, t, explicit)
	}
}

// truncTime cuts a time to a constant unit.
func (e *Env) truncTime(unit, x Expr, date bool) (Expr, error) {
	if unit.Lit == nil || unit.Type.Kind != sqltype.String {
		return x, sqlerr.Unsupported("The unit of date_trunc must be a constant in the sandbox.")
	}
	u := map[string]string{"YEAR": "year", "YYYY": "year", "YY": "year", "QUARTER": "quarter", "MONTH": "month", "MM": "month", "MON": "month", "WEEK": "week",
		"DAY": "day", "DD": "day", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second", "MILLISECOND": "milliseconds", "MICROSECOND": "microseconds"}[strings.ToUpper(unit.Lit.Text)]
	if u == "" || date && (u == "day" || u == "hour" || u == "minute" || u == "second") {
		return Expr{SQL: "NULL", Type: sqltype.Of(sqltype.Timestamp)}, sqlerr.Unsupported("The unit %q is not in the sandbox.", unit.Lit.Text)
	}
	if date {
		d, err := e.argument("trunc", x, 't')
		return Expr{SQL: "CAST(date_trunc('" + u + "', " + d + ") AS DATE)", Type: sqltype.Of(sqltype.Date)}, err
	}
	if x.Type.Kind == sqltype.TimestampNTZ {
		return Expr{SQL: "date_trunc('" + u + "', " + x.SQL + ")", Type: x.Type}, nil
	}
	w, err := e.argument("date_trunc", x, 'w')
	return Expr{SQL: e.instant("date_trunc('" + u + "', " + w + ")"), Type: sqltype.Of(sqltype.Timestamp)}, err
}

func unixTime(per int) func(*Env, *scope, *ast.Call, []Expr) (Expr, error) {
	return func(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
		x := Expr{SQL: timestampSQL(e.Now.UnixMicro()), Type: sqltype.Of(sqltype.Timestamp)}
		if len(args) == 1 {
			var err error
			if x, err = e.cast(args[0], x.Type, implicit); err != nil {
				return x, err
			}
		}
		us, p := "epoch_us("+x.SQL+")", itoa(per)
		if per == 1 {
			return Expr{SQL: us, Type: sqltype.Of(sqltype.BigInt)}, nil
		}
		return Expr{SQL: "((" + us + " - ((" + us + " % " + p + ") + " + p + ") % " + p + ") // " + p + ")", Type: sqltype.Of(sqltype.BigInt)}, nil
	}
}

// addUnits is TIMESTAMPADD(unit, n, x).
func addUnits(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
	n, err := e.argument("timestampadd", args[0], 'l')
	if err != nil {
		return Expr{}, err
	}
	x := args[1]
	if x.Type.Kind != sqltype.TimestampNTZ {
		if x, err = e.cast(x, sqltype.Of(sqltype.Timestamp), implicit); err != nil {
			return x, err
		}
	}
	fn := map[string]string{"YEAR": "to_years", "MONTH": "to_months", "WEEK": "to_weeks", "DAY": "to_days", "HOUR": "to_hours", "MINUTE": "to_minutes", "SECOND": "to_seconds", "MILLISECOND": "to_milliseconds", "MICROSECOND": "to_microseconds"}[c.Unit]
	if fn == "" || !e.utc() && x.Type.Kind == sqltype.Timestamp && strings.Contains("YEAR MONTH WEEK DAY", c.Unit) {
		return x, sqlerr.Unsupported("TIMESTAMPADD(%s) in this session is not in the sandbox.", c.Unit)
	}
	cast := "BIGINT"
	if strings.Contains("YEAR MONTH WEEK DAY", c.Unit) {
		cast = "INTEGER"
	}
	return Expr{SQL: "(" + x.SQL + " + " + fn + "(CAST(" + n + " AS " + cast + ")))", Type: x.Type}, nil
}

// diffUnits is TIMESTAMPDIFF(unit, from, to): whole units, cut towards zero.
func diffUnits(e *Env, _ *scope, c *ast.Call, args []Expr) (Expr, error) {
	per := map[string]string{"WEEK": "604800000000", "DAY": "86400000000", "HOUR": "3600000000", "MINUTE": "60000000", "SECOND": "1000000", "MILLISECOND": "1000", "MICROSECOND": "1"}[c.Unit]
	if per == "" {
		return Expr{}, sqlerr.Unsupported("TIMESTAMPDIFF(%s) is not in the sandbox.", c.Unit)
	}
	var parts [2]string
	for i := range parts {
		x, err := e.cast(args[i], sqltype.Of(sqltype.Timestamp), implicit)
		if err != nil {
			return x, err
		}
		parts[i] = "epoch_us(" + x.SQL + ")"
	}
	return Expr{SQL: "spark_div_i64(" + parts[1] + " - " + parts[0] + ", " + per + ")", Type: sqltype.Of(sqltype.BigInt)}, nil
}
