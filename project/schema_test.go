package project

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/sources"
)

type spareConfig struct {
	Path    string            `yaml:"path" validate:"required"`
	Columns map[string]string `yaml:"columns"`
	Staging struct {
		Loader string `yaml:"loader"`
	} `yaml:"staging"`
}

func spareSchema(t *testing.T) map[string]any {
	t.Helper()
	text, err := Schema(
		sources.NewRegistry(sources.Define("spare", spareConfig{}, func(spareConfig, connector.Env) (sources.Source, error) { return nil, nil })),
		destinations.NewRegistry(destinations.Define("spare", spareConfig{}, func(spareConfig, connector.Env) (destinations.Destination, error) { return nil, nil })),
	)
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs map[string]any `json:"$defs"`
	}
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	return schema.Defs
}

// The schema has the keys of the structs, with their texts, and no others.
func TestSchemaHasEveryKeyOfTheStructs(t *testing.T) {
	defs := spareSchema(t)
	for name, config := range map[string]any{
		"sync": syncFile{}, "project": projectFile{}, "profile_spare": spareConfig{}, "destination_spare": spareConfig{},
	} {
		extra := 0
		if strings.HasSuffix(name, "_spare") {
			extra = 1 // the key type
		}
		checkKeys(t, name, defs[name], reflect.TypeOf(config), extra)
	}
}

// checkKeys walks a struct on its own, not by connector.FieldsOf, which the schema is made with.
func checkKeys(t *testing.T, path string, schema any, config reflect.Type, extra int) {
	t.Helper()
	object := objectOf(schema)
	properties, _ := object["properties"].(map[string]any)
	if object["additionalProperties"] != false {
		t.Errorf("%s allows unknown keys", path)
	}
	if len(properties) != config.NumField()+extra {
		t.Errorf("%s has %d keys, the struct %d", path, len(properties)-extra, config.NumField())
	}
	for i := range config.NumField() {
		f := config.Field(i)
		name := f.Tag.Get("yaml")
		property, ok := properties[name].(map[string]any)
		if !ok {
			t.Errorf("%s.%s is not in the schema", path, name)
			continue
		}
		if _, isRef := property["$ref"]; !isRef && property["description"] != f.Tag.Get("doc") && f.Tag.Get("doc") != "" {
			t.Errorf("%s.%s: description %q", path, name, property["description"])
		}
		if f.Type.Kind() == reflect.Struct {
			checkKeys(t, path+"."+name, property, f.Type, 0)
		}
	}
}

// objectOf finds the object in what may be written as text, too.
func objectOf(schema any) map[string]any {
	object, _ := schema.(map[string]any)
	choices, _ := object["anyOf"].([]any)
	for _, choice := range choices {
		if c, _ := choice.(map[string]any); c["properties"] != nil {
			return c
		}
	}
	return object
}

// What the struct's tags show as defaults are the values that a file is decoded over.
func TestDefaultsInTagsAreTheDefaults(t *testing.T) {
	text := "name: x\ndestination: {}\n"
	decode := func(more string) (s syncFile) {
		n, ds := connector.ParseNode("a.yml", []byte(text+more))
		s = newSyncFile()
		if ds = append(ds, connector.Decode(n, &s)...); len(ds) > 0 {
			t.Fatal(ds)
		}
		s.Destination = nil
		return s
	}
	var b strings.Builder
	b.WriteString("sync:\n")
	writeDefaults(&b, connector.FieldsOf(Settings{}), "  ")
	if written, silent := decode(b.String()), decode(""); !reflect.DeepEqual(written, silent) {
		t.Errorf("defaults of the tags %+v, in force %+v", written, silent)
	}
	var p strings.Builder
	p.WriteString("name: x\n")
	writeDefaults(&p, connector.FieldsOf(projectFile{}), "")
	n, ds := connector.ParseNode("p.yml", []byte(p.String()))
	written, silent := newProjectFile(), newProjectFile()
	if ds = append(ds, connector.Decode(n, &written)...); len(ds) > 0 {
		t.Fatal(ds)
	}
	silent.Name = "x"
	if !reflect.DeepEqual(written, silent) {
		t.Errorf("defaults of the tags %+v, in force %+v", written, silent)
	}
}

func writeDefaults(b *strings.Builder, fields []connector.Field, indent string) {
	for _, f := range fields {
		switch {
		case f.Default != "" && f.Type == "string":
			b.WriteString(indent + f.Name + ": \"" + f.Default + "\"\n")
		case f.Default != "":
			b.WriteString(indent + f.Name + ": " + f.Default + "\n")
		case f.Type == "object" && f.Name != "destination":
			b.WriteString(indent + f.Name + ":\n")
			writeDefaults(b, f.Fields, indent+"  ")
		}
	}
}
