package process

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// What must be found nowhere: a token, a password, a value of a row. A key is shown where the documents say so.
const (
	canaryToken    = "c4narytokenwhichnobodymaysee0123456789"
	canaryPassword = "c4narypasswordwhichnobodymaysee"
	canaryValue    = "c4naryvalueofacolumnofarow"
	canaryKey      = "c4narykeyofarow"
)

// leak is a way in which drt fails, and what it may keep of the rows then.
type leak struct {
	name    string
	table   string            // columns of the target; "" is the plain ones
	files   map[string]string // instead of those of plainFiles
	env     []string
	faults  []wire.Fault
	token   string // that the warehouse wants; "" is the canary
	program string // "" is the binary
	args    []string
	then    [][]string // commands after it
	reached string     // regular expression on the output: else the path was not taken
	code    int
	keys    bool // the documents say that keys are named
	kept    bool // the documents say that rows are kept in the state
}

const plainColumns = "id STRING NOT NULL, n INT, note STRING"

func plainFiles() map[string]string {
	return map[string]string{
		"drt_project.yml": "name: secrets\nprofile: rows\n",
		"profiles.yml":    "rows: {type: file, path: rows.jsonl, columns: {id: STRING, n: STRING, note: STRING}}\n",
		"rows.jsonl":      row(canaryKey, "1"),
		"syncs/s.yml":     syncOf("{mode: upsert}", ""),
	}
}

func row(key, n string) string {
	return fmt.Sprintf("{\"id\": %q, \"n\": %q, \"note\": %q}\n", key, n, canaryValue)
}

// syncOf is a sync with settings, and more keys of its destination.
func syncOf(settings, destination string) string {
	return "name: s\ndestination: {type: databricks, catalog: main, schema: default, table: t, upsert_key: [id], token_env: CANARY_TOKEN" + destination + "}\n" +
		"sync: " + settings + "\n"
}

// TestE12_SecretsAreFoundNowhere runs the binary into every failure, with text and with JSON for output, and looks for the
// canaries in all that it wrote: output, state, temporary files, the text of statements and the tags of sessions.
func TestE12_SecretsAreFoundNowhere(t *testing.T) {
	for _, l := range leaks() {
		for _, form := range []string{"text", "json"} {
			t.Run(l.name+"/"+form, func(t *testing.T) {
				t.Parallel()
				l.run(t, form)
			})
		}
	}
}

func (l leak) run(t *testing.T, form string) {
	w := newWarehouse(t, func(o *sandbox.Options) {
		if o.Token = l.token; l.token == "" {
			o.Token = canaryToken
		}
	})
	columns := l.table
	if columns == "" {
		columns = plainColumns
	}
	w.exec("CREATE TABLE main.default.t (" + columns + ")")
	if strings.Contains(l.name, "CHECK") {
		w.exec("ALTER TABLE main.default.t ADD CONSTRAINT short CHECK (length(note) < 5)")
	}
	if strings.Contains(l.name, "guard") {
		w.exec("INSERT INTO main.default.t VALUES ('" + canaryKey + "2', 1, '" + canaryValue + "')")
	}
	w.Log.Reset()
	for _, f := range l.faults {
		w.fault(f)
	}
	files := plainFiles()
	for name, text := range l.files {
		files[name] = text
	}
	p := newProject(t, w, files)
	p.env = append(p.env, "CANARY_TOKEN="+canaryToken, "CANARY_PASSWORD="+canaryPassword, "DATABRICKS_TOKEN=",
		// What makes a driver or a library talk.
		"DATABRICKS_LOG_LEVEL=trace", "DATABRICKS_DEBUG_HEADERS=true", "DATABRICKS_DEBUG_TRUNCATE_BYTES=100000", "GODEBUG=http2debug=2")
	p.env = append(p.env, l.env...)
	out := l.drive(p, form)
	w.struck()
	if !regexp.MustCompile(l.reached).MatchString(out) {
		t.Errorf("the path was not taken: no %q in\n%s", l.reached, out)
	}
	found := search("output", []byte(out))
	for _, e := range w.Log.Entries() {
		found = append(found, search("statement", []byte(e.Text))...)
		found = append(found, search("tags", []byte(e.Tags))...)
	}
	found = append(found, searchFiles(t, p, files)...)
	for _, f := range found {
		if !f.allowed(l) {
			t.Errorf("%s is in %s:\n%s", f.canary, f.where, out)
		}
	}
}

// drive runs the sync, then every command that tells of it, and returns all output.
func (l leak) drive(p *project, form string) string {
	args := l.args
	if args == nil {
		args = []string{"run", "s"}
	}
	c := p.prepare(inForm(args, form)...)
	if l.program != "" {
		c.Path = l.program
	}
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	if code := c.end(); code != l.code {
		p.t.Errorf("exit code %d, want %d\n%s", code, l.code, c.output())
	}
	out := c.output()
	if form == "json" && len(c.Args) > len(args)+1 && !json.Valid([]byte(c.stdout.String())) {
		p.t.Errorf("stdout is no JSON:\n%s", out)
	}
	after := [][]string{{"status"}, {"status", "s"}, {"check"}, {"state", "show", "s"}}
	if form == "json" {
		after = [][]string{{"status", "s", "--output", "json"}, {"list"}, {"validate"}, {"clean", "--dry-run"}}
	}
	for _, then := range append(slices.Clone(l.then), after...) {
		then = inForm(then, form)
		out += p.run(then...).output()
	}
	return out
}

// inForm asks a command for its output in that form, if it has one.
func inForm(args []string, form string) []string {
	if !slices.Contains([]string{"run", "retry", "diff"}, args[0]) {
		return args
	}
	return append(slices.Clone(args), "--output", form)
}

// found is a canary that is where it may not be.
type found struct{ canary, where string }

func (f found) allowed(l leak) bool {
	state := strings.HasPrefix(f.where, ".drt/state.db")
	switch f.canary {
	case canaryKey:
		return l.keys || l.kept && state
	case canaryValue:
		return l.kept && state
	}
	return false
}

// search finds the canaries in text, also in base64 and hexadecimal.
func search(where string, text []byte) (all []found) {
	for _, canary := range []string{canaryToken, canaryPassword, canaryValue, canaryKey} {
		for _, form := range forms(canary) {
			if bytes.Contains(text, []byte(form)) {
				all = append(all, found{canary, where})
				break
			}
		}
	}
	return all
}

// forms are the ways in which a text may be written: as it is, in hexadecimal, and in base64 at any offset.
func forms(canary string) []string {
	all := []string{canary, hex.EncodeToString([]byte(canary)), strings.ToUpper(hex.EncodeToString([]byte(canary)))}
	for offset := range 3 {
		coded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + canary))
		all = append(all, coded[(offset*8+5)/6:len(coded)-2]) // without what neighbours change
	}
	return all
}

// searchFiles looks into every file of the project but its sources.
func searchFiles(t *testing.T, p *project, sources map[string]string) (all []found) {
	t.Helper()
	err := filepath.WalkDir(p.dir, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(p.dir, path)
		if _, source := sources[filepath.ToSlash(name)]; err != nil || !entry.Type().IsRegular() || source || strings.HasPrefix(name, "source") {
			return err
		}
		text, err := os.ReadFile(path)
		all = append(all, search(filepath.ToSlash(name), text)...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A search that finds nothing must be able to find something.
func TestSearchFindsCanaries(t *testing.T) {
	p := newProject(t, nil, nil)
	p.write("tmp/plain", "x"+canaryToken+"x")
	p.write("tmp/hex", hex.EncodeToString([]byte("..."+canaryPassword)))
	for offset := range 3 {
		p.write(fmt.Sprint("tmp/base64-", offset), base64.URLEncoding.EncodeToString([]byte(strings.Repeat("-", offset)+canaryValue+"\x00")))
	}
	p.write("source/rows", canaryKey)
	if got := searchFiles(t, p, nil); len(got) != 5 {
		t.Errorf("found %v, want 5", got)
	}
}
