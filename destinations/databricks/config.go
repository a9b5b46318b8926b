package databricks

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// Config is what YAML says under `destination:`. There is no field for a token itself, only for its name.
type Config struct {
	HostEnv     string `yaml:"host_env" default:"DATABRICKS_HOST" doc:"environment variable that holds the workspace's host, with or without scheme and port"`
	HTTPPathEnv string `yaml:"http_path_env" default:"DATABRICKS_HTTP_PATH" doc:"environment variable that holds the warehouse's HTTP path"`
	TokenEnv    string `yaml:"token_env" default:"DATABRICKS_TOKEN" doc:"environment variable that holds the access token"`
	WarehouseID string `yaml:"warehouse_id" doc:"id of the SQL warehouse, instead of http_path_env"`

	ClientIDEnv     string             `yaml:"client_id_env" doc:"OAuth instead of a token: environment variable that holds the client id of a service principal"`
	ClientSecretEnv string             `yaml:"client_secret_env" doc:"environment variable that holds the OAuth secret of that service principal"`
	Profile         string             `yaml:"profile" doc:"profile of ~/.databrickscfg that names host and credentials, instead of the variables"`
	StartTimeout    connector.Duration `yaml:"start_timeout" validate:"gte=0" default:"10m" doc:"how long a warehouse that is asleep may take to start"`

	Catalog string `yaml:"catalog" validate:"required" doc:"catalog of the target; hive_metastore for a table outside Unity Catalog"`
	Schema  string `yaml:"schema" validate:"required" doc:"schema of the target"`
	Table   string `yaml:"table" validate:"required" doc:"table to write to"`

	Mode      string   `yaml:"mode" validate:"omitempty,oneof=insert merge" default:"insert" doc:"insert appends, merge updates by upsert_key; sync.mode mirror and upsert force merge"`
	UpsertKey []string `yaml:"upsert_key" validate:"dive,required" doc:"columns that identify a row; merge and mirror need them"`

	Create      bool              `yaml:"create" default:"false" doc:"create the target from the model if it does not exist"`
	ClusterBy   []string          `yaml:"cluster_by" validate:"dive,required" doc:"create: columns that the table is clustered by"`
	PartitionBy []string          `yaml:"partition_by" validate:"dive,required" doc:"create: columns that the table is partitioned by"`
	Comment     string            `yaml:"comment" doc:"create: comment of the table"`
	Properties  map[string]string `yaml:"properties" doc:"create: table properties, such as delta.enableChangeDataFeed"`

	SchemaEvolution  string  `yaml:"schema_evolution" validate:"omitempty,oneof=strict add widen" default:"strict" doc:"what a model does that no longer fits the target: strict fails the sync, add adds columns, widen also makes columns of a narrower type wider"`
	IntrospectSchema bool    `yaml:"introspect_schema" default:"true" doc:"read the target's columns and hold every value against them; false trusts the model's types"`
	Staging          Staging `yaml:"staging" doc:"how and where rows are staged"`
}

// Staging is how rows get into the warehouse.
type Staging struct {
	Loader string `yaml:"loader" validate:"omitempty,oneof=auto json values volume" default:"auto" doc:"volume: Parquet files in a Unity Catalog volume; json: up to 900 KB of rows in one marker; values: at most 255 markers a statement; auto: volume for a large load if staging.volume is set, else json"`
	Volume string `yaml:"volume" doc:"Unity Catalog volume for files, as catalog.schema.volume; the run needs READ VOLUME and WRITE VOLUME on it"`
	Schema string `yaml:"schema" doc:"schema of the scratch tables, in the target's catalog; the target's schema if empty"`
}

// The modes that `mode` takes.
const (
	modeInsert = "insert"
	modeMerge  = "merge"
)

// The variables that are looked for if YAML names no others: then those that Databricks' own tools know count too.
const (
	defaultHostEnv     = "DATABRICKS_HOST"
	defaultHTTPPathEnv = "DATABRICKS_HTTP_PATH"
	defaultTokenEnv    = "DATABRICKS_TOKEN"
)

// Defaults is the config before YAML is decoded over it.
func Defaults() Config {
	return Config{
		HostEnv: defaultHostEnv, HTTPPathEnv: defaultHTTPPathEnv, TokenEnv: defaultTokenEnv,
		StartTimeout: connector.Duration(10 * time.Minute), IntrospectSchema: true,
	}
}

// Spec announces the destination.
func Spec() destinations.Spec {
	return destinations.Define("databricks", Defaults(), func(c Config, env connector.Env) (destinations.Destination, error) {
		return New(c, env)
	})
}

// Capabilities implements destinations.Capable: what the destination can do, whatever the config says.
func (Config) Capabilities() destinations.Capabilities {
	return destinations.Capabilities{
		Modes: []destinations.Mode{
			destinations.ModeInsert, destinations.ModeMerge, destinations.ModeMirror, destinations.ModeReplace,
		},
		Options: []destinations.Option{
			destinations.OptionDuplicateFail, destinations.OptionTouch, destinations.OptionDryRun, destinations.OptionGuards, destinations.OptionExactlyOnce,
			destinations.OptionMirrorScope, destinations.OptionMirrorWhere, destinations.OptionMirrorTracked,
			destinations.OptionMirrorAtomic, destinations.OptionMirrorSoft, destinations.OptionInsertWhere, destinations.OptionMetadata,
		},
	}
}

// check returns the mistakes that only this connector can see, as *connector.FieldError.
func (c Config) check() error {
	var errs []error
	bad := func(field, hint, format string, args ...any) {
		errs = append(errs, &connector.FieldError{Field: field, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	switch c.Mode {
	case "", modeInsert, modeMerge:
	default:
		bad("mode", "write insert or merge; mirror and replace are sync.mode", "unsupported mode: %s", c.Mode)
	}
	if c.Mode == modeMerge && len(c.UpsertKey) == 0 {
		bad("upsert_key", "name the columns that identify a row: upsert_key: [id]", "upsert_key is required")
	}
	if (c.ClientIDEnv == "") != (c.ClientSecretEnv == "") {
		field := "client_id_env"
		if c.ClientIDEnv != "" {
			field = "client_secret_env"
		}
		bad(field, "", "client_id_env and client_secret_env go together: %s is missing", field)
	}
	if c.Profile != "" && c.ClientIDEnv != "" {
		bad("profile", "leave one of them out", "profile and client_id_env both say who drt is")
	}
	seen := map[string]bool{}
	for i, k := range c.UpsertKey {
		if l := strings.ToLower(k); seen[l] {
			bad(fmt.Sprintf("upsert_key[%d]", i), "", "%s is named twice in upsert_key", k)
		} else {
			seen[l] = true
		}
	}
	c.checkTarget(bad)
	for _, n := range []struct{ field, value string }{
		{"catalog", c.Catalog}, {"schema", c.Schema}, {"table", c.Table}, {"staging.schema", c.Staging.Schema},
	} {
		if strings.ContainsFunc(n.value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			bad(n.field, "", "%s holds a control character", n.field)
		}
	}
	errs = append(errs, c.Staging.check()...)
	return errors.Join(errs...)
}

// checkTarget finds what contradicts itself in how the target is made and changed.
func (c Config) checkTarget(bad func(field, hint, format string, args ...any)) {
	for _, f := range []struct {
		field string
		set   bool
	}{
		{"cluster_by", len(c.ClusterBy) > 0}, {"partition_by", len(c.PartitionBy) > 0}, {"comment", c.Comment != ""}, {"properties", len(c.Properties) > 0},
	} {
		if f.set && !c.Create {
			bad(f.field, "set create: true, or remove it: drt changes nothing of a table that it did not create", "%s has no effect without create: true", f.field)
		}
	}
	if len(c.ClusterBy) > 0 && len(c.PartitionBy) > 0 {
		bad("partition_by", "remove one of them", "a table is clustered or partitioned, not both")
	}
	switch c.SchemaEvolution {
	case "", evolveStrict:
	case evolveAdd, evolveWiden:
		if !c.IntrospectSchema {
			bad("schema_evolution", "remove introspect_schema: false", "schema_evolution: %s needs to read the target's columns", c.SchemaEvolution)
		}
	default:
		bad("schema_evolution", "write strict, add or widen", "unsupported schema_evolution: %s", c.SchemaEvolution)
	}
}

// definition is what c says of a target that drt creates.
func (c Config) definition() definition {
	return definition{clusterBy: c.ClusterBy, partitionBy: c.PartitionBy, comment: c.Comment, properties: c.Properties}
}

// check returns the mistakes of the loader's settings.
func (s Staging) check() (errs []error) {
	bad := func(message, hint string) {
		errs = append(errs, &connector.FieldError{Field: "staging.volume", Message: message, Hint: hint})
	}
	_, ok := parseVolume(s.Volume)
	switch {
	case s.Volume == "" && s.Loader == loaderVolume:
		bad("loader volume needs staging.volume", "name one as catalog.schema.volume: volume: main.default.staging")
	case s.Volume != "" && !ok:
		bad(fmt.Sprintf("%q is no name of a volume", s.Volume), "write it as catalog.schema.volume: volume: main.default.staging")
	case s.Volume != "" && (s.Loader == loaderJSON || s.Loader == loaderValues):
		bad("loader "+s.Loader+" uses no volume", "leave staging.volume out, or set staging.loader: auto")
	}
	return errs
}

// target is the table that the config names.
func (c Config) target() table {
	return table{catalog: ident(c.Catalog), schema: ident(c.Schema), name: ident(c.Table)}
}

// scratchSchema is where the scratch tables of c lie; its name is empty.
func (c Config) scratchSchema() table {
	t := c.target()
	if t.name = ""; c.Staging.Schema != "" {
		t.schema = ident(c.Staging.Schema)
	}
	return t
}
