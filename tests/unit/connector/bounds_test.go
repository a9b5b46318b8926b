//go:build unix

package connector_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/drt-go/drt/connector"
)

// Texts made to be expensive: each is read, refused and printed in under a second and in bounded memory.
func TestE11_HostileTextsAreCheap(t *testing.T) {
	const size = 400 << 10
	fill := func(unit string) string { return strings.Repeat(unit, size/len(unit)) }
	for name, text := range map[string]string{
		"open brackets":       fill("["),
		"open braces":         fill("{"),
		"open mappings":       fill("{a: "),
		"nested lists":        fill("- "),
		"nested mappings":     fill("? "),
		"closed brackets":     strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"brackets under keys": "a: " + fill("[[],"),
		"error at the end":    fill("a: 1\n") + "b: @",
		"quote at the end":    fill("a: 1\n") + "b: \"",
		"one long line":       "a: [" + fill("a,") + "b",
		"unknown keys":        unknownKeys(size),
		"duplicates":          fill("a: 1\n"),
		"wrong types":         "upsert_key: [" + fill("[],") + "]",
		"long unknown key":    "a" + fill("é") + ": 1",
		"comments":            "host_env: H\n" + fill("#\n"),
		"comment per entry":   "columns:\n" + fill("  a: b #\n"),
		"documents":           fill("---\n"),
		"anchors":             "copies:\n" + fill("- &a {rows: 1}\n"),
		"aliases":             "copies:\n- &a {rows: 0}\n" + fill("- *a\n"),
		"unset variables":     "columns: {" + fill("k: $V$V$V$V, ") + "}",
		"secrets":             "staging: {" + fill("password: x, ") + "}",
		"alias bomb":          bomb("[%s]", 9, 20),
		"bomb of mappings":    mappingBomb(20),
		"bomb of merges":      mergeBomb(20),
		"anchor in itself":    "a: &a [*a]\n",
		"aliases in a chain":  chain(20_000),
	} {
		t.Run(name, func(t *testing.T) {
			allocated, start := memory(), cpu(t)
			told := readAndPrint(text)
			spent, grown := cpu(t)-start, memory()-allocated
			if told == 0 || told > 3*(maxTold+1) {
				t.Errorf("%d mistakes are told", told)
			}
			if spent > time.Second {
				t.Errorf("took %v of a processor", spent)
			}
			if grown > 256<<20 {
				t.Errorf("allocated %d MB", grown>>20)
			}
		})
	}
}

const maxTold = 100 // mistakes that are told of a text, of its variables, and of a config

func readAndPrint(text string) (mistakes int) {
	n, ds := connector.ParseNode("a.yml", []byte(text))
	if n != nil {
		expanded, more := n.Expand(func(s string) (string, []*connector.TextError) {
			if strings.Contains(s, "$") {
				return "", []*connector.TextError{{Text: "$V", Message: "V is not set"}}
			}
			return s, nil
		})
		ds = append(append(ds, more...), connector.Decode(expanded, &config{Mode: "insert"})...)
	}
	_ = ds.Print(io.Discard, false)
	_ = ds.WriteJSON(io.Discard)
	return len(ds.Unique())
}

// cpu is the processor time that this process has had: on a busy machine the clock tells nothing.
func cpu(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func memory() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func unknownKeys(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "upsert_keyz%d: 1\n", i)
	}
	return b.String()
}

// bomb nests lists of aliases: width^depth values.
func bomb(list string, width, depth int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := 1; i <= depth; i++ {
		aliases := strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), width), ", ")
		fmt.Fprintf(&b, "a%d: &a%d "+list+"\n", i, i, aliases)
	}
	return b.String()
}

func mappingBomb(depth int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 {x: y}\n")
	for i := 1; i <= depth; i++ {
		fmt.Fprintf(&b, "a%d: &a%d {b: *a%d, c: *a%d, d: *a%d}\n", i, i, i-1, i-1, i-1)
	}
	return b.String()
}

func mergeBomb(depth int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 {x: y}\n")
	for i := 1; i <= depth; i++ {
		fmt.Fprintf(&b, "a%d: &a%d {<<: [*a%d, *a%d, *a%d]}\n", i, i, i-1, i-1, i-1)
	}
	return b.String()
}

func chain(length int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 x\n")
	for i := 1; i <= length; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [*a%d]\n", i, i, i-1)
	}
	return b.String()
}

func TestE11_BombsAreToldAtTheirPlace(t *testing.T) {
	_, ds := connector.ParseNode("a.yml", []byte(bomb("[%s]", 9, 9)))
	wantTold(t, ds, `7:5-6 : aliases expand to more than 100000 values | write the values out instead of using aliases`)
	_, ds = connector.ParseNode("a.yml", []byte("x: 1\na: &a\n  - b: *a\n"))
	wantTold(t, ds, `2:4-5 : anchor &a holds an alias of itself | write the values out instead of using aliases`)
	_, ds = connector.ParseNode("a.yml", []byte("x: "+strings.Repeat("[", 70)+strings.Repeat("]", 70)))
	wantTold(t, ds, `1:67-68 x`+strings.Repeat("[0]", 63)+`: nested more than 64 levels deep`)
}

func TestE11_LineOfBracketsIsToldAtItsPlace(t *testing.T) {
	_, ds := connector.ParseNode("a.yml", []byte("a: "+strings.Repeat("[", 400<<10)))
	wantTold(t, ds, `1:10004-10005 : brackets or lists nested more than 10000 deep | close what is opened`)
}

func TestMistakesAreBounded(t *testing.T) {
	_, ds := decode(unknownKeys(1 << 16))
	got := told(ds)
	if len(got) != maxTold+1 || !strings.Contains(got[len(got)-1], "more mistakes") {
		t.Errorf("%d mistakes, the last %q", len(got), got[len(got)-1])
	}
}
