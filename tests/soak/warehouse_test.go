package soak

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/duckdb"
	"github.com/drt-go/drt/sandbox/wire"
)

// asWarehouse is the variable that makes this test's own program a warehouse, with its data in that folder.
const asWarehouse = "DRT_SOAK_WAREHOUSE"

// serveWarehouse serves until standard input ends. It prints its address as JSON.
func serveWarehouse(dir string) (err error) {
	folder := filepath.Join(dir, "volumes")
	if err := os.MkdirAll(filepath.Join(folder, "main", "default", "files"), 0o700); err != nil {
		return err
	}
	volumes, err := wire.OpenVolumes(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, volumes.Close()) }()
	engine, err := duckdb.New(duckdb.Options{Path: filepath.Join(dir, "sandbox.duckdb"), Volumes: volumes.Resolve, VolumesDir: volumes.Dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	s, err := sandbox.Start(context.Background(), sandbox.Options{Engine: engine, VolumesDir: folder, Control: true, SessionIdle: time.Minute})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := json.NewEncoder(os.Stdout).Encode(address{s.Host, s.HTTPPath, s.Token}); err != nil {
		return err
	}
	return answerStatements(engine)
}

// answer is what a statement on standard input came to.
type answer struct {
	Error string
	Rows  [][]string
}

// answerStatements runs each line of standard input until it ends. So the test needs no connection of its own, which would
// count among what is measured.
func answerStatements(engine *duckdb.Engine) error {
	lines, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var a answer
		var err error
		if a.Rows, err = query(engine, lines.Text()); err != nil {
			a.Error = err.Error()
		}
		if err := out.Encode(a); err != nil {
			return err
		}
	}
	return lines.Err()
}

func query(engine *duckdb.Engine, text string) (found [][]string, err error) {
	s, err := engine.Open(context.Background(), "main", "default", nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	r, err := s.Execute(context.Background(), text, nil)
	if err != nil || r.Rows == nil {
		return nil, err
	}
	defer r.Rows.Release()
	for r.Rows.Next() {
		b := r.Rows.RecordBatch()
		for i := range int(b.NumRows()) {
			row := make([]string, b.NumCols())
			for j := range row {
				row[j] = b.Column(j).ValueStr(i)
			}
			found = append(found, row)
		}
	}
	return found, r.Rows.Err()
}

type address struct{ Host, HTTPPath, Token string }

// warehouse is the sandbox in another process.
type warehouse struct {
	address
	dir    string
	client *http.Client
	stdin  io.Writer
	stdout *bufio.Reader
}

func startWarehouse(t *testing.T) *warehouse {
	t.Helper()
	w := &warehouse{dir: t.TempDir(), client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), asWarehouse+"="+w.dir)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the warehouse: %v", err)
		}
	})
	w.stdin, w.stdout = stdin, bufio.NewReader(stdout)
	line, err := w.stdout.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, &w.address); err != nil {
		t.Fatal(err)
	}
	return w
}

// lookup is the environment of the syncs.
func (w *warehouse) lookup(name string) (string, bool) {
	value, ok := map[string]string{"DATABRICKS_HOST": w.Host, "DATABRICKS_HTTP_PATH": w.HTTPPath, "DATABRICKS_TOKEN": w.Token}[name]
	return value, ok
}

// control speaks to the sandbox's own endpoint.
func (w *warehouse) control(t *testing.T, method, path string, body, into any) {
	t.Helper()
	var text bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&text).Encode(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(context.Background(), method, w.Host+"/sandbox/"+path, &text)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.Token)
	resp, err := w.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s, %v", method, path, resp.Status, answer, err)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *warehouse) arm(t *testing.T, f fault) {
	t.Helper()
	w.control(t, http.MethodPost, "faults", f, nil)
}

// disarm returns how many faults struck.
func (w *warehouse) disarm(t *testing.T) (struck int) {
	t.Helper()
	var armed []struct{ Fired int }
	w.control(t, http.MethodGet, "faults", nil, &armed)
	for _, f := range armed {
		if f.Fired > 0 {
			struck++
		}
	}
	w.control(t, http.MethodDelete, "faults", nil, nil)
	w.control(t, http.MethodDelete, "log", nil, nil)
	return struck
}

// exec runs a statement in the warehouse's own process.
func (w *warehouse) exec(t *testing.T, text string) [][]string {
	t.Helper()
	if _, err := io.WriteString(w.stdin, text+"\n"); err != nil {
		t.Fatal(err)
	}
	line, err := w.stdout.ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil || a.Error != "" {
		t.Fatalf("%s: %s, %v", text, a.Error, err)
	}
	return a.Rows
}

// scratch lists what runs have left.
func (w *warehouse) scratch(t *testing.T) (left []string) {
	t.Helper()
	for _, row := range w.exec(t, "SHOW TABLES IN main.default") {
		if strings.HasPrefix(row[1], "__drt_") {
			left = append(left, row[1])
		}
	}
	files, err := filepath.Glob(filepath.Join(w.dir, "volumes", "main", "default", "files", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return append(left, files...)
}
