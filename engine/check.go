package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Check returns what is wrong with j under o before anything is touched; Field is a key path in the sync file, or a
// flag ("--limit"). It resolves `sync.mode` and the destination's mode into one write mode (see WriteMode) and holds
// the options to the destination's Capabilities.
func (j *Job) Check(o Options) []*connector.FieldError {
	c := &checker{job: j, options: o, target: j.Destination.Target(), can: j.Destination.Capabilities(), mode: j.WriteMode()}
	c.modes()
	c.keys()
	c.cursor()
	c.limits()
	c.optionsOfMode()
	c.optionsOfDestination()
	c.rebuild()
	return c.found
}

type checker struct {
	job     *Job
	options Options
	target  destinations.Target
	can     destinations.Capabilities
	mode    destinations.Mode
	found   []*connector.FieldError
}

func (c *checker) add(field, hint, message string, args ...any) {
	c.found = append(c.found, &connector.FieldError{Field: field, Message: fmt.Sprintf(message, args...), Hint: hint})
}

func (c *checker) modes() {
	all := []Mode{ModeFull, ModeIncremental, ModeUpsert, ModeMirror, ModeReplace}
	switch {
	case c.job.as == "" && !slices.Contains(all, c.job.Mode):
		c.add("sync.mode", "one of: full, incremental, upsert, mirror, replace", "unsupported mode: %s", c.job.Mode)
	case c.job.Mode == ModeUpsert && c.target.Set && c.target.Mode == destinations.ModeInsert:
		c.add("sync.mode", "write destination.mode: merge, or leave it out", "sync.mode: upsert with destination.mode: insert would quietly append")
	case c.job.Mode == ModeIncremental && wholeTable(c.mode):
		c.add("sync.mode", "use a destination.mode of insert or merge",
			"sync.mode: incremental with destination.mode: %s would throw away the rows of earlier runs", c.mode)
	case !slices.Contains(c.can.Modes, c.mode):
		c.add("sync.mode", "it supports: "+modeNames(c.can.Modes), "%s does not support the write mode %s, which sync.mode: %s needs", c.target.Name, c.mode, c.job.Mode)
	}
}

func modeNames(modes []destinations.Mode) string {
	names := make([]string, len(modes))
	for i, m := range modes {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}

func (c *checker) keys() {
	if len(c.target.Key) > 0 || !keyed(c.mode) {
		return
	}
	hint := "name the columns that identify a row: upsert_key: [id]"
	if c.mode == destinations.ModeMirror {
		c.add("destination.upsert_key", hint, "mirror requires destination.upsert_key")
		return
	}
	c.add("destination.upsert_key", hint, "upsert_key is required")
}

func (c *checker) cursor() {
	switch {
	case c.job.Mode == ModeIncremental && c.job.CursorField == "":
		c.add("sync.cursor_field", "name a column that grows with every change, such as updated_at", "sync.mode: incremental requires cursor_field")
	case c.job.Mode == ModeMirror && c.job.CursorField != "":
		c.add("sync.cursor_field", "remove it: a mirror deletes what it does not read", "sync.mode: mirror must read the whole source, cursor_field is for sync.mode: incremental")
	case c.job.Mode != ModeIncremental && c.job.CursorField != "":
		c.add("sync.cursor_field", "remove it, or write mode: incremental", "cursor_field has no effect in sync.mode: %s", c.job.Mode)
	}
}

func (c *checker) limits() {
	if c.job.BatchSize <= 0 {
		c.add("sync.batch_size", "leave it out for the default", "batch_size must be greater than 0")
	}
	if n := c.options.AllowDeletes; n != nil && !slices.Contains(c.can.Options, destinations.OptionGuards) {
		c.add("--allow-deletes", "leave it out", "%s has no guards that --allow-deletes could lift", c.target.Name)
	}
	if c.options.Limit > 0 && wholeTable(c.mode) {
		c.add("--limit", "leave --limit out, or try the sync with --dry-run", "--limit with %s would delete the rows beyond the limit from the target", c.writeModeWords())
	}
}

// writeModeWords names the setting that made the write mode what it is.
func (c *checker) writeModeWords() string {
	if string(c.mode) == string(c.job.Mode) {
		return "sync.mode: " + string(c.mode)
	}
	return "destination.mode: " + string(c.mode)
}

// optionsOfMode refuses what the write mode would ignore.
func (c *checker) optionsOfMode() {
	if c.job.AllowEmpty && !wholeTable(c.mode) {
		c.add("sync.allow_empty", "remove it", "allow_empty has no effect in sync.mode: %s: an empty source changes nothing", c.job.Mode)
	}
	m := c.job.Mirror
	if (len(m.Scope) > 0 || m.Where != "" || m.Tracked || m.Atomic || m.Soft != "") && c.mode != destinations.ModeMirror {
		c.add("sync.mirror", "remove it, or write mode: mirror", "mirror has no effect in sync.mode: %s", c.job.Mode)
	}
	if len(m.Scope) > 0 && c.mode == destinations.ModeMirror {
		c.scope()
	}
	if c.job.ExactlyOnce && (c.mode != destinations.ModeInsert || c.job.InsertWhere != "") {
		c.add("sync.exactly_once", "remove it", "exactly_once is for rows that are appended: every other mode gives the same when it is run again")
	}
	if c.job.InsertWhere != "" && c.mode != destinations.ModeInsert {
		c.add("sync.replace_where", "remove it, or use destination.mode: insert", "replace_where has no effect in write mode %s", c.mode)
	}
}

// scope refuses bounds within which nothing could ever be deleted.
func (c *checker) scope() {
	inScope := func(key string) bool {
		return slices.ContainsFunc(c.job.Mirror.Scope, func(s string) bool { return strings.EqualFold(s, key) })
	}
	if len(c.target.Key) > 0 && !slices.ContainsFunc(c.target.Key, func(key string) bool { return !inScope(key) }) {
		c.add("sync.mirror.scope", "name columns that several rows share", "mirror.scope holds the whole upsert_key: nothing would ever be deleted")
	}
	if c.job.AllowEmpty {
		c.add("sync.allow_empty", "remove it", "allow_empty has no effect with mirror.scope: an empty source has no scope")
	}
}

// optionsOfDestination refuses what the destination does not list (E10).
func (c *checker) optionsOfDestination() {
	j := c.job
	for _, want := range []struct {
		asked  bool
		option destinations.Option
	}{
		{len(j.Mirror.Scope) > 0, destinations.OptionMirrorScope},
		{j.Mirror.Where != "", destinations.OptionMirrorWhere},
		{j.Mirror.Tracked, destinations.OptionMirrorTracked},
		{j.Mirror.Atomic, destinations.OptionMirrorAtomic},
		{j.Mirror.Soft != "", destinations.OptionMirrorSoft},
		{j.Duplicates == destinations.DuplicateFail, destinations.OptionDuplicateFail},
		{j.Touch, destinations.OptionTouch},
		{j.InsertWhere != "", destinations.OptionInsertWhere},
		{j.Metadata != destinations.Metadata{}, destinations.OptionMetadata},
		{j.ExactlyOnce, destinations.OptionExactlyOnce},
		{guarded(j.Guards), destinations.OptionGuards},
	} {
		if !want.asked || slices.Contains(c.can.Options, want.option) {
			continue
		}
		field, _, _ := strings.Cut(string(want.option), ":")
		c.add(field, "remove it", "%s does not support %s", c.target.Name, want.option)
	}
}

// rebuild refuses what could not be rebuilt on the day it is needed.
func (c *checker) rebuild() {
	if !c.options.Rebuild || c.job.Mode != ModeIncremental {
		return
	}
	if _, ok := c.job.Destination.(destinations.Historian); !ok {
		c.add("sync.mode", "keep .drt/state.db, and leave state.rebuild out of drt_project.yml", "%s keeps no watermark that state.rebuild could find", c.target.Name)
	} else if c.mode == destinations.ModeInsert && !c.job.ExactlyOnce {
		c.add("sync.exactly_once", "write exactly_once: true", "state.rebuild needs commits that are signed, and a plain insert is not")
	}
}

// guarded says that a guard was asked for. The zero Guards, of a job built by hand, ask for none.
func guarded(g destinations.Guards) bool {
	if g == (destinations.Guards{}) {
		return false
	}
	return g.MaxDeletes >= 0 || g.MaxCreates >= 0 || g.MaxDeletePct >= 0 || g.MaxUpdatesPct >= 0 || g.AllowDeletes >= 0
}
