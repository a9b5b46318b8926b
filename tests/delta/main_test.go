// Package delta asks real Apache Spark with Delta Lake what our statements mean, and holds the embedded engine of the
// sandbox to it. `make delta` installs Spark and runs it.
package delta

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/spark"
	"github.com/drt-go/drt/sandbox/wire"
	"github.com/drt-go/drt/tests/built"
)

// suite is what all tests share: Spark takes ten seconds to start.
type suite struct {
	dir      string // temporary
	spark    *spark.Server
	volumes  *wire.Volumes
	binary   string // drt
	sparkLog string
}

var shared suite

func TestMain(m *testing.M) {
	install := os.Getenv("DRT_SPARK_DIR")
	if install == "" {
		fmt.Println("real Spark + Delta is not asked for: `make delta` installs it (Python, Java 17, Maven) and runs these tests")
		return
	}
	os.Exit(runSuite(m, install))
}

func runSuite(m *testing.M, install string) int {
	var err error
	if shared.dir, err = os.MkdirTemp("", "drt-delta-"); err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = os.RemoveAll(shared.dir) }()
	if err := shared.start(install); err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = shared.spark.Close() }()
	code := m.Run()
	if code != 0 {
		fmt.Println("Spark's log:", shared.keepLog())
	}
	return code
}

func (s *suite) start(install string) error {
	var err error
	if s.binary, err = built.Drt(s.dir); err != nil {
		return err
	}
	s.sparkLog = filepath.Join(s.dir, "spark.log")
	log, err := os.Create(s.sparkLog)
	if err != nil {
		return err
	}
	if s.volumes, err = wire.OpenVolumes(filepath.Join(s.dir, "volumes")); err != nil {
		return err
	}
	s.spark, err = spark.Start(context.Background(), install, log)
	return err
}

// keepLog moves Spark's log out of the folder that is removed.
func (s *suite) keepLog() string {
	kept := filepath.Join(os.TempDir(), "drt-spark-last.log")
	if err := os.Rename(s.sparkLog, kept); err != nil {
		return err.Error()
	}
	return kept
}

// engines are the two that must agree.
func engines(t *testing.T) map[string]wire.Engine {
	t.Helper()
	embedded, err := duckdb.New(duckdb.Options{Volumes: shared.volumes.Resolve, VolumesDir: shared.volumes.Dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = embedded.Close() })
	return map[string]wire.Engine{"delta": spark.New(shared.spark, shared.volumes.Resolve), "sandbox": embedded}
}
