package databricks

import (
	"strings"
	"testing"
)

var testVolume = volume{"main", "staging-area", "drt"}

// filed is l read straight from a file.
func filed(l layout) layout {
	l.files = filesSQL(l, parquetSQL(testVolume, []string{"drt-staging-1.parquet"}))
	return l
}

func TestParseVolume(t *testing.T) {
	for text, want := range map[string]string{
		"main.default.stage": "/Volumes/main/default/stage", "a-b._c.Zeitschrift-ü": "/Volumes/a-b/_c/Zeitschrift-ü",
		"": "", "a.b": "", "a.b.c.d": "", "a..c": "", "a.b.{c}": "", "a.b.c*": "", "a.b.c d": "", "a.b/..c.d": "", "a.b.c`": "", "a.b.'c": "",
	} {
		v, ok := parseVolume(text)
		if ok != (want != "") || ok && v.path() != want {
			t.Errorf("%q is %q, %v, want %q", text, v.path(), ok, want)
		}
	}
}

// W25: a name that readers skip is never generated, whatever the table is called; and it tells its run.
func TestW25_FileNames(t *testing.T) {
	for _, name := range []string{"user_scores", "_hidden", ".dot", "Zeit`schrift ü/../x", strings.Repeat("long", 80), "-", "ü"} {
		files := filesOf(table{"main", "default", ident(name)}, testRun)
		one := fileName(files, 12)
		if !strings.HasPrefix(one, "drt-staging-") || !strings.HasSuffix(one, "-12.parquet") || len(one) > 255 ||
			strings.Trim(strings.TrimSuffix(one, ".parquet"), "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			t.Errorf("%s: %s", name, one)
		}
		if run, ok := syncRunOfFile(one); !ok || run != testRun {
			t.Errorf("%s belongs to %s, %v", one, run, ok)
		}
	}
	for _, other := range []string{"x.parquet", "drt-staging-a-1.parquet", "drt-staging-a-01890a5dac96774bbcceb302099a8057.parquet",
		"my-drt-staging-a-01890a5dac96774bbcceb302099a8057-1.parquet", "drt-staging-a-01890a5dac96774bbcceb302099a8057-1.csv"} {
		if _, ok := syncRunOfFile(other); ok {
			t.Errorf("%s passes for ours", other)
		}
	}
}
