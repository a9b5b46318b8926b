package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/bind"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// parquetColumns reads the columns of a file. The types are those that Spark gives them.
func (st *statement) parquetColumns(file, path string) ([]bind.Column, error) {
	rows, err := st.conn.Strings(context.Background(), "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM read_parquet("+quote(file)+"))", 2)
	if err != nil {
		return nil, sqlerr.New("FAILED_READ_FILE.NO_HINT", "Encountered error while reading file %s: %s.", path, err)
	}
	var out []bind.Column
	for _, r := range rows {
		t, err := parquetType(*r[1])
		if err != nil {
			return nil, fmt.Errorf("column %s of %s: %w", *r[0], path, err)
		}
		out = append(out, bind.Column{Name: *r[0], Type: t, SQL: `"` + strings.ReplaceAll(*r[0], `"`, `""`) + `"`})
	}
	return out, nil
}

// parquetType turns a type of DuckDB's reader into Spark's.
func parquetType(name string) (sqltype.Type, error) {
	switch name {
	case "VARCHAR":
		return sqltype.Of(sqltype.String), nil
	case "BLOB":
		return sqltype.Of(sqltype.Binary), nil
	case "INTEGER":
		return sqltype.Of(sqltype.Int), nil
	case "TIMESTAMP WITH TIME ZONE":
		return sqltype.Of(sqltype.Timestamp), nil
	case "TIMESTAMP":
		return sqltype.Of(sqltype.TimestampNTZ), nil
	case "UTINYINT":
		return sqltype.Of(sqltype.SmallInt), nil
	case "USMALLINT":
		return sqltype.Of(sqltype.Int), nil
	case "UINTEGER":
		return sqltype.Of(sqltype.BigInt), nil
	case "UBIGINT":
		return sqltype.DecimalOf(20, 0), nil
	case "TIMESTAMP_NS", "TIME", "TIME WITH TIME ZONE", "UUID", "INTERVAL", "HUGEINT", "ENUM", "JSON":
		return sqltype.Type{}, sqlerr.New("PARQUET_TYPE_ILLEGAL", "Illegal Parquet type: %s.", name)
	}
	if strings.HasSuffix(name, "[]") {
		t, err := parquetType(strings.TrimSuffix(name, "[]"))
		return sqltype.ArrayOf(t), err
	}
	if inner, ok := enclosed(name, "MAP("); ok {
		return parquetMap(inner)
	}
	if inner, ok := enclosed(name, "STRUCT("); ok {
		return parquetStruct(inner)
	}
	return sqltype.ParseText(name)
}

func enclosed(name, open string) (string, bool) {
	if strings.HasPrefix(name, open) && strings.HasSuffix(name, ")") {
		return name[len(open) : len(name)-1], true
	}
	return "", false
}

func parquetMap(inner string) (sqltype.Type, error) {
	parts := splitTop(inner)
	if len(parts) != 2 {
		return sqltype.Type{}, sqlerr.Unsupported("The Parquet type MAP(%s) is not in the sandbox.", inner)
	}
	k, err := parquetType(parts[0])
	if err != nil {
		return k, err
	}
	v, err := parquetType(parts[1])
	return sqltype.MapOf(k, v), err
}

func parquetStruct(inner string) (sqltype.Type, error) {
	var fields []sqltype.Field
	for _, p := range splitTop(inner) {
		name, typ := fieldOf(p)
		t, err := parquetType(typ)
		if err != nil {
			return t, err
		}
		fields = append(fields, sqltype.Field{Name: name, Type: t})
	}
	return sqltype.StructOf(fields...), nil
}

// fieldOf cuts `"a b" INTEGER` into name and type.
func fieldOf(s string) (name, typ string) {
	if !strings.HasPrefix(s, `"`) {
		name, typ, _ = strings.Cut(s, " ")
		return name, typ
	}
	for i := 1; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		return strings.ReplaceAll(s[1:i], `""`, `"`), strings.TrimSpace(s[i+1:])
	}
	return s, ""
}

// splitTop splits at the commas that stand in no brackets and no quotes.
func splitTop(s string) []string {
	var out []string
	depth, from, quoted := 0, 0, false
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			out = append(out, strings.TrimSpace(s[from:i]))
			from = i + 1
		}
	}
	return append(out, strings.TrimSpace(s[from:]))
}

// parquetSQL reads files as c0, c1, ...: an instant becomes a TIMESTAMP in UTC, as the engine keeps it.
func parquetSQL(files string, cols []bind.Column) string {
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = fmt.Sprintf("%s AS c%d", fromParquet(c.SQL, c.Type), i)
	}
	return "(SELECT " + strings.Join(parts, ", ") + " FROM read_parquet(" + files + "))"
}

func fromParquet(sql string, t sqltype.Type) string {
	switch {
	case t.Kind == sqltype.Timestamp:
		return "make_timestamp(epoch_us(" + sql + "))"
	case t.Has(sqltype.Timestamp), t.Kind == sqltype.SmallInt, t.Kind == sqltype.Int, t.Kind == sqltype.BigInt, t.Kind == sqltype.Decimal:
		return "CAST(" + sql + " AS " + t.DuckDB() + ")"
	}
	return sql
}
