package cli

// Holds the dependencies in go.mod while the parts that use them are written; goes away with them.
import (
	_ "github.com/DATA-DOG/go-sqlmock"
	_ "github.com/apache/arrow-go/v18/parquet/pqarrow"
	_ "github.com/apache/thrift/lib/go/thrift"
	_ "github.com/databricks/databricks-sdk-go/config"
	_ "github.com/databricks/databricks-sql-go"
	_ "github.com/duckdb/duckdb-go-bindings"
	_ "github.com/duckdb/duckdb-go/v2"
	_ "github.com/duckdb/duckdb-go/v2/mapping"
	_ "github.com/go-playground/validator/v10"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/google/uuid"
	_ "github.com/klauspost/compress/zstd"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "github.com/spf13/cobra"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/term"
	_ "google.golang.org/grpc"
	_ "google.golang.org/protobuf/proto"
	_ "modernc.org/sqlite/lib"
	_ "zombiezen.com/go/sqlite"
	_ "zombiezen.com/go/sqlite/sqlitemigration"
	_ "zombiezen.com/go/sqlite/sqlitex"
)
