package live_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/spark"
	"github.com/drt-go/drt/sandbox/wire"
)

// TestMain runs everything on the embedded engine, or on real Spark with Delta if DRT_SPARK_DIR names an installation:
// `make delta` does.
func TestMain(m *testing.M) {
	run := onEmbedded
	if os.Getenv("DRT_SPARK_DIR") != "" {
		run = onSpark
	}
	code, err := withVolumes(func(volumes *wire.Volumes) (int, error) { return run(m, volumes) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withVolumes(run func(*wire.Volumes) (int, error)) (code int, err error) {
	dir, err := os.MkdirTemp("", "drt-volumes-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	volumes, err := wire.OpenVolumes(dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, volumes.Close()) }()
	return run(volumes)
}

func onEmbedded(m *testing.M, volumes *wire.Volumes) (int, error) {
	engine, err := duckdb.New(duckdb.Options{Volumes: volumes.Resolve, VolumesDir: volumes.Dir})
	if err != nil {
		return 0, err
	}
	if err := serve(engine, volumes.Dir); err != nil {
		return 0, err
	}
	code := m.Run()
	return code, errors.Join(started.Close(), engine.Close())
}

func onSpark(m *testing.M, volumes *wire.Volumes) (code int, _ error) {
	log, err := os.CreateTemp("", "drt-spark-*.log")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(log.Name()) }()
	server, err := spark.Start(context.Background(), os.Getenv("DRT_SPARK_DIR"), log)
	if err != nil {
		return 0, err
	}
	defer func() { _ = server.Close() }()
	if err := serve(spark.New(server, volumes.Resolve), volumes.Dir); err != nil {
		return 0, err
	}
	defer func() { _ = started.Close() }()
	return m.Run(), nil
}
