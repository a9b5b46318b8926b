package project

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/drt-go/drt/connector"
)

// unsupported is a key of the Python drt that this drt does not have yet. Keys of theirs are refused by name: a file
// that works there must not lose a part of its meaning here in silence.
type unsupported struct {
	path string
	hint string
}

func unsupportedInSync() []unsupported {
	return []unsupported{
		{"tests", "test the target in the warehouse"},
		{"unit_tests", "test the model in the source"},
		{"alerts", "act on the exit code, or on `drt run --output json`"},
		{"sync.replace_strategy", "mode replace is one commit in any case: leave it out"},
		{"sync.incremental_strategy", "mode incremental compares the cursor; mode mirror compares all rows"},
		{"sync.diff", "rows that do not differ are not updated in any case"},
		{"sync.watermark", "the watermark is kept in .drt/state.db"},
		{"sync.match_policy", ""},
		{"sync.write_policy", ""},
		{"sync.write_policy_overrides", ""},
		{"sync.rate_limit", ""},
		{"sync.retry", "what surely had no effect is tried again in any case"},
		{"sync.computed_fields", "compute them in the model"},
		{"sync.field_mappings", "rename columns in the model: SELECT a AS b"},
		{"sync.mask", "mask in the model, with a function of the source; sync.sensitive hides columns from what drt prints"},
		{"sync.dlq", "with on_error: skip rejected rows are kept in .drt/state.db: see sync.dead_letters"},
	}
}

func unsupportedInProject() []unsupported {
	return []unsupported{
		{"source", "the source is a profile: see profiles.yml"},
		{"query_tagging", ""},
		{"state.backend", "state is kept in .drt/state.db"},
	}
}

func unsupportedInProfiles() []unsupported {
	return []unsupported{{"observability", ""}}
}

// refuseUnsupported names the keys of the Python drt in n, and returns their paths so that decoding leaves them alone.
func refuseUnsupported(n *connector.Node, list []unsupported) (ds connector.Diagnostics, skip []string) {
	for _, u := range list {
		parent := n
		steps := strings.Split(u.path, ".")
		for _, step := range steps[:len(steps)-1] {
			if parent = parent.Child(step); parent == nil {
				break
			}
		}
		if parent == nil {
			continue
		}
		if found := parent.Child(steps[len(steps)-1]); found != nil {
			skip = append(skip, u.path)
			ds = append(ds, connector.Diagnostic{
				Range: found.KeyRange(), Path: found.Path,
				Summary: fmt.Sprintf("%q of the Python drt is not supported yet", found.Key.Value), Hint: u.hint,
			})
		}
	}
	return ds, skip
}

func pythonSources() []string {
	return []string{
		"duckdb", "sqlite", "postgres", "redshift", "mysql", "clickhouse", "sqlserver", "snowflake", "databricks", "bigquery",
		"rest_api", "deltalake", "iceberg",
	}
}

func pythonDestinations() []string {
	return []string{"databricks", "postgres", "mysql", "file", "parquet", "rest_api", "slack", "snowflake"}
}

// refuseType refuses a type that only the Python drt has; any other unknown type is for the registry to refuse.
func refuseType(n *connector.Node, kind string, ours, theirs []string) connector.Diagnostics {
	t := n.Child("type")
	if t == nil || t.YAML.Kind != yaml.ScalarNode || slices.Contains(ours, t.YAML.Value) || !slices.Contains(theirs, t.YAML.Value) {
		return nil
	}
	return connector.Diagnostics{{
		Range: t.Range(), Path: t.Path,
		Summary: fmt.Sprintf("%s type %q of the Python drt is not supported yet", kind, t.YAML.Value),
		Hint:    "there are " + strings.Join(ours, ", "),
	}}
}
