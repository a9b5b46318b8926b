package databricks

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"

	"github.com/databricks/databricks-sdk-go/config"
	sdklog "github.com/databricks/databricks-sdk-go/logger"

	"github.com/drt-go/drt/connector"
)

// How long the SDK tries to get a token, in seconds: all attempts together, and one request.
const (
	tokenRetrySeconds   = 60
	tokenRequestSeconds = 30
)

// withSDK wraps a config of the SDK. What it sends goes over base.
func withSDK(sdk *config.Config, base http.RoundTripper) *login {
	quiet()
	l := &login{sdk: sdk, wire: &tokenWire{base: base}}
	sdk.HTTPTransport = l.wire
	sdk.RetryTimeoutSeconds, sdk.HTTPTimeoutSeconds = tokenRetrySeconds, tokenRequestSeconds
	return l
}

// quiet turns the SDK's log off: it has one logger for the process, and writes who logs in where to stderr.
var quiet = sync.OnceFunc(func() {
	sdklog.DefaultLogger = &sdklog.SimpleLogger{Level: sdklog.LevelError + 1}
})

// byProfile takes host and identity from a profile of the Databricks config file; variables do not mix in.
func (c Config) byProfile(vars variables, base http.RoundTripper) (*login, error) {
	file := configFile(vars)
	l := withSDK(&config.Config{Profile: c.Profile, ConfigFile: file}, base)
	if file == "" {
		return nil, noLogin("profile "+c.Profile+": neither DATABRICKS_CONFIG_FILE nor HOME says where the config file is", "")
	}
	if err := l.load(config.ConfigFile, chosen{}); err != nil {
		return nil, err
	}
	switch {
	case l.sdk.Host == "" && l.sdk.AzureResourceID == "":
		return nil, noLogin("profile "+c.Profile+" names no host, or "+file+" does not exist", "write it with: databricks configure --profile "+c.Profile)
	case l.sdk.AuthType == "":
		return nil, noLogin("profile "+c.Profile+" of "+file+" names no credentials", authTypeHint)
	}
	l.host, l.path = l.sdk.Host, c.warehousePath(variables{}, l.sdk.WarehouseID)
	if l.path == "" {
		l.path = c.warehousePath(vars, "")
	}
	if l.path == "" {
		return nil, noLogin("nothing says which warehouse to use (looked for warehouse_id here and in profile "+c.Profile+", and for "+c.HTTPPathEnv+")",
			"set warehouse_id")
	}
	return l, nil
}

// byEnvironment takes what Databricks' own tools take: the unified variables, else the default profile.
func (c Config) byEnvironment(vars variables, base http.RoundTripper) (*login, error) {
	l := withSDK(&config.Config{Host: vars.get(c.HostEnv), Token: vars.get(c.TokenEnv), ConfigFile: configFile(vars)}, base)
	loaders := []config.Loader{fromEnvironment{vars}}
	if l.sdk.ConfigFile != "" && (c.HostEnv == defaultHostEnv || l.sdk.Host != "") {
		loaders = append(loaders, config.ConfigFile)
	}
	if c.HostEnv != defaultHostEnv && l.sdk.Host == "" {
		loaders = nil // a host of another name than the one the YAML says is somebody else's
	}
	if err := l.load(append(loaders, chosen{})...); err != nil {
		return nil, err
	}
	if l.host, l.path = l.sdk.Host, c.warehousePath(vars, l.sdk.WarehouseID); l.host == "" && l.sdk.AzureResourceID != "" {
		return l, c.complete(&login{host: "later", path: l.path}, nil)
	}
	return l, c.complete(l, names(c.TokenEnv, l.sdk.AuthType))
}

// load fills the config in. Nothing is asked of the network yet.
func (l *login) load(loaders ...config.Loader) error {
	l.sdk.Loaders = loaders
	if err := l.sdk.EnsureResolved(); err != nil {
		return noLogin(l.mask(err), authTypeHint)
	}
	if l.sdk.InsecureSkipVerify {
		return noLogin("skip_verify is not supported: certificates are always checked", "take it out of the profile")
	}
	return nil
}

const authTypeHint = "set DATABRICKS_AUTH_TYPE, or auth_type in the profile, to say which credentials to use: pat, oauth-m2m, azure-client-secret, azure-cli, databricks-cli, ..."

func noLogin(message, hint string) error {
	return &connector.Error{Kind: connector.KindConfig, Op: "find the warehouse", Message: message, Hint: hint}
}

// refused says why there is no token. It keeps no cause: what servers answer may repeat what was sent.
func (l *login) refused(err error) error {
	e := &connector.Error{Kind: connector.KindAuth, Op: "log in", Message: l.sdk.AuthType + ": " + l.mask(err)}
	switch status := int(l.wire.status.Load()); {
	case strings.Contains(e.Message, "not configured"), strings.Contains(e.Message, "not found, please check"):
		e.Kind, e.Hint = connector.KindConfig, authTypeHint
	case status == noAnswer || transientStatus(status):
		e.Kind, e.Err = connector.KindTransient, errUnreachable
		e.Hint = "the place that gives tokens did not answer: check the host, and the network or proxy between"
	default:
		e.Hint = "check the credentials, and that they belong to a principal of this workspace"
	}
	return e
}

// mask returns the text of err without any secret of the config, in one line.
func (l *login) mask(err error) string {
	text, _, _ := strings.Cut(err.Error(), ". Config: ") // the SDK adds all it knows
	for _, a := range config.ConfigAttributes {
		if a.Sensitive && !a.IsZero(l.sdk) {
			text = strings.ReplaceAll(text, a.GetString(l.sdk), "[redacted]")
		}
	}
	return clip(text)
}

// configFile is the file of profiles; "" if the environment does not say where home is.
func configFile(vars variables) string {
	home := vars.get("HOME")
	if home == "" {
		home = vars.get("USERPROFILE")
	}
	switch file := vars.get("DATABRICKS_CONFIG_FILE"); {
	case strings.HasPrefix(file, "~/") && home != "":
		return filepath.Join(home, file[2:])
	case file != "":
		return file
	case home != "":
		return filepath.Join(home, ".databrickscfg")
	}
	return ""
}

// fromEnvironment is the SDK's loader of variables over our environment instead of the process's.
type fromEnvironment struct{ vars variables }

// Name implements config.Loader.
func (fromEnvironment) Name() string { return "environment" }

// Configure implements config.Loader.
func (f fromEnvironment) Configure(c *config.Config) error {
	for _, a := range config.ConfigAttributes {
		if !a.IsZero(c) {
			continue
		}
		for _, name := range a.EnvVars {
			if v := f.vars.get(name); v != "" {
				if err := a.SetS(c, v); err != nil {
					return noLogin(name+" is not what it should be", "")
				}
				break
			}
		}
	}
	return nil
}

// chosen decides how to log in by what is configured, and only by that: the SDK itself would try one way after the
// other, run programs and ask metadata services on the way, and report nothing but the last failure.
type chosen struct{}

// Name implements config.Loader.
func (chosen) Name() string { return "chosen" }

// Configure implements config.Loader. Several identities at once are left to the SDK, which refuses them.
func (chosen) Configure(c *config.Config) error {
	for _, way := range []struct {
		kind string
		set  bool
	}{
		{c.AuthType, c.AuthType != ""},
		{"pat", c.Token != ""},
		{"oauth-m2m", c.ClientID != "" && c.ClientSecret != ""},
		{"azure-client-secret", c.AzureClientID != "" && c.AzureClientSecret != "" && c.AzureTenantID != ""},
		{"azure-msi", c.AzureUseMSI},
		{"google-credentials", c.GoogleCredentials != ""},
		{"google-id", c.GoogleServiceAccount != ""},
		{"metadata-service", c.MetadataServiceURL != ""},
		{"basic", c.Username != "" && c.Password != ""},
		{"file-oidc", c.OIDCTokenFilepath != ""},
		{"env-oidc", c.OIDCTokenEnv != ""},
	} {
		if way.set && c.AuthType == "" {
			if err := config.ConfigAttributes.Validate(c); err != nil {
				return err
			}
			c.AuthType = way.kind
		}
	}
	return nil
}
