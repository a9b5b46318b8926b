package sources_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// textOf writes one value as people write it.
func textOf(col arrow.Array, i int) string {
	switch col := col.(type) {
	case *array.String:
		return col.Value(i)
	case *array.Date32:
		return col.Value(i).ToTime().Format("2006-01-02")
	case *array.Timestamp:
		dt := col.DataType().(*arrow.TimestampType)
		text := col.Value(i).ToTime(dt.Unit).Format("2006-01-02 15:04:05.999999")
		if dt.TimeZone != "" {
			text += "Z"
		}
		return text
	case *array.Decimal128:
		return col.Value(i).ToString(col.DataType().(*arrow.Decimal128Type).Scale)
	}
	return col.ValueStr(i)
}

// twoColumns are n rows of id and name.
func twoColumns(t testing.TB, n int) arrow.RecordBatch {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "name", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i := range n {
		b.Field(0).(*array.Int64Builder).Append(int64(i + 1))
		b.Field(1).(*array.StringBuilder).Append(fmt.Sprintf("%d %x", i+1, sha256.Sum256([]byte{byte(i), byte(i >> 8)})))
	}
	return b.NewRecordBatch()
}

// folder lists the files of dir with what they hold and when they were changed.
func folder(t testing.TB, dir string) string {
	t.Helper()
	var list []string
	must(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		list = append(list, fmt.Sprintf("%s %s %x", e.Name(), info.ModTime(), sha256.Sum256(text)))
		return err
	}))
	return strings.Join(list, "\n")
}

// cutHalf cuts a file in the middle, as a full disk or a broken copy does.
func cutHalf(t testing.TB, path string) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()/2))
}
