package connector

// Field is one key of a config, as help, JSON Schema and the docs table show it. It comes from a struct's tags:
//
//	Batch int `yaml:"batch_size" validate:"gt=0" default:"10000" doc:"rows per Arrow batch"`
//
// default is only shown; the value comes from the struct that is decoded over.
type Field struct {
	Name     string // "batch_size"
	Type     string // "string", "integer", "number", "boolean", "list of string", "map of string", "object"
	Default  string // as YAML writes it; "" if none
	Required bool
	Enum     []string // from validate:"oneof=a b"
	Doc      string
	Fields   []Field // of an object, or of the objects in a list or map
}

// FieldsOf lists the fields of a config struct.
func FieldsOf(config any) []Field { return nil }
