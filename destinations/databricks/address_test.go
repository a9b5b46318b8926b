package databricks

import (
	"strconv"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct{ host, path, server, wantPath string }{
		{"dbc-1.cloud.databricks.com", "/sql/1.0/warehouses/a", "https://dbc-1.cloud.databricks.com:443", "/sql/1.0/warehouses/a"},
		{"https://dbc-1.cloud.databricks.com/", "sql/1.0/warehouses/a", "https://dbc-1.cloud.databricks.com:443", "/sql/1.0/warehouses/a"},
		{"adb-7.2.azuredatabricks.net:8443", "/p", "https://adb-7.2.azuredatabricks.net:8443", "/p"},
		{"http://127.0.0.1:41234", "/p", "http://127.0.0.1:41234", "/p"},
		{"http://localhost", "/p", "http://localhost:80", "/p"},
		{"http://[::1]:9", "/p", "http://[::1]:9", "/p"},
	} {
		a, err := parseAddress(c.host, c.path)
		if err != nil {
			t.Errorf("%s: %v", c.host, err)
			continue
		}
		if got := a.server() + ":" + strconv.Itoa(a.port); got != c.server || a.path != c.wantPath {
			t.Errorf("%s: %s %s, want %s %s", c.host, got, a.path, c.server, c.wantPath)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	for _, host := range []string{
		"http://dbc-1.cloud.databricks.com", "http://127.0.0.1.example.com", "http://10.0.0.1", "ftp://h", "https://", "h:0", "h:99999",
		"https://user:dapi-secret@h", "dapi secret",
	} {
		_, err := parseAddress(host, "/p")
		if connector.KindOf(err) != connector.KindConfig {
			t.Errorf("%s: %v", host, err)
		}
		if err != nil && strings.Contains(err.Error(), "dapi") {
			t.Errorf("the error shows what was pasted: %v", err)
		}
	}
}
