package databricks

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

const (
	workspace = "dbc-0a1b2c3d-4e5f.cloud.databricks.com"
	azure     = "adb-1234567890123456.7.azuredatabricks.net"
	canary    = "canary-c1a5b2e7"
)

// internet stands for the hosts that a login talks to, over TLS, under their own names, on loopback.
type internet struct {
	*httptest.Server
	network func() *http.Transport
	expires int // of a token, in seconds
	refuse  int // status that the token endpoint answers instead; it repeats what it was sent

	mu   sync.Mutex
	seen []string
	sold int // tokens
}

func newInternet(t *testing.T) *internet {
	t.Helper()
	n := &internet{expires: 3600}
	n.Server = httptest.NewUnstartedServer(n)
	certificate, roots := selfSigned(t, workspace, azure, "login.microsoftonline.com")
	n.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	n.StartTLS()
	t.Cleanup(n.Close)
	n.network = sync.OnceValue(func() *http.Transport {
		return &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, "tcp", n.Listener.Addr().String())
			},
		}
	})
	return n
}

func selfSigned(t *testing.T, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "loopback"}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// ServeHTTP is every host: it sells tokens, and refuses everything else after it has noted who came.
func (n *internet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, "/oauth-authorization-server"):
		n.seen = append(n.seen, "discover "+r.Host)
		_, _ = fmt.Fprintf(w, `{"authorization_endpoint": "https://%[1]s/oidc/v1/authorize", "token_endpoint": "https://%[1]s/oidc/v1/token"}`, r.Host)
	case strings.HasSuffix(r.URL.Path, "/token"):
		_ = r.ParseForm()
		id, secret, _ := r.BasicAuth()
		n.seen = append(n.seen, fmt.Sprintf("token %s %s %s %q %q", r.Host, id, secret, r.Form.Get("grant_type"), r.Form.Get("scope")+r.Form.Get("resource")))
		w.Header().Set("Content-Type", "application/json")
		if n.refuse != 0 {
			w.WriteHeader(n.refuse)
			_, _ = fmt.Fprintf(w, `{"error": "invalid_client", "error_description": "secret %s%s is wrong"}`, secret, r.Form.Get("client_secret"))
			return
		}
		n.sold++
		_, _ = fmt.Fprintf(w, `{"access_token": "token-%d", "token_type": "Bearer", "expires_in": %d}`, n.sold, n.expires)
	default:
		line := "warehouse " + strings.TrimSuffix(r.Host, ":443") + " " + r.Header.Get("Authorization")
		if m := r.Header.Get("X-Databricks-Azure-SP-Management-Token"); m != "" {
			line += " " + m
		}
		n.seen = append(n.seen, line)
		w.WriteHeader(http.StatusForbidden)
	}
}

func (n *internet) requests() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.seen...)
}

// destination is one whose environment is vars.
func (n *internet) destination(t *testing.T, vars map[string]string, change func(*Config)) *Destination {
	t.Helper()
	c := Defaults()
	c.Catalog, c.Schema, c.Table, c.WarehouseID = "main", "default", "t", "abc"
	change(&c)
	env := connector.Env{Lookup: func(name string) (string, bool) { v, ok := vars[name]; return v, ok }}
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	d, err := newDestination(c, driverOpener(c.finder(env, n.network), env, n.network))
	if err != nil {
		t.Fatal(err)
	}
	d.pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return d
}

func servicePrincipal(c *Config) { c.ClientIDEnv, c.ClientSecretEnv = "SP_ID", "SP_SECRET" }

var principal = map[string]string{"DATABRICKS_HOST": workspace, "SP_ID": "sp-1", "SP_SECRET": canary}

// OAuth for machines, as a workspace speaks it: one exchange, whose token the warehouse gets, however many sessions.
func TestM2MOverTLS(t *testing.T) {
	n := newInternet(t)
	d := n.destination(t, principal, servicePrincipal)
	for range 2 {
		if _, err := d.connect(t.Context(), nil, nil); connector.KindOf(err) != connector.KindAuth {
			t.Fatalf("the warehouse's 403 is reported: %v", err)
		}
	}
	want := []string{
		"discover " + workspace,
		"token " + workspace + " sp-1 " + canary + ` "client_credentials" "all-apis"`,
		"warehouse " + workspace + " Bearer token-1",
		"warehouse " + workspace + " Bearer token-1",
	}
	if diff := cmp.Diff(want, n.requests()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// A run may outlive its token: each request goes with one that is valid.
func TestM2MTokensAreRenewed(t *testing.T) {
	n := newInternet(t)
	n.expires = -1
	who, err := Config{HostEnv: "DATABRICKS_HOST", ClientIDEnv: "SP_ID", ClientSecretEnv: "SP_SECRET", WarehouseID: "abc"}.
		login(connector.Env{Lookup: func(name string) (string, bool) { v, ok := principal[name]; return v, ok }}, n.network())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 3 {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+workspace, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := who.Authenticate(r); err != nil {
			t.Fatal(err)
		}
		got = append(got, r.Header.Get("Authorization"))
	}
	if got[0] == got[1] || got[1] == got[2] {
		t.Errorf("an expired token is used again: %q", got)
	}
}

// W23: a refused login is one attempt, nothing goes to the warehouse, and the secret is in no error, though the server
// repeats it.
func TestW23_M2MRefused(t *testing.T) {
	for status, want := range map[int]connector.Kind{400: connector.KindAuth, 401: connector.KindAuth, 403: connector.KindAuth, 503: connector.KindTransient} {
		n := newInternet(t)
		n.refuse = status
		_, err := n.destination(t, principal, servicePrincipal).connect(t.Context(), nil, nil)
		if connector.KindOf(err) != want {
			t.Errorf("%d: %s: %v", status, connector.KindOf(err), err)
		}
		var e *connector.Error
		if !asError(err, &e) || e.Hint == "" || strings.Contains(fmt.Sprintf("%+v %#v %s", err, err, e.Hint), canary) {
			t.Errorf("%d: an error without hint, or with the secret: %#v", status, err)
		}
		tries := 0
		for _, line := range n.requests() {
			if strings.HasPrefix(line, "warehouse") {
				t.Errorf("%d: %s", status, line)
			}
			if strings.HasPrefix(line, "token") {
				tries++
			}
		}
		if want == connector.KindAuth && tries != 1 || tries > readAttempts {
			t.Errorf("%d: %d attempts", status, tries)
		}
	}
}

// Azure: a service principal of the directory, with the second token that Azure Databricks wants.
func TestAzureServicePrincipal(t *testing.T) {
	n := newInternet(t)
	d := n.destination(t, map[string]string{
		"DATABRICKS_HOST": azure, "ARM_CLIENT_ID": "app-1", "ARM_CLIENT_SECRET": canary, "ARM_TENANT_ID": "tenant-1",
	}, func(*Config) {})
	if _, err := d.connect(t.Context(), nil, nil); connector.KindOf(err) != connector.KindAuth {
		t.Fatal(err)
	}
	got := n.requests()
	if last := got[len(got)-1]; !strings.HasPrefix(last, "warehouse "+azure+" Bearer token-1 token-2") {
		t.Errorf("requests %q", got)
	}
	for _, line := range got[:len(got)-1] {
		if !strings.HasPrefix(line, "token login.microsoftonline.com") {
			t.Errorf("request %s", line)
		}
	}
}

// A token that is not renewed in the middle of a run: nothing was sent, and the error says whose fault it is.
func TestLoginThatEndsDuringARun(t *testing.T) {
	w := testWarehouse()
	ctx, x := withExchange(t.Context())
	n := newInternet(t)
	n.refuse = 401
	who, err := Config{HostEnv: "DATABRICKS_HOST", ClientIDEnv: "SP_ID", ClientSecretEnv: "SP_SECRET", WarehouseID: "abc"}.
		login(connector.Env{Lookup: func(name string) (string, bool) { v, ok := principal[name]; return v, ok }}, n.network())
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+workspace, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = who.Authenticate(r)
	e := w.failure(ctx, "MERGE", statement{text: "MERGE"}, onTarget, err, x.reply())
	if e.Kind != connector.KindAuth || !strings.Contains(e.Message, "oauth-m2m") || strings.Contains(e.Message, canary) {
		t.Errorf("%s: %v", e.Kind, e)
	}
}
