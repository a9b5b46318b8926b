package project

import (
	"encoding/json"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
)

// object is a JSON object; encoding/json writes its keys sorted, so that the schema is the same each time.
type object = map[string]any

// Schema returns a JSON Schema (draft 2020-12) of the project's files, derived from the structs that they are decoded
// into and from the configs of the connectors. One schema serves all three kinds of files: what has the key
// destination is a sync, what has the key name besides is drt_project.yml, the rest is profiles.yml. Each is in $defs
// too: sync, project, profiles.
func Schema(s *sources.Registry, d *destinations.Registry) ([]byte, error) {
	defs := object{
		"filled_in": object{
			"type": "string", "pattern": `\$\{|\{\{`,
			"description": "text that ${VAR} or {{ var('name') }} fills in",
		},
		"sync":     withDestination(objectSchema(connector.FieldsOf(syncFile{}))),
		"project":  objectSchema(connector.FieldsOf(projectFile{})),
		"profiles": profilesSchema(),
	}
	addTypes(defs, "profile", s.Specs())
	addTypes(defs, "destination", d.Specs())
	return json.MarshalIndent(object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "drt: syncs/*.yml, drt_project.yml and profiles.yml",
		"$defs":   defs,
		"if":      object{"required": []string{"destination"}},
		"then":    ref("sync"),
		"else": object{
			"if":   object{"properties": object{"name": object{"type": "string"}}, "required": []string{"name"}},
			"then": ref("project"),
			"else": ref("profiles"),
		},
	}, "", "  ")
}

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

func withDestination(sync object) object {
	sync["properties"].(object)["destination"] = ref("destination")
	return sync
}

// profilesSchema is names with profiles, also below the key `profiles`.
func profilesSchema() object {
	return object{
		"type":                 "object",
		"properties":           object{"profiles": object{"type": []string{"object", "null"}, "additionalProperties": ref("profile")}},
		"additionalProperties": ref("profile"),
	}
}

// addTypes adds the schema of kind, which goes by the key `type`, and one for each type.
func addTypes[T any](defs object, kind string, specs []connector.Spec[T]) {
	var choices []any
	for _, spec := range specs {
		name := kind + "_" + spec.Name()
		one := objectSchema(spec.Fields())
		one["properties"].(object)["type"] = object{"const": spec.Name()}
		defs[name] = one
		choices = append(choices, object{
			"if":   object{"properties": object{"type": object{"const": spec.Name()}}, "required": []string{"type"}},
			"then": ref(name),
		})
	}
	schema := object{
		"type": "object", "required": []string{"type"},
		"properties": object{"type": object{"type": "string", "enum": specNames(specs)}},
	}
	if len(choices) > 0 {
		schema["allOf"] = choices
	}
	defs[kind] = schema
}

// objectSchema allows the fields and nothing else.
func objectSchema(fields []connector.Field) object {
	properties := object{}
	required := []string{}
	for _, f := range fields {
		properties[f.Name] = fieldSchema(f)
		if f.Required {
			required = append(required, f.Name)
		}
	}
	schema := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func fieldSchema(f connector.Field) object {
	schema := typeSchema(f.Type, f)
	if f.Doc != "" {
		schema["description"] = f.Doc
	}
	if f.Default != "" {
		schema["default"] = defaultValue(f)
	}
	return schema
}

// typeSchema is the schema of a type as connector.Field names it.
func typeSchema(name string, f connector.Field) object {
	if item, ok := strings.CutPrefix(name, "list of "); ok {
		list := object{"type": []string{"array", "null"}, "items": typeSchema(item, f)}
		if unique(f) {
			list["uniqueItems"] = true
		}
		return list
	}
	if item, ok := strings.CutPrefix(name, "map of "); ok {
		return object{"type": []string{"object", "null"}, "additionalProperties": typeSchema(item, f)}
	}
	switch name {
	case "object":
		if f.Fields == nil {
			return object{"type": "object"}
		}
		schema := objectSchema(f.Fields)
		schema["type"] = []string{"object", "null"}
		return schema
	case "string or object":
		return object{"anyOf": []any{scalarSchema(connector.Field{Type: "string", Enum: f.Enum}), objectSchema(f.Fields)}}
	case "any":
		return object{}
	case "scalar":
		return object{"type": []string{"string", "number", "boolean"}}
	}
	f.Type = name
	return scalarSchema(f)
}

// scalarSchema is the schema of one value; what is not free text may be filled in, too.
func scalarSchema(f connector.Field) object {
	schema := object{"type": f.Type}
	switch {
	case f.Type == "duration":
		schema = object{"type": "string", "pattern": `^\s*([0-9]+\s*(s|m|h|d|w|(second|minute|hour|day|week)s?)|([0-9.]+(ns|us|µs|ms|s|m|h))+)\s*$`}
	case strings.HasSuffix(f.Name, "_env") && f.Type == "string":
		schema["pattern"] = "^[A-Za-z_][A-Za-z0-9_]*$"
	case len(f.Enum) > 0:
		schema["enum"] = f.Enum
	}
	for _, rule := range f.Rules {
		if keyword := limit(rule.Name); keyword != "" && (f.Type == "integer" || f.Type == "number") {
			schema[keyword] = json.Number(rule.Param)
		}
	}
	if f.Required && f.Type == "string" {
		schema["minLength"] = 1
	}
	if len(schema) == 1 && f.Type == "string" {
		return schema
	}
	return object{"anyOf": []any{schema, ref("filled_in")}}
}

// limit is the keyword of JSON Schema for a rule of a number.
func limit(rule string) string {
	switch rule {
	case "gt":
		return "exclusiveMinimum"
	case "gte", "min":
		return "minimum"
	case "lt":
		return "exclusiveMaximum"
	case "lte", "max":
		return "maximum"
	}
	return ""
}

func unique(f connector.Field) bool {
	for _, r := range f.Rules {
		if r.Name == "unique" {
			return true
		}
	}
	return false
}

// defaultValue is a default as JSON has it.
func defaultValue(f connector.Field) any {
	if f.Type == "string" || f.Type == "duration" {
		return f.Default
	}
	var v any
	if err := yaml.Unmarshal([]byte(f.Default), &v); err != nil {
		return f.Default
	}
	return v
}
