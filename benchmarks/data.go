package main

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	_ "github.com/duckdb/duckdb-go/v2"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// The data: 8 columns, bigint, two strings, double, decimal(18,2), boolean, date, timestamp. Row n is the same
// in every format and every run. The timestamp has no zone: dlt's fastest backend reads no other from SQLite.

// dataVersion changes with the data, so that none of an older drt is taken for it.
const dataVersion = "v2"

func rowText(n int64) (id int64, name, email string, score float64, amount string, active bool, born, seen string) {
	mixed := uint64(n) * 0x9E3779B97F4A7C15 >> 32
	return n, fmt.Sprintf("customer %d", mixed), fmt.Sprintf("user%d@example.com", n), float64(mixed%100_000) / 7,
		fmt.Sprintf("%d.%02d", mixed%1_000_000, n%100), n%3 == 0,
		fmt.Sprintf("%04d-%02d-%02d", 1950+mixed%70, 1+mixed%12, 1+mixed%28),
		fmt.Sprintf("2026-%02d-%02d %02d:%02d:%02d", 1+n%12, 1+n%28, n%24, n%60, mixed%60)
}

// file makes dir/name with build unless it is there.
func file(dir, name string, build func(path string) error) (string, error) {
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	half := path + ".half"
	_ = os.Remove(half)
	if err := build(half); err != nil {
		return "", fmt.Errorf("making %s: %w", path, err)
	}
	return path, os.Rename(half, path)
}

func sqliteData(rows int64) func(string) error {
	return func(path string) (err error) {
		db, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		for _, statement := range []string{
			"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF",
			"CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT, email TEXT, score DOUBLE, amount DECIMAL(18,2), active BOOLEAN, born DATE, seen TIMESTAMP)",
			"BEGIN",
		} {
			if err := sqlitex.ExecuteTransient(db, statement, nil); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		insert, err := db.Prepare("INSERT INTO t VALUES (?,?,?,?,?,?,?,?)")
		if err != nil {
			return err
		}
		for n := int64(1); n <= rows; n++ {
			id, name, email, score, amount, active, born, seen := rowText(n)
			insert.BindInt64(1, id)
			insert.BindText(2, name)
			insert.BindText(3, email)
			insert.BindFloat(4, score)
			insert.BindText(5, amount)
			insert.BindBool(6, active)
			insert.BindText(7, born)
			insert.BindText(8, seen)
			if _, err := insert.Step(); err != nil {
				return err
			}
			if err := insert.Reset(); err != nil {
				return err
			}
		}
		return sqlitex.Execute(db, "COMMIT", nil)
	}
}

func csvData(rows int64) func(string) error {
	return func(path string) (err error) {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		w := bufio.NewWriterSize(f, 1<<20)
		_, _ = w.WriteString("id,name,email,score,amount,active,born,seen\n")
		for n := int64(1); n <= rows; n++ {
			id, name, email, score, amount, active, born, seen := rowText(n)
			_, _ = fmt.Fprintf(w, "%d,%s,%s,%v,%s,%t,%s,%s\n", id, name, email, score, amount, active, born, seen)
		}
		return w.Flush()
	}
}

// duckdbData reads the CSV: the same rows, typed.
func duckdbData(csv string) func(string) error {
	return func(path string) (err error) {
		db, err := sql.Open("duckdb", path)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		_, err = db.Exec(fmt.Sprintf(`CREATE TABLE t AS SELECT id::BIGINT AS id, name, email, score::DOUBLE AS score, amount::DECIMAL(18,2) AS amount,
			active::BOOLEAN AS active, born::DATE AS born, seen::TIMESTAMP AS seen FROM read_csv('%s', all_varchar = true)`, csv))
		return err
	}
}
