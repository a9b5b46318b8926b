package databricks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

const profiles = `[DEFAULT]
host  = https://default.cloud.databricks.com
token = dapi-default

[staging]
host          = staging.cloud.databricks.com
client_id     = sp-2
client_secret = ` + canary + `
warehouse_id  = w2

[azure]
host                = https://adb-1.2.azuredatabricks.net
azure_tenant_id     = tenant
azure_client_id     = app
azure_client_secret = ` + canary + `

[cli]
host      = https://dbc-9.cloud.databricks.com
auth_type = azure-cli

[two]
host          = https://dbc-9.cloud.databricks.com
token         = ` + canary + `
client_id     = sp-2
client_secret = ` + canary + `

[open]
host        = https://dbc-9.cloud.databricks.com
token       = ` + canary + `
skip_verify = true

[nobody]
host = https://dbc-9.cloud.databricks.com
`

// identity is what a login comes to.
type identity struct{ Kind, Host, Path string }

// loginOf logs in without any network.
func loginOf(t *testing.T, vars map[string]string, change func(*Config)) (identity, error) {
	t.Helper()
	c := Defaults()
	if change != nil {
		change(&c)
	}
	l, err := c.login(connector.Env{Lookup: func(name string) (string, bool) { v, ok := vars[name]; return v, ok }}, nil)
	if err != nil {
		return identity{}, err
	}
	if l.sdk == nil {
		return identity{"token", l.host, l.path}, nil
	}
	return identity{l.sdk.AuthType, l.host, l.path}, nil
}

func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".databrickscfg"), []byte(profiles), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Who drt is, by what is set: the YAML first, then the variables it names, then what Databricks' own tools know.
func TestLogin(t *testing.T) {
	at := home(t)
	by := func(profile string) func(*Config) { return func(c *Config) { c.Profile = profile } }
	for name, c := range map[string]struct {
		vars   map[string]string
		change func(*Config)
		want   identity
	}{
		"token": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_TOKEN": "t"}, nil, identity{"token", "h", "/p"}},
		"token before other things that are set": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_TOKEN": "t",
			"DATABRICKS_CLIENT_ID": "c", "DATABRICKS_CLIENT_SECRET": "s", "HOME": at}, nil, identity{"token", "h", "/p"}},
		"unless DATABRICKS_AUTH_TYPE says otherwise": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_TOKEN": "t",
			"DATABRICKS_CLIENT_ID": "c", "DATABRICKS_CLIENT_SECRET": "s", "DATABRICKS_AUTH_TYPE": "oauth-m2m"}, nil, identity{"oauth-m2m", "h", "/p"}},
		"warehouse_id": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_TOKEN": "t"},
			func(c *Config) { c.WarehouseID = "w" }, identity{"token", "h", "/sql/1.0/warehouses/w"}},
		"DATABRICKS_WAREHOUSE_ID": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_WAREHOUSE_ID": "w", "DATABRICKS_TOKEN": "t"}, nil,
			identity{"token", "h", "/sql/1.0/warehouses/w"}},
		"a service principal of the YAML": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_TOKEN": "t", "SP_ID": "c", "SP_SECRET": "s"},
			servicePrincipal, identity{"oauth-m2m", "h", "/p"}},
		"a service principal of the environment": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_CLIENT_ID": "c", "DATABRICKS_CLIENT_SECRET": "s"},
			nil, identity{"oauth-m2m", "h", "/p"}},
		"Azure": {map[string]string{"DATABRICKS_HOST": "adb-1.2.azuredatabricks.net", "DATABRICKS_HTTP_PATH": "/p", "ARM_CLIENT_ID": "c", "ARM_CLIENT_SECRET": "s", "ARM_TENANT_ID": "t"},
			nil, identity{"azure-client-secret", "adb-1.2.azuredatabricks.net", "/p"}},
		"the default profile": {map[string]string{"DATABRICKS_HTTP_PATH": "/p", "HOME": at}, nil, identity{"pat", "https://default.cloud.databricks.com", "/p"}},
		"DATABRICKS_CONFIG_PROFILE": {map[string]string{"DATABRICKS_CONFIG_PROFILE": "staging", "HOME": at}, nil,
			identity{"oauth-m2m", "staging.cloud.databricks.com", "/sql/1.0/warehouses/w2"}},
		"DATABRICKS_CONFIG_FILE": {map[string]string{"DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_CONFIG_FILE": filepath.Join(at, ".databrickscfg")}, nil,
			identity{"pat", "https://default.cloud.databricks.com", "/p"}},
		"a profile of the YAML, into which no variable mixes": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_TOKEN": "t", "HOME": at},
			by("staging"), identity{"oauth-m2m", "staging.cloud.databricks.com", "/sql/1.0/warehouses/w2"}},
		"a profile without warehouse": {map[string]string{"DATABRICKS_HTTP_PATH": "/p", "HOME": at}, by("azure"),
			identity{"azure-client-secret", "https://adb-1.2.azuredatabricks.net", "/p"}},
		"auth_type of a profile": {map[string]string{"DATABRICKS_HTTP_PATH": "/p", "HOME": at}, by("cli"),
			identity{"azure-cli", "https://dbc-9.cloud.databricks.com", "/p"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := loginOf(t, c.vars, c.change)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("login (-want +got):\n%s", diff)
			}
		})
	}
}

// What is missing or too much is named, without a secret.
func TestLoginRefuses(t *testing.T) {
	at := home(t)
	by := func(profile string) func(*Config) {
		return func(c *Config) { c.Profile, c.WarehouseID = profile, "w" }
	}
	for name, c := range map[string]struct {
		vars   map[string]string
		change func(*Config)
		says   string
	}{
		"nothing": {nil, nil, "DATABRICKS_HOST, DATABRICKS_HTTP_PATH, DATABRICKS_TOKEN are not set"},
		"no secret": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "SP_ID": "x"}, servicePrincipal,
			"SP_SECRET is not set (looked for DATABRICKS_HOST, DATABRICKS_HTTP_PATH, SP_ID, SP_SECRET)"},
		"a token of another name does not become another token": {
			map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "DATABRICKS_TOKEN": canary, "HOME": at},
			func(c *Config) { c.TokenEnv = "MINE" }, "MINE is not set"},
		"nor a host another host": {
			map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "HOME": at},
			func(c *Config) { c.HostEnv = "MINE" }, "MINE, DATABRICKS_TOKEN are not set"},
		"unknown profile":         {map[string]string{"HOME": at}, by("missing"), "has no missing profile configured"},
		"no file":                 {map[string]string{"HOME": t.TempDir()}, by("DEFAULT"), "does not exist"},
		"no home":                 {nil, by("DEFAULT"), "neither DATABRICKS_CONFIG_FILE nor HOME"},
		"profile of nobody":       {map[string]string{"HOME": at}, by("nobody"), "names no credentials"},
		"profile of two":          {map[string]string{"HOME": at}, by("two"), "more than one authorization method"},
		"profile without checks":  {map[string]string{"HOME": at}, by("open"), "skip_verify is not supported"},
		"profile, no warehouse":   {map[string]string{"HOME": at}, func(c *Config) { c.Profile = "azure" }, "which warehouse"},
		"a variable of bad shape": {map[string]string{"DATABRICKS_HOST": "h", "DATABRICKS_HTTP_PATH": "/p", "ARM_USE_MSI": canary}, nil, "ARM_USE_MSI is not what it should be"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loginOf(t, c.vars, c.change)
			if connector.KindOf(err) != connector.KindConfig || !strings.Contains(err.Error(), c.says) {
				t.Errorf("want a config error that says %q, got %v", c.says, err)
			}
			if err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

// A secret never goes to a place that is not encrypted.
func TestNoSecretInTheClear(t *testing.T) {
	n := newInternet(t)
	vars := map[string]string{"DATABRICKS_HOST": "http://" + workspace, "SP_ID": "sp-1", "SP_SECRET": canary}
	_, err := n.destination(t, vars, servicePrincipal).connect(t.Context(), nil, nil)
	if connector.KindOf(err) != connector.KindConfig || len(n.requests()) != 0 {
		t.Errorf("%v, requests %q", err, n.requests())
	}
}
