package live_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/drt-go/drt/sandbox/spark"
	"github.com/drt-go/drt/sandbox/wire"
)

func TestMain(m *testing.M) {
	install := os.Getenv("DRT_SPARK_DIR")
	if install == "" {
		fmt.Println("real Spark + Delta is not asked for: `make delta` installs it (Python, Java 17, Maven)")
		return
	}
	code, err := onSpark(m, install)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func onSpark(m *testing.M, install string) (code int, _ error) {
	log, err := os.CreateTemp("", "drt-spark-*.log")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.Remove(log.Name()) }()
	server, err := spark.Start(context.Background(), install, log)
	if err != nil {
		return 0, err
	}
	defer func() { _ = server.Close() }()
	dir, err := os.MkdirTemp("", "drt-volumes-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	volumes, err := wire.OpenVolumes(dir)
	if err != nil {
		return 0, err
	}
	defer func() { _ = volumes.Close() }()
	if err := serve(spark.New(server, volumes.Resolve), dir); err != nil {
		return 0, err
	}
	defer func() { _ = started.Close() }()
	return m.Run(), nil
}
