package connector_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/drt-go/drt/connector"
)

// FuzzYAML reads any text as a config. It must not panic; every mistake has a place inside the text; a token in the
// text is shown nowhere; time and memory are bounded (E11).
func FuzzYAML(f *testing.F) {
	f.Add([]byte(whole))
	for _, seed := range []string{
		"a: &a [*a]\n", "\ufeffa: 1\r\n---\nb: 2\n", "? [a]\n: b\n", "<<: *x\n", "a: !t {b: 'c\n", "password: |\n dapi0123456789abcdef0123456789abcdef\n",
		"staging: {loader: ${X}, rows: {{ y }}}\n", "- - - a\n", "timeout: 9999999999999 weeks\n", "upsert_key: [\"\\u00e9\", é, '']\nport: 0xFFFFFF\n",
	} {
		f.Add([]byte(seed))
	}
	examples, err := filepath.Glob("../../../examples/*/syncs/*.yml")
	if err != nil || len(examples) == 0 {
		f.Fatalf("no examples: %v", err)
	}
	for _, name := range examples {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		defer bounded(t, len(text))()
		n, ds := connector.ParseNode("a.yml", text)
		if n == nil && len(ds) == 0 {
			t.Fatal("refused without a reason")
		}
		if n != nil {
			expanded, more := n.Expand(func(s string) (string, []*connector.TextError) {
				if i := strings.Index(s, "$"); i >= 0 {
					return "", []*connector.TextError{{Text: s[i:], Message: "not set"}}
				}
				return strings.ToUpper(s), nil
			})
			ds = append(append(ds, more...), connector.Decode(expanded, &config{})...)
		}
		lines := bytes.Count(text, []byte("\n")) + 1
		for _, d := range ds {
			if d.Summary == "" || d.Range.Line < 0 || d.Range.Line > lines || d.Range.Line > 0 && d.Range.Column < 1 {
				t.Fatalf("diagnostic without a place in the text: %+v", d)
			}
		}
		var out bytes.Buffer
		_ = ds.Print(&out, false)
		_ = ds.WriteJSON(&out)
		if !utf8.Valid(out.Bytes()) {
			t.Fatalf("output is not UTF-8: %q", out.String())
		}
		const token = "dapi0123456789abcdef"
		if bytes.Contains(out.Bytes(), []byte(token)) {
			t.Fatalf("a token is shown:\n%s", out.String())
		}
	})
}

// bounded returns a function that checks what was used since: more would be a bomb.
func bounded(t *testing.T, size int) func() {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	return func() {
		runtime.ReadMemStats(&after)
		if took, most := after.TotalAlloc-before.TotalAlloc, uint64(64<<20+10_000*size); took > most {
			t.Errorf("%d bytes took %d bytes of memory, more than %d", size, took, most)
		}
		if took := time.Since(began); took > 10*time.Second { // a second, on a machine that does nothing else
			t.Errorf("%d bytes took %s", size, took)
		}
	}
}
