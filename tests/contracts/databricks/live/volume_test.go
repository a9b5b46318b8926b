package live_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/sandbox/wire"
)

// Several files are read as one load, by scratch and straight into the target, and `auto` finds out by itself that the
// load is large.
func TestVolumeSeveralFiles(t *testing.T) {
	p := newPlace(t)
	p.cfg.Staging.Volume = stageVolume
	p.exec("CREATE TABLE $t (id BIGINT, body BINARY) USING DELTA")
	schema := fields("id", arrow.PrimitiveTypes.Int64, "body", arrow.BinaryTypes.Binary)
	const rows, step = 80_000, 5000
	r := rand.New(rand.NewPCG(1, 2))
	for _, mode := range []destinations.Mode{destinations.ModeInsert, destinations.ModeMirror} {
		d, err := databricks.New(p.cfg, p.env())
		if err != nil {
			t.Fatal(err)
		}
		s, err := d.Open(t.Context(), p.plan(mode, schema))
		if err != nil {
			t.Fatal(err)
		}
		for from := 0; from < rows; from += step {
			b := randomRows(r, schema, from, step)
			err := s.Write(t.Context(), b)
			b.Release()
			if err != nil {
				t.Fatal(err)
			}
		}
		res, err := s.Commit(t.Context(), destinations.Commit{})
		if err := errors.Join(err, s.Close()); err != nil {
			t.Fatal(err)
		}
		if note := strings.Join(res.Notes, "; "); !strings.Contains(note, "loader volume: more than 2700 KB of rows, 2 files of 8") ||
			!strings.Contains(note, "the Files API") {
			t.Errorf("notes: %s", note)
		}
		p.want("SELECT count(*), count(DISTINCT id), count(DISTINCT body), min(id), max(id) FROM $t", "80000|80000|80000|0|79999")
	}
}

func randomRows(r *rand.Rand, schema *arrow.Schema, from, n int) arrow.RecordBatch {
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	body := make([]byte, 1024)
	for i := range n {
		for k := range body {
			body[k] = byte(r.Uint32())
		}
		b.Field(0).(*array.Int64Builder).Append(int64(from + i))
		b.Field(1).(*array.BinaryBuilder).Append(body)
	}
	return b.NewRecordBatch()
}

// A small load goes by statements although a volume is configured, and nothing is uploaded.
func TestVolumeIsForLargeLoads(t *testing.T) {
	p := newPlace(t)
	p.cfg.Staging.Volume = stageVolume
	p.exec(makePeople)
	number, err := p.srv.Faults.Add(wire.Fault{On: wire.Upload, Match: stagePath, Times: wire.Always, Do: wire.Fail, Status: 500})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.srv.Faults.Clear)
	r, _ := p.run(p.plan(destinations.ModeMirror, people()), [][]any{{"1", "Ada", "0.5"}, {nil, "x", "1"}})
	if note := strings.Join(r.Notes, "; "); note != "loader json: at most 2700 KB of rows" {
		t.Errorf("notes: %s", note)
	}
	if n := p.srv.Faults.Fired(number); n > 0 {
		t.Errorf("%d files were uploaded", n)
	}
	p.want("SELECT * FROM $t", "1|Ada|0.5")
}

const stagePath = "^/Volumes/main/default/stage/"

// W24: an upload that fails, or is cut half way, is tried again under a new name; nothing is left.
func TestW24_UploadsThatFail(t *testing.T) {
	for name, f := range map[string]wire.Fault{
		"503":   {On: wire.Upload, Match: stagePath, Times: 3, Do: wire.Fail, Status: 503},
		"cut":   {On: wire.Upload, Match: stagePath, Do: wire.Cut},
		"reply": {On: wire.Upload, Match: stagePath, Do: wire.Drop, After: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.cfg.Staging.Loader, p.cfg.Staging.Volume = "volume", stageVolume
			p.exec(makePeople)
			if _, err := p.srv.Faults.Add(f); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(p.srv.Faults.Clear)
			p.run(p.plan(destinations.ModeMerge, people()), [][]any{{"1", "Ada", "0.5"}})
			if left := p.srv.Faults.Unfired(); left != nil {
				t.Errorf("never fired: %v", left)
			}
			p.want("SELECT * FROM $t", "1|Ada|0.5")
		})
	}
}

// A volume that is missing is an error before anything is written, with what mends it.
func TestVolumeMissing(t *testing.T) {
	p := newPlace(t)
	p.cfg.Staging.Loader, p.cfg.Staging.Volume = "volume", "main.default.none"
	p.exec(makePeople)
	_, _, err := p.try(p.plan(destinations.ModeInsert, people()), [][]any{{"1", "Ada", "0.5"}})
	var e *connector.Error
	if !errors.As(err, &e) || e.Kind != connector.KindNotFound || !strings.Contains(e.Hint, "CREATE VOLUME `main`.`default`.`none`") ||
		!strings.Contains(e.Hint, "GRANT READ VOLUME, WRITE VOLUME ON VOLUME `main`.`default`.`none`") {
		t.Errorf("%#v", err)
	}
	p.want("SELECT * FROM $t")
}

// W24: a process that died after its upload leaves a file, which the next run of its sync removes, and drt clean.
func TestW24_FilesOfDeadRunsAreSwept(t *testing.T) {
	p := newPlace(t)
	p.cfg.Staging.Loader, p.cfg.Staging.Volume = "volume", stageVolume
	p.exec(makePeople)
	const dead, other = "01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"
	dir := filepath.Join(startedVolumes, "main", "default", "stage")
	for _, id := range []string{dead, other} {
		name := filepath.Join(dir, "drt-staging-people-"+strings.ReplaceAll(id, "-", "")+"-1.parquet")
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	plan := p.plan(destinations.ModeInsert, people())
	plan.DeadRuns = []string{dead}
	p.run(plan, [][]any{{"1", "Ada", "0.5"}})
	d, err := databricks.New(p.cfg, p.env())
	if err != nil {
		t.Fatal(err)
	}
	left, err := d.Leftovers(t.Context())
	if err != nil || len(left) != 1 || left[0].SyncRun != other || left[0].Location != "volume file" {
		t.Fatalf("left: %+v %v", left, err)
	}
	if err := d.Remove(t.Context(), left[0]); err != nil {
		t.Fatal(err)
	}
	found, err := d.Check(t.Context(), people())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !f.OK {
			t.Errorf("%+v", f)
		}
	}
}
