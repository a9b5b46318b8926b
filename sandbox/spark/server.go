package spark

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/drt-go/drt/sandbox/spark/internal/connect"
)

const startWithin = 3 * time.Minute

// Server is a Spark Connect server in a process group of its own, with its tables in a folder of its own. Tables live
// as long as the server.
type Server struct {
	dir    string
	cmd    *exec.Cmd
	conn   *grpc.ClientConn
	client connect.SparkConnectServiceClient
	exited chan struct{}
}

// Start runs Spark from install, the folder that install.sh printed, and waits until it answers. Its log goes to log.
func Start(ctx context.Context, install string, log io.Writer) (*Server, error) {
	jars, err := filepath.Glob(filepath.Join(install, "jars", "*.jar"))
	if err != nil || len(jars) != 2 {
		return nil, fmt.Errorf("spark: %s does not hold what sandbox/spark/install.sh installs: run it", install)
	}
	dir, err := os.MkdirTemp("", "drt-spark-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, exited: make(chan struct{})}
	s.cmd = exec.Command(filepath.Join(install, "spark", "bin", "spark-submit"), submitArguments(dir, port, jars)...)
	s.cmd.Env = append(os.Environ(), "SPARK_LOCAL_IP=127.0.0.1", "SPARK_HOME="+filepath.Join(install, "spark"))
	s.cmd.Dir = dir
	s.cmd.Stdout, s.cmd.Stderr = log, log
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("spark: %w", err), os.RemoveAll(dir))
	}
	go func() {
		_ = s.cmd.Wait()
		close(s.exited)
	}()
	if err := s.connect(ctx, port); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Close kills the process group and removes the tables.
func (s *Server) Close() error {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	if err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	<-s.exited
	return os.RemoveAll(s.dir)
}

func (s *Server) warehouse() string { return filepath.Join(s.dir, "warehouse") }

func (s *Server) connect(ctx context.Context, port string) error {
	conn, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(512<<20), grpc.MaxCallSendMsgSize(512<<20)))
	if err != nil {
		return err
	}
	s.conn, s.client = conn, connect.NewSparkConnectServiceClient(conn)
	ctx, cancel := context.WithTimeout(ctx, startWithin)
	defer cancel()
	for {
		session := newSession(s, nil)
		if _, err = session.query(ctx, "SELECT 1"); err == nil {
			return session.Close()
		}
		select {
		case <-s.exited:
			return errors.New("spark: the server ended while it started: see its log")
		case <-ctx.Done():
			return fmt.Errorf("spark: no answer within %s: %w", startWithin, err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func submitArguments(dir, port string, jars []string) []string {
	conf := []string{
		"spark.connect.grpc.binding.address=127.0.0.1",
		"spark.connect.grpc.binding.port=" + port,
		"spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension",
		"spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
		"spark.sql.sources.default=delta",
		"spark.sql.warehouse.dir=" + filepath.Join(dir, "warehouse"),
		"spark.sql.ansi.enabled=true",
		"spark.sql.session.timeZone=UTC",
		"spark.sql.variable.substitute=false",
		// With the padding that Spark does as it reads, Delta's MERGE refuses every condition on a CHAR column of its target
		// (DELTA_MERGE_RESOLVED_ATTRIBUTE_MISSING_FROM_INPUT). What Spark writes is padded either way.
		"spark.sql.readSideCharPadding=false",
		"spark.sql.shuffle.partitions=2",
		"spark.sql.adaptive.enabled=false",
		"spark.ui.enabled=false",
		// Statements are many and small: to compile each takes longer than to run it, by a third of the suite.
		"spark.sql.codegen.wholeStage=false",
		"spark.sql.codegen.factoryMode=NO_CODEGEN",
		"spark.databricks.delta.snapshotPartitions=1",
		"spark.driver.host=127.0.0.1",
		"spark.driver.bindAddress=127.0.0.1",
		"spark.local.dir=" + filepath.Join(dir, "tmp"),
		"spark.driver.extraJavaOptions=-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss4m -Duser.timezone=UTC -Dderby.system.home=" + dir,
	}
	args := []string{
		"--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--master", "local[2]",
		"--driver-memory", "2g", "--jars", strings.Join(jars, ","),
	}
	for _, c := range conf {
		args = append(args, "--conf", c)
	}
	return append(args, "spark-internal")
}

// freePort asks the system for a port. Another process could take it before Spark does; then Start fails and says so.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, err
}
