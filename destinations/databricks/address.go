package databricks

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/drt-go/drt/connector"
)

// address is where a warehouse is and how to get in.
type address struct {
	scheme string // "https"; "http" on loopback only
	host   string
	port   int
	path   string // HTTP path of the warehouse
	token  connector.Secret
}

// resolve finds the warehouse: env.Warehouse if it is set, else what the environment variables say. Errors are of
// kind config.
func (c Config) resolve(env connector.Env) (address, error) {
	if w := env.Warehouse; w != nil {
		return parseAddress(w.Host, w.HTTPPath, w.Token)
	}
	var missing []string
	read := func(name string) string {
		v, _ := env.Lookup(name)
		if v = strings.TrimSpace(v); v == "" {
			missing = append(missing, name)
		}
		return v
	}
	host := read(c.HostEnv)
	path := "/sql/1.0/warehouses/" + c.WarehouseID
	if c.WarehouseID == "" {
		path = read(c.HTTPPathEnv)
	}
	token := read(c.TokenEnv)
	if len(missing) > 0 {
		return address{}, c.missingCredentials(missing)
	}
	return parseAddress(host, path, connector.NewSecret(token))
}

func (c Config) missingCredentials(missing []string) error {
	looked := []string{c.HostEnv}
	if c.WarehouseID == "" {
		looked = append(looked, c.HTTPPathEnv)
	}
	looked = append(looked, c.TokenEnv)
	verb := "is"
	if len(missing) > 1 {
		verb = "are"
	}
	return &connector.Error{
		Kind: connector.KindConfig,
		Op:   "find the warehouse",
		Message: fmt.Sprintf("%s %s not set (looked for %s)",
			strings.Join(missing, ", "), verb, strings.Join(looked, ", ")),
		Hint: "export them; host and HTTP path are under Connection details of the SQL warehouse. Or use --sandbox",
	}
}

func parseAddress(host, path string, token connector.Secret) (address, error) {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	u, err := url.Parse(host)
	if err != nil || u.Hostname() == "" || u.User != nil {
		// The text is not shown: somebody may have pasted a token.
		return address{}, badHost("the host is not a host name or URL")
	}
	a := address{scheme: strings.ToLower(u.Scheme), host: u.Hostname(), port: 443, path: path, token: token}
	switch a.scheme {
	case "https":
	case "http":
		a.port = 80
		if !loopback(a.host) {
			return address{}, badHost("plain http is accepted on loopback only: the token would travel in the clear")
		}
	default:
		return address{}, badHost(fmt.Sprintf("the host's scheme %q is neither https nor http", u.Scheme))
	}
	if p := u.Port(); p != "" {
		if a.port, err = strconv.Atoi(p); err != nil || a.port < 1 || a.port > 65535 {
			return address{}, badHost("the host's port is not a port")
		}
	}
	if !strings.HasPrefix(a.path, "/") {
		a.path = "/" + a.path
	}
	return a, nil
}

func badHost(message string) error {
	return &connector.Error{
		Kind: connector.KindConfig, Op: "find the warehouse", Message: message,
		Hint: "write it as dbc-12345678-abcd.cloud.databricks.com",
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// server is the address for the driver and for people, without the port.
func (a address) server() string {
	if strings.Contains(a.host, ":") {
		return a.scheme + "://[" + a.host + "]"
	}
	return a.scheme + "://" + a.host
}
