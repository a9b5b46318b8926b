package connector

import (
	"fmt"
	"strings"

	"gopkg.in/yaml.v3"
)

const (
	maxDepth       = 64      // levels that a file may nest
	maxExpanded    = 100_000 // values that a file may hold once its aliases are followed
	maxDiagnostics = 100     // mistakes that are told of one file or config
)

// inspect looks at what the parser lets pass: duplicated keys, odd keys and tags, literal secrets, depth, aliases that
// blow up. ok says that the tree may be walked with its aliases.
func inspect(f *File, top *yaml.Node) (ds Diagnostics, ok bool) {
	i := inspector{file: f, sizes: map[*yaml.Node]int{}}
	i.walk(top, "", 1)
	if i.deep == nil {
		i.size(top)
	}
	return i.report.all(), i.deep == nil && i.bomb == nil
}

type inspector struct {
	file   *File
	report collector
	deep   *yaml.Node         // the first value that is nested too deeply
	alias  *yaml.Node         // the first alias
	bomb   *yaml.Node         // the first value whose aliases expand too far
	sizes  map[*yaml.Node]int // values below a node, aliases followed; -1 while it is being counted
}

func (i *inspector) say(at *yaml.Node, path, summary, hint string) {
	if i.report.full() {
		i.report.extra++
		return
	}
	i.report.add(Diagnostic{Range: rangeOf(i.file, at), Path: path, Summary: summary, Hint: hint})
}

func (i *inspector) walk(v *yaml.Node, path string, depth int) {
	if i.deep != nil {
		return
	}
	if depth > maxDepth {
		i.deep = v
		i.say(v, path, fmt.Sprintf("nested more than %d levels deep", maxDepth), "")
		return
	}
	if v.Style&yaml.TaggedStyle != 0 && !coreTag(v.Tag) {
		i.say(v, path, fmt.Sprintf("unknown tag %q", v.Tag), "leave the tag out")
	}
	switch v.Kind {
	case yaml.AliasNode:
		if i.alias == nil {
			i.alias = v
		}
	case yaml.ScalarNode:
		i.secret(v, path)
	case yaml.SequenceNode:
		for n, item := range v.Content {
			i.walk(item, fmt.Sprintf("%s[%d]", path, n), depth+1)
		}
	case yaml.MappingNode:
		i.mapping(v, path, depth)
	}
}

func (i *inspector) mapping(m *yaml.Node, path string, depth int) {
	first := map[string]*yaml.Node{}
	for n := 0; n+1 < len(m.Content); n += 2 {
		key, value := m.Content[n], m.Content[n+1]
		if key.Kind != yaml.ScalarNode || key.Value == "" || key.Value == "~" {
			i.say(key, path, "expected plain text as the key, got "+describe(resolveAlias(key)), "")
			continue
		}
		at := joinPath(path, key.Value)
		i.secret(key, path)
		if isMergeKey(key) && len(mergeSources(value)) == 0 {
			i.say(value, at, "expected an alias of a mapping after <<", "write `<<: *name`")
		}
		if earlier, ok := first[key.Value]; ok {
			i.say(key, at, fmt.Sprintf("duplicate key %q", key.Value), fmt.Sprintf("it is on line %d already: keep one", earlier.Line))
		} else {
			first[key.Value] = key
		}
		i.walk(value, at, depth+1)
	}
}

func (i *inspector) secret(v *yaml.Node, path string) {
	if looksLikeToken(v.Value) {
		i.say(v, path, "literal token in YAML", tokenHint)
	}
}

// size counts the values below v with aliases followed. It stops at the first alias that is part of what it stands
// for, or that makes the whole too large.
func (i *inspector) size(v *yaml.Node) int {
	if i.bomb != nil {
		return 0
	}
	switch known := i.sizes[v]; {
	case known > 0:
		return known
	case known < 0:
		i.explode(v, fmt.Sprintf("anchor &%s holds an alias of itself", v.Anchor))
		return 0
	}
	i.sizes[v] = -1
	total := 1
	if v.Kind == yaml.AliasNode {
		total = i.size(resolveAlias(v))
	}
	for _, child := range v.Content {
		total += i.size(child)
		if total > maxExpanded && i.alias != nil && i.bomb == nil {
			i.explode(v, fmt.Sprintf("aliases expand to more than %d values", maxExpanded))
		}
	}
	i.sizes[v] = total
	return total
}

func (i *inspector) explode(v *yaml.Node, summary string) {
	i.bomb = v
	i.say(v, "", summary, "write the values out instead of using aliases")
}

func coreTag(tag string) bool {
	switch tag {
	case "!", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map":
		return true
	}
	return strings.HasPrefix(tag, "tag:yaml.org,2002:") && coreTag("!!"+strings.TrimPrefix(tag, "tag:yaml.org,2002:"))
}

// collector gathers diagnostics, and counts those beyond maxDiagnostics instead of keeping them.
type collector struct {
	list  Diagnostics
	extra int
}

func (c *collector) add(ds ...Diagnostic) {
	room := max(0, min(len(ds), maxDiagnostics-len(c.list)))
	c.list = append(c.list, ds[:room]...)
	c.extra += len(ds) - room
}

// full says that nothing more will be kept, so that finding a place in the file is not worth it.
func (c *collector) full() bool { return len(c.list) >= maxDiagnostics }

func (c *collector) all() Diagnostics {
	if c.extra == 0 {
		return c.list
	}
	last := c.list[len(c.list)-1]
	return append(c.list, Diagnostic{Range: last.Range, Path: last.Path, Summary: fmt.Sprintf("%d more mistakes", c.extra), Hint: "mend those above first"})
}
