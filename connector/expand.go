package connector

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// TextError is what Expand's function could not replace: Text as it is written ("${HOST}"), so that the diagnostic
// points at it.
type TextError struct{ Text, Message, Hint string }

// Error implements error.
func (e *TextError) Error() string { return e.Message }

// Expand returns a copy of n in which replace has gone over every text value (no key), except those below the key paths
// in skip, relative to n. What it changed fits any scalar type and is never quoted in a diagnostic. What it could not
// replace is a diagnostic here, and again where the copy is decoded. n stays as it is.
func (n *Node) Expand(replace func(text string) (string, []*TextError), skip ...string) (*Node, Diagnostics) {
	e := expander{
		replace: replace, top: n, copies: map[*yaml.Node]*yaml.Node{}, skip: map[*yaml.Node]bool{}, unset: map[*yaml.Node]Diagnostics{},
	}
	for _, path := range skip {
		if found := n.find(path); found != n {
			e.skip[found.YAML] = true
		}
	}
	expanded := *n
	expanded.YAML = e.copy(n.YAML, n.Path)
	expanded.unset = e.unset
	return &expanded, e.report.all()
}

type expander struct {
	replace func(string) (string, []*TextError)
	top     *Node
	copies  map[*yaml.Node]*yaml.Node // so that an alias stays an alias of the same value
	skip    map[*yaml.Node]bool
	unset   map[*yaml.Node]Diagnostics
	report  collector
}

func (e *expander) copy(v *yaml.Node, path string) *yaml.Node {
	if e.skip[v] {
		return v
	}
	if done, ok := e.copies[v]; ok {
		return done
	}
	c := *v
	e.copies[v] = &c
	switch v.Kind {
	case yaml.AliasNode:
		c.Alias = e.copy(v.Alias, path)
	case yaml.ScalarNode:
		e.scalar(&c, path)
	case yaml.SequenceNode:
		c.Content = make([]*yaml.Node, len(v.Content))
		for i, item := range v.Content {
			c.Content[i] = e.copy(item, fmt.Sprintf("%s[%d]", path, i))
		}
	case yaml.MappingNode:
		c.Content = make([]*yaml.Node, len(v.Content))
		for i := 0; i+1 < len(v.Content); i += 2 {
			c.Content[i] = v.Content[i]
			c.Content[i+1] = e.copy(v.Content[i+1], joinPath(path, v.Content[i].Value))
		}
	}
	return &c
}

func (e *expander) scalar(c *yaml.Node, path string) {
	if c.ShortTag() != "!!str" {
		return
	}
	text, bad := e.replace(c.Value)
	if len(bad) > 0 && e.report.full() { // finding the place of one more is not worth it
		e.unset[c] = e.report.list[:1]
		e.report.extra += len(bad)
		return
	}
	for _, b := range bad {
		e.unset[c] = append(e.unset[c], Diagnostic{Range: e.top.File.locate(c, b.Text), Path: path, Summary: b.Message, Hint: b.Hint})
	}
	if len(bad) > 0 {
		e.report.add(e.unset[c]...)
		return
	}
	if text != c.Value {
		c.Value, c.Tag = text, envTag
	}
}
