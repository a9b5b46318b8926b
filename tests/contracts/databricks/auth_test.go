package databricks_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
	"github.com/drt-go/drt/sandbox"
)

// workspace is a warehouse behind a workspace that sells tokens to the service principal sp-1. Each token is good for
// one request, so a run needs many: what happens to a long run, fast.
type workspace struct {
	*httptest.Server
	engine *scripted

	mu    sync.Mutex
	sold  int
	valid map[string]bool
}

const principalSecret = "canary-0123456789"

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{engine: &scripted{}, valid: map[string]bool{}}
	srv, err := sandbox.Start(t.Context(), sandbox.Options{Engine: w.engine})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	behind, err := url.Parse(srv.Host)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(behind)
	mux := http.NewServeMux()
	mux.HandleFunc("/oidc/.well-known/oauth-authorization-server", func(out http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(out, `{"authorization_endpoint": "http://%[1]s/oidc/v1/authorize", "token_endpoint": "http://%[1]s/oidc/v1/token"}`, r.Host)
	})
	mux.HandleFunc("/oidc/v1/token", w.sell)
	mux.HandleFunc("/", func(out http.ResponseWriter, r *http.Request) {
		if !w.admit(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")) {
			out.WriteHeader(http.StatusUnauthorized)
			return
		}
		r.Header.Set("Authorization", "Bearer "+srv.Token)
		proxy.ServeHTTP(out, r)
	})
	w.Server = httptest.NewServer(mux)
	t.Cleanup(w.Close)
	return w
}

func (w *workspace) sell(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out.Header().Set("Content-Type", "application/json")
	if id, secret, ok := r.BasicAuth(); !ok || id != "sp-1" || secret != principalSecret {
		out.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(out, `{"error": "invalid_client", "error_description": "%s is not the secret of %s"}`, secret, id)
		return
	}
	w.sold++
	token := fmt.Sprintf("bought-%d", w.sold)
	w.valid[token] = true
	_, _ = fmt.Fprintf(out, `{"access_token": %q, "token_type": "Bearer", "expires_in": -1}`, token)
}

func (w *workspace) admit(token string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	ok := w.valid[token]
	delete(w.valid, token)
	return ok
}

// mergeAs merges one row as whoever config and variables say.
func mergeAs(t *testing.T, cfg databricks.Config, vars map[string]string) error {
	t.Helper()
	cfg.UpsertKey, cfg.WarehouseID = []string{"user_id"}, "sandbox"
	d, err := databricks.New(cfg, connector.Env{Lookup: func(name string) (string, bool) { v, ok := vars[name]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{T: t, plan: destinations.Plan{
		Sync: "scores", RunID: syncRun, SyncRunID: syncRun, Mode: destinations.ModeMerge,
		Schema: fields("user_id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64),
	}}
	if f.session, err = d.Open(t.Context(), f.plan); err != nil {
		return err
	}
	f.mustWrite([]any{"1", "0.5"})
	_, err = f.commit()
	return errors.Join(err, f.session.Close())
}

// A whole merge as a service principal, by variables that the YAML names, by Databricks' own, and by a profile.
func TestServicePrincipalMerges(t *testing.T) {
	w := newWorkspace(t)
	home := t.TempDir()
	profile := "[prod]\nhost = " + w.URL + "\nclient_id = sp-1\nclient_secret = " + principalSecret + "\n"
	if err := os.WriteFile(filepath.Join(home, ".databrickscfg"), []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*databricks.Config)
		vars   map[string]string
	}{
		"yaml":        {func(c *databricks.Config) { c.ClientIDEnv, c.ClientSecretEnv = "ID", "SECRET" }, map[string]string{"DATABRICKS_HOST": w.URL, "ID": "sp-1", "SECRET": principalSecret}},
		"environment": {nil, map[string]string{"DATABRICKS_HOST": w.URL, "DATABRICKS_CLIENT_ID": "sp-1", "DATABRICKS_CLIENT_SECRET": principalSecret}},
		"profile":     {func(c *databricks.Config) { c.Profile = "prod" }, map[string]string{"HOME": home}},
	} {
		t.Run(name, func(t *testing.T) {
			before, sold := w.engine.count("MERGE"), w.sold
			if err := mergeAs(t, config(c.change), c.vars); err != nil {
				t.Fatal(err)
			}
			if got := w.engine.count("MERGE") - before; got != 1 {
				t.Errorf("%d merges", got)
			}
			if w.sold-sold < 6 {
				t.Errorf("%d tokens for a run whose every request needs a new one", w.sold-sold)
			}
		})
	}
}

// Secrets never show, though a server repeats what it got.
func TestSecretsAreInNoError(t *testing.T) {
	w := newWorkspace(t)
	const wrong = "canary-wrong-secret"
	err := mergeAs(t, config(func(c *databricks.Config) { c.ClientIDEnv, c.ClientSecretEnv = "ID", "SECRET" }),
		map[string]string{"DATABRICKS_HOST": w.URL, "ID": "sp-1", "SECRET": wrong})
	if connector.KindOf(err) != connector.KindAuth {
		t.Errorf("kind %s", connector.KindOf(err))
	}
	for _, text := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		if strings.Contains(text, wrong) {
			t.Errorf("the secret is shown: %s", text)
		}
	}
	if err := mergeAs(t, config(nil), map[string]string{"DATABRICKS_HOST": w.URL, "DATABRICKS_TOKEN": wrong}); connector.KindOf(err) != connector.KindAuth || strings.Contains(fmt.Sprintf("%#v", err), wrong) {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestHalfACredentialIsRefused(t *testing.T) {
	for field, change := range map[string]func(*databricks.Config){
		"client_secret_env": func(c *databricks.Config) { c.ClientIDEnv = "ID" },
		"client_id_env":     func(c *databricks.Config) { c.ClientSecretEnv = "SECRET" },
		"profile":           func(c *databricks.Config) { c.ClientIDEnv, c.ClientSecretEnv, c.Profile = "ID", "SECRET", "p" },
	} {
		_, err := databricks.New(config(change), connector.Env{})
		var f *connector.FieldError
		if !errors.As(err, &f) || f.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
