package wire_test

import (
	"context"
	"database/sql/driver"
	"io"
	"testing"

	dbsqlrows "github.com/databricks/databricks-sql-go/rows"
	"github.com/google/go-cmp/cmp"
)

func query(ctx context.Context, conn any, sql string) (driver.Rows, error) {
	return conn.(driver.QueryerContext).QueryContext(ctx, sql, nil)
}

func drain(rows driver.Rows) (n int, err error) {
	dest := make([]driver.Value, len(rows.Columns()))
	for ; err == nil; n++ {
		err = rows.Next(dest)
	}
	if err == io.EOF {
		err = nil
	}
	return n - 1, err
}

// TestArrowBatches: the driver hands out what the engine gave, page after page, without going through rows.
func TestArrowBatches(t *testing.T) {
	srv := start(t, &fakeEngine{answers: map[string]answer{
		"numbers": numbers(250_000, nil), "types": returns(every(), "["+full+"]", "["+empty+"]")}})
	conn := pinned(t, srv)
	for sql, want := range map[string]int64{"numbers": 250_000, "types": 2} {
		var n, sum int64
		var names []string
		err := conn.Raw(func(c any) error {
			rows, err := query(t.Context(), c, sql)
			if err != nil {
				return err
			}
			defer rows.Close()
			batches, err := rows.(dbsqlrows.Rows).GetArrowBatches(t.Context())
			if err != nil {
				return err
			}
			defer batches.Close()
			for batches.HasNext() {
				b, err := batches.Next()
				if err != nil {
					return err
				}
				n += b.NumRows()
				sum++
				names = nil
				for _, f := range b.Schema().Fields() {
					names = append(names, f.Type.String())
				}
				b.Release()
			}
			return nil
		})
		if err != nil || n != want || sum < 2 {
			t.Errorf("%s: %d rows in %d batches, %v", sql, n, sum, err)
		}
		if sql == "types" {
			wantTypes := []string{"bool", "int8", "int16", "int32", "int64", "float32", "float64", "utf8", "utf8", "binary", "utf8", "date32",
				"timestamp[us, tz=UTC]", "timestamp[us]", "list<item: int32, nullable>", "map<utf8, int32, items_nullable>",
				"struct<a: int32, b: list<item: utf8, nullable>>", "utf8", "null"}
			if diff := cmp.Diff(wantTypes, names); diff != "" {
				t.Errorf("types (-want +got):\n%s", diff)
			}
		}
	}
}
