package cli

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strconv"
	"text/tabwriter"
	"time"

	dbsql "github.com/databricks/databricks-sql-go"
	dbsqllog "github.com/databricks/databricks-sql-go/logger"

	"github.com/drt-go/drt/connector"
)

// runSandboxSQL goes through the real driver, like any other client of a warehouse.
func runSandboxSQL(ctx context.Context, app *App, statement, form string) (err error) {
	if err := checkOutput(form); err != nil {
		return err
	}
	w, stop, err := app.useSandbox(ctx)
	if err != nil {
		return err
	}
	defer func() { err = firstError(err, stop()) }()
	db, err := openWarehouse(w)
	if err != nil {
		return fmt.Errorf("sandbox sql: %w", err)
	}
	defer func() { err = firstError(err, db.Close()) }()
	rows, err := db.QueryContext(ctx, statement)
	if err != nil {
		return fmt.Errorf("sandbox sql: %w", err)
	}
	defer func() { err = firstError(err, rows.Close()) }()
	if form == "json" {
		return printRowsJSON(app.Out, rows)
	}
	return printRowsText(app.Out, rows)
}

func openWarehouse(w *connector.Warehouse) (*sql.DB, error) {
	_ = dbsqllog.SetLogLevel("disabled")
	u, err := url.Parse(w.Host)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		return nil, fmt.Errorf("host %s has no port", w.Host)
	}
	c, err := dbsql.NewConnector(
		dbsql.WithServerHostname(u.Scheme+"://"+u.Hostname()), dbsql.WithPort(port), dbsql.WithHTTPPath(w.HTTPPath),
		dbsql.WithAccessToken(w.Token.Reveal()), dbsql.WithRetries(-1, 0, 0),
	)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

func printRowsText(out *output, rows *sql.Rows) error {
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(out.stdout, 0, 4, 2, ' ', 0)
	for _, c := range columns {
		_, _ = fmt.Fprintf(w, "%s\t", c)
	}
	_, _ = fmt.Fprintln(w)
	err = eachRow(rows, len(columns), func(values []any) error {
		for _, v := range values {
			_, _ = fmt.Fprintf(w, "%s\t", cell(v))
		}
		_, err := fmt.Fprintln(w)
		return err
	})
	if flushErr := w.Flush(); err == nil {
		err = flushErr
	}
	return err
}

func printRowsJSON(out *output, rows *sql.Rows) error {
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	list := []map[string]any{}
	err = eachRow(rows, len(columns), func(values []any) error {
		row := make(map[string]any, len(columns))
		for i, c := range columns {
			row[c] = values[i]
		}
		list = append(list, row)
		return nil
	})
	if err != nil {
		return err
	}
	return out.JSON(list)
}

func eachRow(rows *sql.Rows, columns int, use func([]any) error) error {
	values, into := make([]any, columns), make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if err := use(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case []byte:
		return fmt.Sprintf("%x", v)
	case time.Time:
		return v.UTC().Format("2006-01-02T15:04:05.999999999Z")
	default:
		return fmt.Sprint(v)
	}
}
