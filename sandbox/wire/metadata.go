package wire

import (
	"context"
	"regexp"
	"strings"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// look answers a metadata call with what rows finds. Such calls are neither logged nor struck by faults.
func (s *Server) look(ctx context.Context, c *call, h *tcli.TSessionHandle, direct *tcli.TSparkGetDirectResults, columns []string,
	rows func(ctx context.Context, sess *session) ([][]any, error)) *tcli.TExecuteStatementResp {
	sess := s.session(h)
	if sess == nil {
		c.lose(h)
		return nil
	}
	op := s.start(sess, task{work: func(ctx context.Context) (*Result, error) {
		found, err := rows(ctx, sess)
		if err != nil {
			return nil, err
		}
		return textResult(columns, found), nil
	}})
	return s.answer(ctx, c, op, direct, false)
}

func (s *Server) getCatalogs(ctx context.Context, c *call, r *tcli.TGetCatalogsReq) *tcli.TExecuteStatementResp {
	return s.look(ctx, c, r.SessionHandle, r.GetDirectResults, []string{"TABLE_CAT"},
		func(ctx context.Context, sess *session) ([][]any, error) {
			catalogs, err := sess.column(ctx, "SHOW CATALOGS")
			var out [][]any
			for _, catalog := range catalogs {
				out = append(out, []any{catalog})
			}
			return out, err
		})
}

func (s *Server) getSchemas(ctx context.Context, c *call, r *tcli.TGetSchemasReq) *tcli.TExecuteStatementResp {
	return s.look(ctx, c, r.SessionHandle, r.GetDirectResults, []string{"TABLE_SCHEM", "TABLE_CATALOG"},
		func(ctx context.Context, sess *session) ([][]any, error) {
			catalog, schemas, err := sess.schemas(ctx, r.CatalogName, r.SchemaName)
			var out [][]any
			for _, schema := range schemas {
				out = append(out, []any{schema, catalog})
			}
			return out, err
		})
}

func (s *Server) getTables(ctx context.Context, c *call, r *tcli.TGetTablesReq) *tcli.TExecuteStatementResp {
	columns := []string{"TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS"}
	return s.look(ctx, c, r.SessionHandle, r.GetDirectResults, columns,
		func(ctx context.Context, sess *session) ([][]any, error) {
			if len(r.TableTypes) > 0 {
				return nil, unsupportedError("Tables by type: SHOW TABLES does not tell types.")
			}
			catalog, schemas, err := sess.schemas(ctx, r.CatalogName, r.SchemaName)
			if err != nil {
				return nil, err
			}
			match := likePattern(r.TableName)
			var out [][]any
			for _, schema := range schemas {
				tables, err := sess.columns(ctx, "SHOW TABLES IN "+quote(catalog)+"."+quote(schema))
				if err != nil {
					return nil, err
				}
				for _, t := range tables { // namespace, name, isTemporary
					if len(t) > 1 && match.MatchString(t[1]) {
						out = append(out, []any{catalog, schema, t[1], "", ""})
					}
				}
			}
			return out, nil
		})
}

// getColumns refuses: no SHOW statement tells the columns of many tables. information_schema.columns does.
func (s *Server) getColumns(ctx context.Context, c *call, r *tcli.TGetColumnsReq) *tcli.TExecuteStatementResp {
	return s.look(ctx, c, r.SessionHandle, r.GetDirectResults, nil, func(context.Context, *session) ([][]any, error) {
		return nil, unsupportedError("GetColumns; query information_schema.columns.")
	})
}

// schemas lists the schemas of a catalog (nil or "": the current one) whose names match a LIKE pattern.
func (s *session) schemas(ctx context.Context, catalog, pattern *string) (string, []string, error) {
	name := ""
	if catalog != nil {
		name = *catalog
	}
	if name == "" {
		current, err := s.column(ctx, "SELECT current_catalog()")
		if err != nil {
			return "", nil, err
		}
		name = strings.Join(current, "")
	}
	all, err := s.column(ctx, "SHOW SCHEMAS IN "+quote(name))
	if err != nil {
		return "", nil, err
	}
	match := likePattern(pattern)
	var out []string
	for _, schema := range all {
		if match.MatchString(schema) {
			out = append(out, schema)
		}
	}
	return name, out, nil
}

// likePattern compiles a JDBC pattern: % any characters, _ one, backslash before what is meant literally. nil and "" match all.
func likePattern(p *string) *regexp.Regexp {
	if p == nil || *p == "" {
		return regexp.MustCompile("")
	}
	var b strings.Builder
	escaped := false
	for _, c := range *p {
		switch {
		case escaped:
			b.WriteString(regexp.QuoteMeta(string(c)))
			escaped = false
		case c == '\\':
			escaped = true
		case c == '%':
			b.WriteString(".*")
		case c == '_':
			b.WriteByte('.')
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return regexp.MustCompile("(?is)^" + b.String() + "$")
}
