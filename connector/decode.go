package connector

import "gopkg.in/yaml.v3"

// Node is a place in a YAML file: what a connector's config is decoded from.
type Node struct {
	File *File
	Path string // key path of YAML inside the file, "destination"; "" at the top
	YAML *yaml.Node
}

// ParseNode parses one YAML document. name is shown in diagnostics.
func ParseNode(name string, text []byte) (*Node, Diagnostics) {
	f := &File{Name: name, Text: text}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, Diagnostics{{Range: Range{File: f}, Summary: err.Error()}}
	}
	if len(doc.Content) == 0 {
		return &Node{File: f, YAML: &yaml.Node{Kind: yaml.MappingNode}}, nil
	}
	return &Node{File: f, YAML: doc.Content[0]}, nil
}

// Decode decodes n strictly over *into, a pointer to a struct, and validates it (tags `yaml` and `validate`).
// Keys in skip belong to somebody else. Unknown, misspelled and duplicated keys at any depth, wrong types and
// missing fields are diagnostics; all of them are returned at once.
func Decode(n *Node, into any, skip ...string) Diagnostics {
	m := *n.YAML
	m.Content = nil
	for i := 0; i+1 < len(n.YAML.Content); i += 2 {
		if !contains(skip, n.YAML.Content[i].Value) {
			m.Content = append(m.Content, n.YAML.Content[i], n.YAML.Content[i+1])
		}
	}
	if err := m.Decode(into); err != nil {
		return n.Diagnose(err)
	}
	return nil
}

// Diagnose turns an error of a constructor into diagnostics at n: each *FieldError in it at its field.
func (n *Node) Diagnose(err error) Diagnostics {
	return Diagnostics{{Range: Range{File: n.File, Line: n.YAML.Line, Column: n.YAML.Column}, Path: n.Path, Summary: err.Error()}}
}

// typeName reads the key `type` and holds it to names.
func (n *Node) typeName(kind string, names []string) (string, Diagnostics) {
	for i := 0; i+1 < len(n.YAML.Content); i += 2 {
		if n.YAML.Content[i].Value == "type" && contains(names, n.YAML.Content[i+1].Value) {
			return n.YAML.Content[i+1].Value, nil
		}
	}
	return "", Diagnostics{{Range: Range{File: n.File, Line: n.YAML.Line, Column: n.YAML.Column}, Path: n.Path, Summary: "unknown or missing type of " + kind}}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
