package main

import (
	"fmt"
	"time"
)

// scenario is one thing that is measured.
type scenario struct {
	name    string
	bar     string // what it is held to; "" if nothing is promised
	rows    int64
	source  func(dir string, rows int64) (profile string, err error)
	sync    string // the sync file without its name
	sandbox bool
	prepare []string // statements in the warehouse
	latency time.Duration
	dlt     bool // the same by dlt instead of drt
}

const (
	model    = "model: SELECT id, name, email, score, amount, active, born, seen FROM t\n"
	toFile   = "destination: {type: file, path: out.%s}\n"
	toTable  = "destination: {type: databricks, catalog: main, schema: default, table: t, mode: merge, upsert_key: [id], staging: {%s}}\n"
	ddl      = "CREATE TABLE main.default.t (id BIGINT NOT NULL, name STRING, email STRING, score DOUBLE, amount DECIMAL(18,2), active BOOLEAN, born DATE, seen TIMESTAMP_NTZ)"
	byJSON   = "loader: json"
	byVolume = "loader: volume, volume: main.default.drt"
	injected = 300 * time.Millisecond
)

// scenarios are those of the table of numbers that a release is held to, and some beside them.
func scenarios(o options) []scenario {
	parquet := fmt.Sprintf(toFile, "parquet")
	all := []scenario{
		{name: "sqlite to parquet", bar: "1.2 M rows/s, 1.3 CPU s", source: fromSQLite, sync: model + parquet},
		{name: "sqlite to parquet by dlt", source: fromSQLite, dlt: true},
		{name: "duckdb to parquet", bar: "1.3 M rows/s, 1.1 CPU s", source: fromDuckDB, sync: model + parquet},
		{name: "csv to parquet", bar: "0.9 M rows/s", source: fromCSV, sync: parquet},
		{name: "sqlite to jsonl", source: fromSQLite, sync: model + fmt.Sprintf(toFile, "jsonl")},
		{name: "sqlite to csv", source: fromSQLite, sync: model + fmt.Sprintf(toFile, "csv")},
		merge("sqlite merge by volume", "0.35 M rows/s", byVolume),
		merge("sqlite merge by json", "100 k rows/s", byJSON),
	}
	for i := range all {
		all[i].rows = o.rows
	}
	for _, loader := range []struct{ name, config, large string }{{"volume", byVolume, "8 s"}, {"json", byJSON, "15 s"}} {
		for _, size := range []struct {
			rows int64
			text string
			bar  string
		}{{100_000, "100 k", loader.large}, {1_000, "1 k", "2.5 s"}} {
			s := merge(fmt.Sprintf("sqlite merge by %s, %s rows, 300 ms a statement", loader.name, size.text), size.bar, loader.config)
			s.rows, s.latency = size.rows, injected
			all = append(all, s)
		}
	}
	if o.ten {
		all = append(all,
			scenario{name: "sqlite to parquet, ten times the rows", bar: "200 MB, 1.2 x the memory", rows: 10 * o.rows, source: fromSQLite, sync: model + parquet},
			scenario{name: "sqlite to parquet by dlt, ten times the rows", rows: 10 * o.rows, source: fromSQLite, dlt: true},
			scenario{name: "duckdb to parquet, ten times the rows", bar: "400 MB, 1.2 x the memory", rows: 10 * o.rows, source: fromDuckDB, sync: model + parquet})
	}
	return all
}

func merge(name, bar, staging string) scenario {
	return scenario{name: name, bar: bar, source: fromSQLite, sync: model + fmt.Sprintf(toTable, staging), sandbox: true, prepare: []string{ddl}}
}

func fromSQLite(dir string, rows int64) (string, error) {
	path, err := file(dir, "t.db", sqliteData(rows))
	return "{type: sqlite, database: " + path + "}", err
}

func fromCSV(dir string, rows int64) (string, error) {
	path, err := file(dir, "t.csv", csvData(rows))
	return "{type: file, path: " + path + ", format: csv, columns: {id: BIGINT, score: DOUBLE, amount: 'DECIMAL(18,2)', active: BOOLEAN, born: DATE, seen: TIMESTAMP_NTZ}}", err
}

func fromDuckDB(dir string, rows int64) (string, error) {
	csv, err := file(dir, "t.csv", csvData(rows))
	if err != nil {
		return "", err
	}
	path, err := file(dir, "t.duckdb", duckdbData(csv))
	return "{type: duckdb, database: " + path + "}", err
}
