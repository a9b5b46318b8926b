package duckdb

import (
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/spark"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/wire"
)

// The session parameters that mean something here, in lower case. The others are kept and shown, because what they
// choose on a warehouse cannot be seen in results.
const (
	confZone    = "timezone"
	confAnsi    = "ansi_mode"
	confTimeout = "statement_timeout"
	confParser  = "legacy_time_parser_policy"
)

// maxTimeout is the longest a statement may run, in seconds: two days.
const maxTimeout = 172800

// defaults are the parameters of a new session: those that a warehouse documents.
func defaults() map[string]string {
	return map[string]string{
		confZone: "UTC", confAnsi: "true", confTimeout: strconv.Itoa(maxTimeout), confParser: "EXCEPTION",
		"enable_photon": "true", "max_file_partition_bytes": "128m", "use_cached_result": "true", "query_tags": "",
	}
}

// configure sets the parameters that a client opened the session with.
func (s *session) configure(conf map[string]string) error {
	keys := make([]string, 0, len(conf))
	for k := range conf {
		keys = append(keys, k)
	}
	sort.Strings(keys) // so that of several errors the same one is reported
	for _, k := range keys {
		if ofDriver(k) {
			continue
		}
		if err := s.setConf(k, conf[k]); err != nil {
			return err
		}
	}
	return nil
}

// ofDriver says whether drivers send k by themselves: it asks for a form of results that the wire does not have.
func ofDriver(k string) bool {
	k = strings.ToLower(k)
	return strings.HasPrefix(k, "spark.thriftserver.") || strings.HasPrefix(k, "spark.sql.thriftserver.")
}

// confKey finds a parameter by its name or by the name that Spark has for it.
func confKey(name string) (string, error) {
	k := strings.ToLower(strings.TrimSpace(name))
	switch k {
	case "spark.sql.session.timezone":
		k = confZone
	case "spark.sql.ansi.enabled":
		k = confAnsi
	}
	if _, ok := defaults()[k]; !ok {
		return "", sqlerr.New("CONFIG_NOT_AVAILABLE", "Configuration %s is not available.", strings.TrimSpace(name))
	}
	return k, nil
}

func (s *session) setConf(name, value string) error {
	k, err := confKey(name)
	if err != nil {
		return err
	}
	if value, err = confValue(k, strings.TrimSpace(value)); err != nil {
		return err
	}
	s.conf[k] = value
	return nil
}

// confValue checks a value and writes it as the session keeps it.
func confValue(k, v string) (string, error) {
	bad := func(want string) error {
		return sqlerr.New("INVALID_CONF_VALUE", "The value '%s' in the config %q is invalid: %s expected.", v, strings.ToUpper(k), want)
	}
	switch k {
	case confZone:
		if _, err := (&spark.Zones{}).Load(v); err != nil {
			return "", sqlerr.New("INVALID_CONF_VALUE.TIME_ZONE", "The value '%s' in the config %q is invalid. Cannot resolve the given timezone.", v, "TIMEZONE")
		}
	case confAnsi, "enable_photon", "use_cached_result":
		b, err := strconv.ParseBool(strings.ToLower(v))
		if err != nil {
			return "", bad("true or false")
		}
		if k == confAnsi && !b {
			return "", sqlerr.Unsupported("ANSI_MODE = false is not in the sandbox.")
		}
		return strconv.FormatBool(b), nil
	case confTimeout:
		if n, err := strconv.Atoi(v); err != nil || n < 0 || n > maxTimeout {
			return "", bad("a number of seconds from 0 to " + strconv.Itoa(maxTimeout))
		}
	case confParser:
		v = strings.ToUpper(v)
		if v == "LEGACY" {
			return "", sqlerr.Unsupported("LEGACY_TIME_PARSER_POLICY = LEGACY is not in the sandbox.")
		}
		if v != "EXCEPTION" && v != "CORRECTED" {
			return "", bad("EXCEPTION or CORRECTED")
		}
	}
	return v, nil
}

// timeout is how long a statement may run; 0 is without end.
func (s *session) timeout() time.Duration {
	n, err := strconv.Atoi(s.conf[confTimeout])
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// timedOut is why a statement ends that ran too long.
func timedOut(d time.Duration) error {
	return sqlerr.New("QUERY_EXECUTION_TIMEOUT_EXCEEDED", "Query execution was cancelled due to exceeding the timeout (%ds). You can increase the limit in seconds by setting STATEMENT_TIMEOUT.", int(d.Seconds()))
}

// set runs SET. It answers with the parameters that it set or was asked for.
func (st *statement) set(s *ast.Set) (*wire.Result, error) {
	var rows [][]any
	switch {
	case s.Zone:
		if err := st.setConf(confZone, *s.Value); err != nil {
			return nil, err
		}
		return done(), nil
	case s.Value != nil:
		if err := st.setConf(s.Key, *s.Value); err != nil {
			return nil, err
		}
		rows = append(rows, []any{s.Key, *s.Value})
	case s.Key == "" || strings.EqualFold(strings.ReplaceAll(s.Key, " ", ""), "-v"):
		for _, k := range sortedKeys(st.conf) {
			rows = append(rows, []any{strings.ToUpper(k), st.conf[k]})
		}
	default:
		k, err := confKey(s.Key)
		if err != nil {
			return nil, err
		}
		rows = append(rows, []any{s.Key, st.conf[k]})
	}
	return listed(st.env.Zone, textFields("key", "value"), rows), nil
}

// reset runs RESET.
func (st *statement) reset(s *ast.Reset) (*wire.Result, error) {
	if s.Key == "" {
		for k, v := range defaults() {
			st.conf[k] = v
		}
		return done(), nil
	}
	k, err := confKey(s.Key)
	if err != nil {
		return nil, err
	}
	st.conf[k] = defaults()[k]
	return done(), nil
}
