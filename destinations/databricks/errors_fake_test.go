package databricks

import (
	"context"
	"database/sql/driver"
	"io"
)

// fakeConnector is a driver whose every statement counts, and fails with err or has no rows.
type fakeConnector struct {
	ran *int
	err error
}

func (c fakeConnector) Connect(context.Context) (driver.Conn, error) { return c, nil }
func (c fakeConnector) Driver() driver.Driver                        { return nil }
func (c fakeConnector) Prepare(string) (driver.Stmt, error)          { return nil, driver.ErrSkip }
func (c fakeConnector) Close() error                                 { return nil }
func (c fakeConnector) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }

func (c fakeConnector) QueryContext(context.Context, string, []driver.NamedValue) (driver.Rows, error) {
	*c.ran++
	return noRows{}, c.err
}

type noRows struct{}

func (noRows) Columns() []string         { return []string{"c"} }
func (noRows) Close() error              { return nil }
func (noRows) Next([]driver.Value) error { return io.EOF }
