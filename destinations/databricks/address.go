package databricks

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/drt-go/drt/connector"
)

// address is where a warehouse is.
type address struct {
	scheme string // "https"; "http" on loopback only
	host   string
	port   int
	path   string // HTTP path of the warehouse
}

// complete returns what l lacks as one error of kind config. missing are variables without which nobody gets in.
func (c Config) complete(l *login, missing []string) error {
	looked := []string{c.HostEnv}
	missing = append(names(c.HostEnv, l.host), append(names(c.HTTPPathEnv, l.path), missing...)...)
	if c.WarehouseID == "" {
		looked = append(looked, c.HTTPPathEnv)
	}
	if c.ClientIDEnv == "" {
		looked = append(looked, c.TokenEnv)
	} else {
		looked = append(looked, c.ClientIDEnv, c.ClientSecretEnv)
	}
	verb := "is"
	switch len(missing) {
	case 0:
		return nil
	case 1:
	default:
		verb = "are"
	}
	return &connector.Error{
		Kind: connector.KindConfig,
		Op:   "find the warehouse",
		Message: fmt.Sprintf("%s %s not set (looked for %s)",
			strings.Join(missing, ", "), verb, strings.Join(looked, ", ")),
		Hint: "export them; host and HTTP path are under Connection details of the SQL warehouse. " +
			"Or name a profile of ~/.databrickscfg: profile: DEFAULT. Or use --sandbox",
	}
}

func parseAddress(host, path string) (address, error) {
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	u, err := url.Parse(host)
	if err != nil || u.Hostname() == "" || u.User != nil {
		// The text is not shown: somebody may have pasted a token.
		return address{}, badHost("the host is not a host name or URL")
	}
	a := address{scheme: strings.ToLower(u.Scheme), host: u.Hostname(), port: 443, path: path}
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
