package sim

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mutant is a mistake that somebody could make. It is planted into the present sources, and the simulation must find it:
// what it does not find it does not prove.
type mutant struct {
	name  string
	only  string // the variants it can show in; "" = all
	seeds int
	edits []edit
}

// edit replaces old, which must stand in file once, by new. There mutant("...") says whether this mutant lives.
type edit struct{ file, old, new string }

func mutants() []mutant {
	const (
		settle  = "destinations/databricks/settle.go"
		session = "destinations/databricks/session.go"
	)
	return []mutant{
		{name: "blind resend", only: "insert", seeds: 600, edits: []edit{{
			"destinations/databricks/journal.go", "	if connector.KindOf(err) != connector.KindUnknown || ctx.Err() != nil || s.plan.Announce == nil {",
			`	if mutant("blind resend") && connector.KindOf(err) == connector.KindUnknown && ctx.Err() == nil {
				return s.w.commit(ctx, kind, st)
			}
			if connector.KindOf(err) != connector.KindUnknown || ctx.Err() != nil || s.plan.Announce == nil {`,
		}}},
		{name: "watermark before the commit", only: "incremental", seeds: 600, edits: []edit{{
			"engine/commit.go", "	r.tally.doing(\"committing\")",
			`	if mutant("watermark before the commit") && r.lease != nil && r.next != nil {
				_ = r.lease.Save(ctx, history(r.report, true), r.next)
			}
			r.tally.doing("committing")`,
		}}},
		{name: "key of a failed row not observed", only: "mirror", seeds: 600, edits: []edit{{
			session, "	return column, reason, s.push(ctx, s.keys)", `	if mutant("key of a failed row not observed") {
				return column, reason, nil
			}
			return column, reason, s.push(ctx, s.keys)`,
		}}},
		{name: "unknown key not counted", only: "mirror", seeds: 600, edits: []edit{{
			session, "		s.lostKeys++", `		if !mutant("unknown key not counted") {
				s.lostKeys++
			}`,
		}}},
		{name: "sweep of a live scratch", seeds: 2000, edits: []edit{{
			"destinations/databricks/destination.go", "	for _, dead := range p.DeadRuns {",
			`	if mutant("sweep of a live scratch") {
				var all []string
				_ = w.query(ctx, "list scratch tables", showScratchSQL(d.cfg.scratchSchema()), func() { all = nil }, func(row []any) error {
					if run, ok := syncRunOf(text(row[1])); ok {
						all = append(all, run)
					}
					return nil
				})
				p.DeadRuns = all
			}
			for _, dead := range p.DeadRuns {`,
		}}},
		{name: "NULL in NOT IN", only: "mirror", seeds: 600, edits: []edit{{
			"destinations/databricks/rows.go", "		if c.key {\n			return dst, c.name, reasonNullKey",
			`		if c.key && !mutant("NULL in NOT IN") {
				return dst, c.name, reasonNullKey`,
		}}},
		{name: "rows without a key deleted", only: "mirror", seeds: 1000, edits: []edit{{
			"destinations/databricks/sql_merge.go", `		"WHERE ", k.name, " NOT IN (SELECT ", k.scratch, " FROM ", l.scratch, ")\n  AND ", signedDelete(k, signature))`,
			`		"WHERE "+map[bool]string{true: "coalesce("}[mutant("rows without a key deleted")], k.name, " NOT IN (SELECT ", k.scratch, " FROM ", l.scratch, ")"+
				map[bool]string{true: ", true)"}[mutant("rows without a key deleted")]+"\n  AND ", signedDelete(k, signature))`,
		}}},
		{name: "settle without looking", only: "insert", seeds: 600, edits: []edit{{
			settle, "	log, err := w.since(ctx, u.Change)\n",
			`	if mutant("settle without looking") {
				return destinations.Settlement{Outcome: destinations.Committed, Evidence: "surely"}, nil
			}
			log, err := w.since(ctx, u.Change)
`,
		}}},
		{name: "no fence", only: "insert", seeds: 3000, edits: []edit{
			{settle, "	if err := w.fence(ctx); err != nil {", `	if mutant("no fence") {
			} else if err := w.fence(ctx); err != nil {`},
			{settle, "	if !fenced(log, before) {", `	if !mutant("no fence") && !fenced(log, before) {`},
		}},
		{name: "guard ignored", only: "mirror", seeds: 600, edits: []edit{{
			"destinations/databricks/guard.go", "	g, total := s.plan.Guards, value(t.total)",
			`	if mutant("guard ignored") {
				return nil
			}
			g, total := s.plan.Guards, value(t.total)`,
		}}},
		{name: "equal keys taken for different ones", only: "merge", seeds: 600, edits: []edit{{
			"destinations/databricks/distinct.go", "	return int64(len(seen)), nil", `	if mutant("equal keys taken for different ones") {
				return int64(len(rows)), nil
			}
			return int64(len(seen)), nil`,
		}}},
		{name: "half a source", seeds: 600, edits: []edit{{
			"engine/feed.go", "		if err != nil && err != io.EOF {", `		if err != nil && err != io.EOF && !mutant("half a source") {`,
		}}},
		{name: "settled without its watermark", only: "incremental insert", seeds: 600, edits: []edit{{
			"state/settle.go", "	if outcome == OutcomeCommitted {", `	if outcome == OutcomeCommitted && !mutant("settled without its watermark") {`,
		}}},
		{name: "lock ignored", only: "incremental insert", seeds: 2000, edits: []edit{{
			"state/lock.go", "	if s.holder.judge(old.holder) == dead {", `	if s.holder.judge(old.holder) == dead || mutant("lock ignored") {`,
		}}},
		{name: "rejected row passed without being kept", only: "incremental", seeds: 600, edits: []edit{{
			"engine/letters.go", "	put := r.box.letters()", `	put := r.box.letters()
			if mutant("rejected row passed without being kept") {
				put.Batches = nil
			}`,
		}}},
		{name: "letter of an older row stays", only: "incremental merge", seeds: 600, edits: []edit{{
			"engine/collect.go", "			c.forget(id, !refused)", `			c.forget(id, !refused && !mutant("letter of an older row stays"))`,
		}}},
	}
}

// alive is the variable that says which mutant lives.
const alive = "DRT_SIM_MUTANT"

// TestMutants plants all mutants into one build, in which each lives only if it is called by its name. That build plays
// simulations and runs no other test.
func TestMutants(t *testing.T) {
	binary := planted(t)
	play := func(m mutant) (string, error) {
		cmd := exec.Command(binary, "-test.run=^TestSimulation$", fmt.Sprintf("-seeds=%d", m.seeds), "-only="+m.only, "-failures=1")
		cmd.Env = append(os.Environ(), alive+"="+m.name)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := play(mutant{name: "none", seeds: 50}); err != nil {
		t.Fatalf("with the mutants planted and none of them alive: %v\n%s", err, out)
	}
	for _, m := range mutants() {
		t.Run(m.name, func(t *testing.T) {
			out, err := play(m)
			switch {
			case err == nil:
				t.Errorf("%d simulations did not find it", m.seeds)
			case !strings.Contains(out, "\n            replay: ") && !strings.Contains(out, "replay: go test"):
				t.Errorf("the simulation broke: %v\n%s", err, out)
			default:
				t.Log(found(out))
			}
		})
	}
}

// found is the line of the output that says what was wrong.
func found(out string) string {
	for line := range strings.Lines(out) {
		if strings.Contains(line, ": seed ") {
			return strings.TrimSpace(line)
		}
	}
	return out
}

// planted builds this test with the mutants in it, and returns the binary.
func planted(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{} // by file
	for _, m := range mutants() {
		for _, e := range m.edits {
			text, ok := sources[e.file]
			if !ok {
				read, err := os.ReadFile(filepath.Join(dir, e.file))
				if err != nil {
					t.Fatal(err)
				}
				text = string(read)
			}
			if n := strings.Count(text, e.old); n != 1 {
				t.Fatalf("mutant %q: %s has the place of its mistake %d times: bring the mutant up to date:\n%s", m.name, e.file, n, e.old)
			}
			sources[e.file] = strings.Replace(text, e.old, e.new, 1)
		}
	}
	for _, folder := range []string{"engine", "state", "destinations/databricks"} {
		sources[folder+"/mutant_overlay.go"] = fmt.Sprintf("package %s\n\nimport \"os\"\n\nfunc mutant(name string) bool { return os.Getenv(%q) == name }\n", filepath.Base(folder), alive)
	}
	return build(t, dir, sources)
}

func build(t *testing.T, dir string, sources map[string]string) string {
	t.Helper()
	temp := t.TempDir()
	overlay := map[string]map[string]string{"Replace": {}}
	for file, text := range sources {
		at := filepath.Join(temp, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		overlay["Replace"][filepath.Join(dir, file)] = at
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(temp, "overlay.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(temp, "mutants.test")
	out, err := exec.Command("go", "test", "-c", "-overlay", filepath.Join(temp, "overlay.json"), "-o", binary, ".").CombinedOutput()
	if err != nil {
		t.Fatalf("the mutants do not compile: %v\n%s", err, out)
	}
	return binary
}
