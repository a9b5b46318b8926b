package file

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

// TestParquetCutAnywhere: the directory stands at the end of the file, so every cut is noticed before the first row.
func TestParquetCutAnywhere(t *testing.T) {
	whole := string(parquetFileOf(t, 1000))
	for at := 0; at < len(whole); at += 1 + len(whole)/200 {
		dir := project(t, map[string]string{"a.parquet": whole[:at]})
		got, err := read(t, dir, Config{Path: "a.parquet", Header: true, Delimiter: ","})
		if err == nil || len(got.rows) > 0 {
			t.Fatalf("cut at %d of %d: %d rows, %v", at, len(whole), len(got.rows), err)
		}
		checkError(t, err, connector.KindPermanent, "a.parquet", "not a whole parquet file")
	}
}

// TestParquetDamagedInside destroys the data and leaves the directory as it was.
func TestParquetDamagedInside(t *testing.T) {
	whole := parquetFileOf(t, 1000)
	for at := 4; at < len(whole)-600; at += 97 {
		damaged := append([]byte{}, whole...)
		copy(damaged[at:], strings.Repeat("\xff", 40))
		got, err := read(t, project(t, map[string]string{"a.parquet": string(damaged)}), Config{Path: "a.parquet", Header: true, Delimiter: ","})
		if err == nil && len(got.rows) != 1000 {
			t.Errorf("damaged at %d: %d of 1000 rows without an error", at, len(got.rows))
		}
		if err != nil && !strings.Contains(err.Error(), "a.parquet") {
			t.Errorf("damaged at %d: the error does not name the file: %v", at, err)
		}
	}
}

// TestParquetDamagedNested: the library reads the fields of a STRUCT in goroutines, where a panic would end the process.
func TestParquetDamagedNested(t *testing.T) {
	whole := nestedParquet(t, 40)
	dir := t.TempDir()
	config := Config{Path: "a.parquet", Header: true, Delimiter: ","}
	readDamaged := func(text []byte) (result, error) {
		if err := os.WriteFile(filepath.Join(dir, "a.parquet"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		return read(t, dir, config)
	}
	if got, err := readDamaged(whole); err != nil || len(got.rows) != 40 {
		t.Fatalf("undamaged: %d rows, %v", len(got.rows), err)
	}
	tried, failed := 0, 0
	for at := 4; at < len(whole); at += 3 {
		tried++
		damaged := slices.Clone(whole)
		damaged[at] ^= 0xff
		got, err := readDamaged(damaged)
		if err == nil && len(got.rows) != 40 {
			t.Errorf("damaged at %d: %d of 40 rows without an error", at, len(got.rows))
		}
		if err != nil {
			failed++
		}
	}
	if failed < tried/2 {
		t.Errorf("only %d of %d damaged bytes were noticed", failed, tried)
	}
}

func TestParquetOfOtherSchema(t *testing.T) {
	other := string(parquetFileOf(t, 10))
	for says, dir := range map[string]string{
		"not a whole parquet file": project(t, map[string]string{"a.parquet": other, "b.parquet": "id,name\n1,a\n"}),
		"no file matches":          project(t, map[string]string{"a.csv": ""}),
	} {
		_, err := read(t, dir, Config{Path: "*.parquet", Header: true, Delimiter: ","})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("want an error that says %q; got %v", says, err)
		}
	}
}

// TestStandardInput can be read once, in pieces of any size.
func TestStandardInput(t *testing.T) {
	var text strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "%d,\"a\n%d\"\n", i, i)
	}
	cfg := csvFiles("-", map[string]string{"id": "BIGINT"})
	in := io.MultiReader(strings.NewReader("id,na"), strings.NewReader("me\n"+text.String()))
	s, err := New(cfg, connector.Env{Stdin: in})
	if err != nil {
		t.Fatal(err)
	}
	got, err := readOpen(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"0|'a\n0'", "999|'a\n999'"}, []string{got.rows[0], got.rows[len(got.rows)-1]}); diff != "" || len(got.rows) != 1000 {
		t.Errorf("%d rows (-want +got):\n%s", len(got.rows), diff)
	}
	_, err = readOpen(t, s)
	checkError(t, err, connector.KindPermanent, "standard input was read already")
	_, err = readFrom(t, connector.Env{Stdin: strings.NewReader("id,name\n1,\"open")}, cfg)
	checkError(t, err, connector.KindPermanent, "standard input", "line 2")
}
