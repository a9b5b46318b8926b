package destinationtest

import (
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Harness is what the suite needs to know of a destination.
type Harness struct {
	// Spec announces the destination under test.
	Spec destinations.Spec
	// NewTarget makes an empty target with table's columns, and removes it by t.Cleanup. Each call makes another.
	NewTarget func(t testing.TB, table Table) Target
}

// Table is the target that a case wants.
type Table struct {
	// Columns are the target's columns, by name and type. A target without columns of its own (a file) ignores them.
	Columns *arrow.Schema
	// Key is `upsert_key`; nil if the config is to have none. A destination without keys ignores it.
	Key []string
	// Mode is how the case will write, "" if it only asks what the destination can do. The config says whatever
	// makes a user's run write so: a destination whose YAML knows only insert and merge says merge for a mirror.
	Mode destinations.Mode
}

// Target is one place to write to, for one case.
type Target struct {
	// Config is the destination's YAML as a user writes it, one key a line, without `type`.
	Config string
	// Env is handed to the Spec. A nil Lookup finds nothing.
	Env connector.Env
	// Rows reads the whole target, in any order, by other means than the destination's code.
	Rows func(t testing.TB) []Row
	// Scratch lists what runs have left beside the target: tables, files. Nil if the destination stages nowhere.
	Scratch func(t testing.TB) []string
	// StagedAfter is how many rows a session takes until something lies beside the target; 0: the first does. A
	// destination that holds small runs on this side says how small; negative: larger than a test can be, so that
	// what dead runs leave is for its own tests to show.
	StagedAfter int
	// Secrets are texts that must never be printed: the token behind a `*_env` field.
	Secrets []string
}

// Row is one row of a target by column name. nil is NULL, and so is a name that is not there. Other values are of any Go type that holds the column's
// value exactly: bool, integers, floats, string, []byte, time.Time; or text in the form of record.Value, binary
// as base64. Decimals are text.
type Row map[string]any

// Run holds h's destination to the contract, one subtest a case.
func Run(t *testing.T, h Harness) {
	t.Helper()
	caps := (&run{TB: t, harness: h}).probe()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) { c.hold(t, h, caps) })
	}
}

// Case is one promise. It is skipped unless the destination lists one of modes (if there are any) and option.
type contractCase struct {
	name   string
	modes  []destinations.Mode // any of them
	option destinations.Option
	check  func(*run)
}

func (c contractCase) hold(t testing.TB, h Harness, caps destinations.Capabilities) {
	if len(c.modes) > 0 && !slices.ContainsFunc(c.modes, func(m destinations.Mode) bool { return slices.Contains(caps.Modes, m) }) {
		t.Skipf("capability: the destination lists no mode of %v", c.modes)
	}
	if c.option != "" && !slices.Contains(caps.Options, c.option) {
		t.Skipf("capability: the destination does not list the option %q", c.option)
	}
	c.check(&run{TB: t, harness: h, caps: caps})
}

// cases lists every promise. A case that is not in this list does not run.
func cases() []contractCase {
	return slices.Concat(configCases(), commitCases(), mergeCases(), mirrorCases(), replaceCases(), rejectCases(),
		valueCases(), lifeCases(), concurrencyCases(), cleanCases(), settleCases(), optionCases(), mirrorOptionCases(), diffCases())
}

// only says which modes a case is about.
func only(modes ...destinations.Mode) []destinations.Mode { return modes }
