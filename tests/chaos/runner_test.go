package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/engine"
	"github.com/drt-go/drt/project"
	"github.com/drt-go/drt/sources"
	"github.com/drt-go/drt/sources/sqlite"
	"github.com/drt-go/drt/state"
)

// ended is how a run ended.
type ended struct {
	status string // of the report; "killed" if there is none
	err    string
	report *engine.Report // nil: it ran in another process
}

func (e ended) String() string { return e.status + " " + e.err }

// grace is what a run has to stop after a signal.
const grace = 200 * time.Millisecond

// run runs the sync in this process, on a generation of the source.
func (p *place) run(ctx context.Context, t testing.TB, generation string) ended {
	t.Helper()
	store, err := state.Open(ctx, filepath.Dir(p.stateFile()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := engine.Run(ctx, p.job(t, generation), store, engine.Options{RunID: uuid.Must(uuid.NewV7()).String(), Grace: grace})
	e := ended{status: string(r.Status), report: r}
	if r.Err != nil {
		e.err = fmt.Sprintf("%s: %v", r.Stage, r.Err)
	}
	return e
}

// job is the sync as the command line makes it.
func (p *place) job(t testing.TB, generation string) *engine.Job {
	t.Helper()
	loaded, ds := project.Load(p.dir, project.Options{
		Sources: sources.NewRegistry(sqlite.Spec()), Destinations: destinations.NewRegistry(databricks.Spec()), Profile: generation,
		Env: connector.Env{Dir: p.dir, Lookup: func(name string) (string, bool) { v, ok := p.env[name]; return v, ok }},
	})
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	y := loaded.Syncs[0]
	s := y.Settings
	guards := destinations.NoGuards()
	if s.Guards.MaxDeletes != nil {
		guards.MaxDeletes = *s.Guards.MaxDeletes
	}
	return &engine.Job{
		Name: y.Name, Model: y.Model, Origin: y.Origin, Source: y.Source, Destination: y.Destination,
		Mode: engine.Mode(s.Mode), CursorField: s.CursorField, BatchSize: s.BatchSize, OnError: engine.OnError(s.OnError),
		ExactlyOnce: s.ExactlyOnce, Mirror: destinations.Mirror{Atomic: s.Mirror.Atomic}, Guards: guards,
		DeadLetters: engine.DeadLetters{Values: s.DeadLetters.Values, KeepDays: s.DeadLetters.KeepDays, MaxRows: s.DeadLetters.MaxRows},
	}
}

// process is the drt binary running the sync.
type process struct {
	cmd    *exec.Cmd
	out    bytes.Buffer
	text   bytes.Buffer
	once   sync.Once
	exited chan struct{}
}

// start runs a command of the binary in the project.
func (p *place) start(t testing.TB, args ...string) *process {
	t.Helper()
	x := &process{cmd: exec.Command(binary, append([]string{"-C", p.dir}, args...)...), exited: make(chan struct{})}
	for name, value := range p.env {
		x.cmd.Env = append(x.cmd.Env, name+"="+value)
	}
	x.cmd.Stdout, x.cmd.Stderr = &x.out, &x.text
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(x.exited)
		_ = x.cmd.Wait() // a killed process is no success
	}()
	return x
}

// kill kills it, and returns when it is dead.
func (x *process) kill() {
	x.once.Do(func() { _ = x.cmd.Process.Kill() })
	<-x.exited
}

// end waits for the report of a `run --output json`.
func (x *process) end() ended {
	<-x.exited
	var said struct {
		Error *string
		Syncs []struct {
			Status string
			Error  *string
		}
	}
	if err := json.Unmarshal(x.out.Bytes(), &said); err != nil {
		return ended{status: "killed"}
	}
	if len(said.Syncs) != 1 {
		return ended{status: "failed", err: x.out.String() + x.text.String()}
	}
	e := ended{status: said.Syncs[0].Status}
	if text := said.Syncs[0].Error; text != nil {
		e.err = *text
	}
	return e
}

// runArgs are those of a run on a generation of the source.
func runArgs(generation string) []string {
	return []string{"run", "--profile", generation, "--output", "json"}
}
