package databricks

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/databricks/databricks-sdk-go/config"

	"github.com/drt-go/drt/connector"
)

// login is who drt is to a workspace: a personal access token, or a config of the SDK, which fetches tokens and renews
// them. It is safe for concurrent use, and implements the driver's auth.Authenticator.
type login struct {
	token connector.Secret
	sdk   *config.Config // nil: token
	wire  *tokenWire     // below sdk

	host string // "" if only sdk will know, once it has a token (an Azure resource id)
	path string // HTTP path of the warehouse
}

// login finds out who drt is, without I/O but for the file of profiles. Errors are of kind config.
func (c Config) login(env connector.Env, base http.RoundTripper) (*login, error) {
	if w := env.Warehouse; w != nil {
		return &login{token: w.Token, host: w.Host, path: w.HTTPPath}, nil
	}
	vars := variables{env}
	switch {
	case c.Profile != "":
		return c.byProfile(vars, base)
	case c.ClientIDEnv != "" || c.ClientSecretEnv != "":
		return c.byClient(vars, base)
	}
	// DATABRICKS_AUTH_TYPE, if it is set, decides between a token and other things that are set.
	if kind := vars.get("DATABRICKS_AUTH_TYPE"); vars.get(c.TokenEnv) == "" && c.TokenEnv == defaultTokenEnv || kind != "" && kind != "pat" {
		return c.byEnvironment(vars, base)
	}
	return c.byToken(vars)
}

func (c Config) byToken(vars variables) (*login, error) {
	l := &login{host: vars.get(c.HostEnv), path: c.warehousePath(vars, ""), token: connector.NewSecret(vars.get(c.TokenEnv))}
	return l, c.complete(l, names(c.TokenEnv, l.token.Reveal()))
}

// byClient is OAuth for machines: the id and the secret of a service principal buy tokens of an hour.
func (c Config) byClient(vars variables, base http.RoundTripper) (*login, error) {
	sdk := &config.Config{
		Host: vars.get(c.HostEnv), ClientID: vars.get(c.ClientIDEnv), ClientSecret: vars.get(c.ClientSecretEnv), AuthType: "oauth-m2m",
	}
	l := withSDK(sdk, base)
	l.host, l.path = sdk.Host, c.warehousePath(vars, "")
	if err := c.complete(l, append(names(c.ClientIDEnv, sdk.ClientID), names(c.ClientSecretEnv, sdk.ClientSecret)...)); err != nil {
		return nil, err
	}
	return l, l.load(chosen{})
}

// warehousePath is where the warehouse is in its workspace; "" if nothing says it. id is what a profile or the unified
// environment says, which counts last.
func (c Config) warehousePath(vars variables, id string) string {
	const below = "/sql/1.0/warehouses/"
	if c.WarehouseID != "" {
		return below + c.WarehouseID
	}
	if path := vars.get(c.HTTPPathEnv); path != "" {
		return path
	}
	if id == "" && c.HTTPPathEnv == defaultHTTPPathEnv {
		id = vars.get("DATABRICKS_WAREHOUSE_ID")
	}
	if id == "" {
		return ""
	}
	return below + id
}

// variables is the environment as connectors see it.
type variables struct{ connector.Env }

// get returns the value of a variable without space around it; "" if it is not set.
func (v variables) get(name string) string {
	if name == "" || v.Lookup == nil {
		return ""
	}
	value, _ := v.Lookup(name)
	return strings.TrimSpace(value)
}

// names returns name if its value is missing.
func names(name, value string) []string {
	if value == "" {
		return []string{name}
	}
	return nil
}

// Authenticate sets the headers that prove who sends r. It may fetch a token first, which takes until it is there,
// until r's context ends, or a minute.
func (l *login) Authenticate(r *http.Request) error {
	if l.sdk == nil {
		r.Header.Set("Authorization", "Bearer "+l.token.Reveal())
		return nil
	}
	x := exchangeOf(r.Context())
	headers, err := l.headers(r.Context())
	if err != nil {
		if x != nil {
			x.withheld(err)
		}
		return err
	}
	for name, values := range headers {
		r.Header[name] = values
	}
	return nil
}

// headers asks the SDK, which does not look at contexts.
func (l *login) headers(ctx context.Context) (http.Header, error) {
	r := &http.Request{Header: http.Header{}}
	done := make(chan error, 1)
	go func() { done <- l.sdk.Authenticate(r) }()
	select {
	case err := <-done:
		if err != nil {
			return nil, l.refused(err)
		}
		return r.Header, nil
	case <-ctx.Done():
		return nil, &connector.Error{Kind: connector.KindCanceled, Op: "log in", Message: "interrupted", Err: ctx.Err()}
	}
}

// enter logs in before anything else is sent, so that a refusal is not taken for a sleeping warehouse, and returns
// where to go.
func (l *login) enter(ctx context.Context) (address, error) {
	if l.host != "" {
		// First, so that no secret goes to a place that parseAddress refuses.
		if _, err := parseAddress(l.host, l.path); err != nil {
			return address{}, err
		}
	}
	if l.sdk == nil {
		return parseAddress(l.host, l.path)
	}
	if _, err := l.headers(ctx); err != nil {
		return address{}, err
	}
	return parseAddress(l.sdk.Host, l.path)
}

// tokenWire carries what the SDK sends, and remembers the last answer.
type tokenWire struct {
	base   http.RoundTripper
	status atomic.Int64 // 0: nothing was sent yet
}

// noAnswer is the status of a request that nobody answered.
const noAnswer = -1

// RoundTrip implements http.RoundTripper.
func (t *tokenWire) RoundTrip(r *http.Request) (*http.Response, error) {
	t.status.Store(noAnswer)
	resp, err := t.base.RoundTrip(r)
	if err == nil {
		t.status.Store(int64(resp.StatusCode))
	}
	return resp, err
}
