package connector

import (
	"fmt"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// describe names what v is, for "expected ..., got ...".
func describe(v *yaml.Node) string {
	v = resolveAlias(v)
	switch v.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch v.ShortTag() {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	}
	return "text"
}

// gotValue says what was written instead, unless it may be a secret.
func gotValue(n *Node) string {
	if quoted := quoteValue(n); quoted != "" {
		return ", got" + quoted
	}
	return ", got " + describe(n.YAML)
}

// quoteValue is the scalar of n in quotes after a space; "" where it may be a secret or holds no text.
func quoteValue(n *Node) string {
	v := resolveAlias(n.YAML)
	secret := n.Key != nil && IsSecretKey(n.Key.Value) || looksLikeToken(v.Value)
	if v.Kind != yaml.ScalarNode || secret || v.ShortTag() == envTag {
		return ""
	}
	if v.ShortTag() == "!!str" {
		return fmt.Sprintf(" %q", clip(v.Value))
	}
	return " " + clip(v.Value)
}

const maxQuoted = 60 // runes of a value that messages repeat

func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxQuoted {
		return s
	}
	return string([]rune(s)[:maxQuoted]) + "…"
}
