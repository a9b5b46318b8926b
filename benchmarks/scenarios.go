package main

import (
	"fmt"
	"time"
)

// scenario is one thing that is measured.
type scenario struct {
	name    string
	rows    int64
	source  func(dir string, rows int64) (profile string, err error)
	sync    string // the sync file without its name
	sandbox bool
	prepare []string // statements in the warehouse
	latency time.Duration
}

const (
	model    = "model: SELECT id, name, email, score, amount, active, born, seen FROM t\n"
	toFile   = "destination: {type: file, path: out.%s}\n"
	toTable  = "destination: {type: databricks, catalog: main, schema: default, table: t, mode: merge, upsert_key: [id], create: true, staging: {loader: %s%s}}\n"
	ddl      = "CREATE TABLE main.default.t (id BIGINT NOT NULL, name STRING, email STRING, score DOUBLE, amount DECIMAL(18,2), active BOOLEAN, born DATE, seen TIMESTAMP)"
	injected = 300 * time.Millisecond
)

func scenarios(large int64) []scenario {
	merge := func(loader string) string { return model + fmt.Sprintf(toTable, loader, "") }
	all := []scenario{
		{name: "sqlite to file, parquet", rows: large, source: fromSQLite, sync: model + fmt.Sprintf(toFile, "parquet")},
		{name: "sqlite to file, jsonl", rows: large, source: fromSQLite, sync: model + fmt.Sprintf(toFile, "jsonl")},
		{name: "sqlite to file, csv", rows: large, source: fromSQLite, sync: model + fmt.Sprintf(toFile, "csv")},
		{name: "duckdb to file, parquet", rows: large, source: fromDuckDB, sync: model + fmt.Sprintf(toFile, "parquet")},
		{name: "csv to file, parquet", rows: large, source: fromCSV, sync: fmt.Sprintf(toFile, "parquet")},
		{name: "sqlite merge by json", rows: large, source: fromSQLite, sync: merge("json"), sandbox: true, prepare: []string{ddl}},
	}
	small := []scenario{
		{name: "sqlite merge by json, 100k", rows: 100_000, source: fromSQLite, sync: merge("json"), sandbox: true, prepare: []string{ddl}},
		{name: "sqlite merge by json, 100k, 300 ms a statement", rows: 100_000, source: fromSQLite, sync: merge("json"), sandbox: true, prepare: []string{ddl}, latency: injected},
		{name: "sqlite merge by json, 1k, 300 ms a statement", rows: 1_000, source: fromSQLite, sync: merge("json"), sandbox: true, prepare: []string{ddl}, latency: injected},
	}
	return append(all, small...)
}

func fromSQLite(dir string, rows int64) (string, error) {
	path, err := file(dir, "t.db", sqliteData(rows))
	return "{type: sqlite, database: " + path + "}", err
}

func fromCSV(dir string, rows int64) (string, error) {
	path, err := file(dir, "t.csv", csvData(rows))
	return "{type: file, path: " + path + ", format: csv, columns: {id: BIGINT, score: DOUBLE, amount: 'DECIMAL(18,2)', active: BOOLEAN, born: DATE, seen: TIMESTAMP}}", err
}

func fromDuckDB(dir string, rows int64) (string, error) {
	csv, err := file(dir, "t.csv", csvData(rows))
	if err != nil {
		return "", err
	}
	path, err := file(dir, "t.duckdb", duckdbData(csv))
	return "{type: duckdb, database: " + path + "}", err
}
