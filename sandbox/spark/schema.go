package spark

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/drt-go/drt/sandbox/lex"
	"github.com/drt-go/drt/sandbox/wire"
)

// informationSchema answers a query on information_schema.columns or .tables, which open-source Spark lacks: the
// view's name is replaced by the rows it would have for the schemas that the statement's literals name.
func (st *statement) informationSchema(ctx context.Context) (*wire.Result, error) {
	var out []lex.Token
	for i := 0; i < len(st.tokens); i++ {
		if n := viewName(st.tokens[i:]); n > 0 {
			rows, err := st.viewRows(ctx, strings.ToLower(st.tokens[i+n-1].Value))
			if err != nil {
				return nil, err
			}
			out = append(out, made(rows))
			i += n - 1
			continue
		}
		out = append(out, st.tokens[i])
	}
	return (&statement{session: st.session, tokens: out}).pass(ctx)
}

// viewName returns the length of the dotted name [catalog.]information_schema.view that tokens begin with.
func viewName(tokens []lex.Token) int {
	start := 0
	if len(tokens) > 2 && tokens[0].Is("spark_catalog") && tokens[1].Is(".") {
		start = 2
	}
	if len(tokens) < start+3 || !strings.EqualFold(tokens[start].Value, "information_schema") || !tokens[start+1].Is(".") {
		return 0
	}
	return start + 3
}

var viewColumns = map[string][]string{
	"columns": {"table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "column_default", "is_nullable",
		"full_data_type", "data_type", "comment", "is_identity", "identity_generation", "is_generated", "generation_expression"},
	"tables": {"table_catalog", "table_schema", "table_name", "table_type"},
}

func (st *statement) viewRows(ctx context.Context, view string) (string, error) {
	names, ok := viewColumns[view]
	if !ok {
		return "", &wire.Error{Class: "UNSUPPORTED_IN_SANDBOX", SQLState: "0A000", Message: "information_schema." + view}
	}
	var rows []string
	for _, t := range st.tokens {
		if t.Kind != lex.String && !strings.HasPrefix(t.Raw, "'") {
			continue
		}
		schema := strings.Trim(t.Value, "'")
		tables, err := st.session.tablesOf(ctx, schema)
		if err != nil {
			continue // a literal that names no schema
		}
		for _, table := range tables {
			more, err := st.session.viewRowsOf(ctx, view, schema, table)
			if err != nil {
				return "", err
			}
			rows = append(rows, more...)
		}
	}
	list := strings.Join(names, ", ")
	if len(rows) == 0 {
		nulls := strings.TrimSuffix(strings.Repeat("CAST(NULL AS STRING), ", len(names)), ", ")
		return "(SELECT * FROM VALUES (" + nulls + ") AS v(" + list + ") WHERE false)", nil
	}
	return "(SELECT * FROM VALUES " + strings.Join(rows, ", ") + " AS v(" + list + "))", nil
}

func (s *session) tablesOf(ctx context.Context, schema string) ([]string, error) {
	a, err := s.query(ctx, "SHOW TABLES IN spark_catalog."+quote(schema))
	if err != nil {
		return nil, err
	}
	defer a.release()
	at := a.column("tableName")
	tables := make([]string, a.rows())
	for i := range tables {
		tables[i], _ = a.text(i, at)
	}
	return tables, nil
}

func (s *session) viewRowsOf(ctx context.Context, view, schema, table string) ([]string, error) {
	if view == "tables" {
		return []string{fmt.Sprintf("('main', %s, %s, 'MANAGED')", stringLiteral(schema), stringLiteral(table))}, nil
	}
	fields, err := s.fieldsOf(ctx, "spark_catalog."+quote(schema)+"."+quote(table))
	if err != nil {
		return nil, err
	}
	rows := make([]string, len(fields))
	for i, f := range fields {
		rows[i] = f.row(schema, table, i)
	}
	return rows, nil
}

// field is a column in the schema that Delta's log keeps.
type field struct {
	Name     string          `json:"name"`
	Type     json.RawMessage `json:"type"`
	Nullable bool            `json:"nullable"`
	Metadata map[string]any  `json:"metadata"`
}

func (f field) row(schema, table string, i int) string {
	yesNo := func(b bool) string {
		if b {
			return "'YES'"
		}
		return "'NO'"
	}
	text := func(key string) string {
		if v, ok := f.Metadata[key].(string); ok {
			return stringLiteral(v)
		}
		return "CAST(NULL AS STRING)"
	}
	full := sqlType(f.Type)
	if bounded, ok := f.Metadata["__CHAR_VARCHAR_TYPE_STRING"].(string); ok {
		full = bounded
	}
	_, identity := f.Metadata["delta.identity.start"]
	_, generated := f.Metadata["delta.generationExpression"]
	return fmt.Sprintf("('main', %s, %s, %s, %d, %s, %s, %s, %s, %s, %s, CAST(NULL AS STRING), %s, %s)", stringLiteral(schema),
		stringLiteral(table), stringLiteral(f.Name), i, text("CURRENT_DEFAULT"), yesNo(f.Nullable), stringLiteral(full),
		stringLiteral(strings.ToUpper(full)), text("comment"), yesNo(identity), map[bool]string{true: "'ALWAYS'", false: "'NEVER'"}[generated],
		text("delta.generationExpression"))
}

// sqlType writes the JSON form of a type as SQL, in lower case as information_schema does.
func sqlType(raw json.RawMessage) string {
	var name string
	if json.Unmarshal(raw, &name) == nil {
		names := map[string]string{"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint"}
		if sql, ok := names[name]; ok {
			return sql
		}
		return name
	}
	var nested struct {
		Type        string
		ElementType json.RawMessage
		KeyType     json.RawMessage
		ValueType   json.RawMessage
		Fields      []field
	}
	_ = json.Unmarshal(raw, &nested)
	switch nested.Type {
	case "array":
		return "array<" + sqlType(nested.ElementType) + ">"
	case "map":
		return "map<" + sqlType(nested.KeyType) + "," + sqlType(nested.ValueType) + ">"
	}
	parts := make([]string, len(nested.Fields))
	for i, f := range nested.Fields {
		parts[i] = f.Name + ":" + sqlType(f.Type)
	}
	return "struct<" + strings.Join(parts, ",") + ">"
}

// fieldsOf reads a table's columns from its Delta log: DESCRIBE hides nullability, lengths and defaults.
func (s *session) fieldsOf(ctx context.Context, table string) ([]field, error) {
	a, err := s.query(ctx, "DESCRIBE DETAIL "+table)
	if err != nil {
		return nil, err
	}
	defer a.release()
	location, _ := a.text(0, a.column("location"))
	dir := filepath.Join(strings.TrimPrefix(location, "file:"), "_delta_log")
	logs, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	sort.Sort(sort.Reverse(sort.StringSlice(logs)))
	for _, path := range logs {
		fields, err := schemaIn(path)
		if err != nil || fields != nil {
			return fields, err
		}
	}
	return nil, errors.New("spark: no metadata in " + dir)
}

// schemaIn returns the columns if this commit sets the table's metadata, else nil.
func schemaIn(path string) ([]field, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var action struct {
			MetaData *struct{ SchemaString string }
		}
		if err := json.Unmarshal(lines.Bytes(), &action); err != nil {
			return nil, err
		}
		if action.MetaData == nil {
			continue
		}
		var schema struct{ Fields []field }
		err := json.Unmarshal([]byte(action.MetaData.SchemaString), &schema)
		return schema.Fields, err
	}
	return nil, lines.Err()
}
