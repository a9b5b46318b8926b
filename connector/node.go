package connector

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// Node is a place in a YAML file: what a connector's config is decoded from.
type Node struct {
	File *File
	Path string     // key path of YAML inside the file, "destination"; "" at the top
	Key  *yaml.Node // the key that YAML stands under; nil at the top and in lists
	YAML *yaml.Node

	unset map[*yaml.Node]Diagnostics // values that Expand could not fill in
}

// below returns the node of a value inside n.
func (n *Node) below(path string, key, value *yaml.Node) *Node {
	return &Node{File: n.File, Path: path, Key: key, YAML: value, unset: n.unset}
}

// Child returns the value under key, or nil if n has no such key (or is no mapping).
func (n *Node) Child(key string) *Node {
	for _, c := range n.Children() {
		if c.Key.Value == key {
			return c
		}
	}
	return nil
}

// Children returns the values of a mapping in the order of the file, those of merge keys (`<<`) last. A merged value
// never hides one that is written out. Keys that are not plain text are left out: ParseNode refuses them.
func (n *Node) Children() []*Node {
	m := resolveAlias(n.YAML)
	if m.Kind != yaml.MappingNode {
		return nil
	}
	var children []*Node
	seen := map[string]bool{}
	n.collect(m, seen, &children)
	return children
}

func (n *Node) collect(m *yaml.Node, seen map[string]bool, into *[]*Node) {
	var merged []*yaml.Node
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		switch {
		case isMergeKey(key):
			merged = append(merged, mergeSources(value)...)
		case key.Kind == yaml.ScalarNode && !seen[key.Value]:
			seen[key.Value] = true
			*into = append(*into, n.below(joinPath(n.Path, key.Value), key, value))
		}
	}
	for _, source := range merged {
		n.collect(source, seen, into)
	}
}

// items returns the values of a list.
func (n *Node) items() []*Node {
	list := resolveAlias(n.YAML)
	items := make([]*Node, len(list.Content))
	for i, v := range list.Content {
		items[i] = n.below(fmt.Sprintf("%s[%d]", n.Path, i), nil, v)
	}
	return items
}

// Range is where n is written: the value of a scalar, the key of a mapping or list.
func (n *Node) Range() Range {
	v := resolveAlias(n.YAML)
	if v.Kind == yaml.ScalarNode || n.Key == nil {
		return rangeOf(n.File, v)
	}
	return rangeOf(n.File, n.Key)
}

// KeyRange is where the key of n is written; at the top and in lists, where n is.
func (n *Node) KeyRange() Range {
	if n.Key == nil {
		return n.Range()
	}
	return rangeOf(n.File, n.Key)
}

// Position finds the key path, relative to n ("sync.mode", "upsert_key[0]", "columns[id]"); where it is not written,
// the nearest key above it that is.
func (n *Node) Position(path string) Range { return n.find(path).Range() }

// find returns the node at path, or the nearest one above it.
func (n *Node) find(path string) *Node {
	for path != "" {
		var step string
		step, path = splitPath(path)
		next := n.step(step)
		if next == nil {
			return n
		}
		n = next
	}
	return n
}

func (n *Node) step(step string) *Node {
	list := resolveAlias(n.YAML)
	if list.Kind != yaml.SequenceNode {
		return n.Child(step)
	}
	i, err := strconv.Atoi(step)
	if err != nil || i < 0 || i >= len(list.Content) {
		return nil
	}
	return n.below(fmt.Sprintf("%s[%d]", n.Path, i), nil, list.Content[i])
}

// splitPath cuts the first step off a path: "a.b[0]" into "a" and "b[0]", "[0].c" into "0" and "c".
func splitPath(path string) (step, rest string) {
	path = strings.TrimPrefix(path, ".")
	if inner, ok := strings.CutPrefix(path, "["); ok {
		step, rest, _ = strings.Cut(inner, "]")
		return step, rest
	}
	if i := strings.IndexAny(path, ".["); i > 0 {
		return path[:i], path[i:]
	}
	return path, ""
}

func joinPath(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// diagnostic says something of n, at n.
func (n *Node) diagnostic(summary, hint string) Diagnostic {
	return Diagnostic{Range: n.Range(), Path: n.Path, Summary: summary, Hint: hint}
}

// atKey says something of n, at its key.
func (n *Node) atKey(summary, hint string) Diagnostic {
	return Diagnostic{Range: n.KeyRange(), Path: n.Path, Summary: summary, Hint: hint}
}

func resolveAlias(v *yaml.Node) *yaml.Node {
	for v.Kind == yaml.AliasNode && v.Alias != nil {
		v = v.Alias
	}
	return v
}

func isMergeKey(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.ShortTag() == "!!merge"
}

// mergeSources lists the mappings that the value of a merge key names.
func mergeSources(value *yaml.Node) []*yaml.Node {
	v := resolveAlias(value)
	switch v.Kind {
	case yaml.MappingNode:
		return []*yaml.Node{v}
	case yaml.SequenceNode:
		var all []*yaml.Node
		for _, item := range v.Content {
			if m := resolveAlias(item); m.Kind == yaml.MappingNode {
				all = append(all, m)
			}
		}
		return all
	}
	return nil
}
