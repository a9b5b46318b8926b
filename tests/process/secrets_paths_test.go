package process

import (
	"net"
	"os"
	"strings"

	"github.com/drt-go/drt/sandbox/wire"
)

// leaks are the paths, each of which must be taken.
func leaks() []leak {
	var all []leak
	for _, group := range [][]leak{loginLeaks(), rowLeaks(), sensitiveLeaks(), warehouseLeaks(), sourceLeaks(), fileLeaks(), commandLeaks()} {
		all = append(all, group...)
	}
	return all
}

const onScratch, onTarget = "^INSERT INTO `main`.`default`.`__drt_staging", "(?s)^MERGE INTO"

func loginLeaks() []leak {
	return []leak{
		{name: "wrong token", token: "another", reached: "check the token", code: 1},
		{name: "forbidden", faults: []wire.Fault{{On: wire.Open, Times: wire.Always, Do: wire.Fail, Status: 403}}, reached: "check the token", code: 1},
		{name: "unreachable host", env: []string{"DATABRICKS_HOST=http://" + closedPort()}, reached: "cannot be reached", code: 1},
		{name: "password in the host", env: []string{"DATABRICKS_HOST=http://user:" + canaryPassword + "@127.0.0.1:1"}, reached: "is not a host name or URL", code: 1},
		{name: "token as host", env: []string{"DATABRICKS_HOST=" + canaryToken + " x"}, reached: "is not a host name or URL", code: 1},
		{
			name:  "client secret that is refused",
			files: map[string]string{"syncs/s.yml": syncOf("{mode: upsert}", ", client_id_env: DRT_CLIENT, client_secret_env: CANARY_PASSWORD")},
			env:   []string{"DRT_CLIENT=drt"}, reached: "log in", code: 1,
		},
		{
			name: "token of a profile that is refused", token: "another",
			files: map[string]string{
				"syncs/s.yml":    syncOf("{mode: upsert}", ", profile: DEFAULT"),
				".databrickscfg": "[DEFAULT]\nhost = http://127.0.0.1:1\ntoken = " + canaryToken + "\n",
			},
			reached: "cannot be reached", code: 1,
		},
	}
}

// rowLeaks: rows that are refused here or there.
func rowLeaks() []leak {
	bad := map[string]string{"rows.jsonl": row("good", "1") + row(canaryKey, canaryValue)}
	with := func(settings, destination string, files map[string]string) map[string]string {
		out := map[string]string{"syncs/s.yml": syncOf(settings, destination)}
		for name, text := range files {
			out[name] = text
		}
		return out
	}
	const skip, forget = "{mode: upsert, on_error: skip}", "{mode: upsert, on_error: skip, dead_letters: {values: false}}"
	twice := map[string]string{"rows.jsonl": row(canaryKey, "1") + row(canaryKey, "2")}
	return []leak{
		{name: "bad row, fail", files: with("{mode: upsert}", "", bad), reached: "column n", code: 1},
		{name: "bad row, skip", files: with(skip, "", bad), reached: "column n", code: 1, kept: true,
			then: [][]string{{"retry", "s", "--list"}, {"retry", "s", "--dry-run"}, {"retry", "s"}, {"state", "export"}}},
		{name: "bad row, skip, values not kept", files: with(forget, "", bad), reached: "column n", code: 1},
		{name: "NULL in a column that is NOT NULL", table: "id STRING NOT NULL, n INT NOT NULL, note STRING NOT NULL",
			files: map[string]string{"rows.jsonl": `{"id": "` + canaryKey + `", "n": null, "note": "` + canaryValue + `"}`}, reached: "NOT NULL", code: 1},
		{name: "CHECK, fail", reached: "CHECK constraint", code: 1},
		{name: "CHECK, fail, values", files: with("{mode: upsert}", ", staging: {loader: values}", nil), reached: "CHECK constraint", code: 1},
		{name: "CHECK, skip", files: with(forget, "", nil), reached: "CHECK constraint", code: 1},
		{name: "CHECK, volume", files: with("{mode: upsert}", ", staging: {loader: volume, volume: main.default.files}", nil), reached: "CHECK constraint", code: 1},
		{name: "too long", table: "id STRING NOT NULL, n INT, note VARCHAR(3)", reached: "longer|too long", code: 1},
		{name: "duplicate keys", files: with("{mode: upsert, on_duplicate: fail}", "", twice), reached: "rows? repeat a key", code: 1, keys: true},
		{name: "guard of a mirror", files: with("{mode: mirror, guards: {max_deletes: 0}}", "", nil), reached: "would delete 1", code: 1, keys: true},
		{name: "guard of creates", files: with("{mode: upsert, guards: {max_creates: 0}}", "", nil), reached: "would insert 1", code: 1},
		{name: "incremental, skip", files: with("{mode: incremental, cursor_field: at, on_error: skip}", ", mode: merge", map[string]string{
			"profiles.yml": "rows: {type: file, path: rows.jsonl, columns: {id: STRING, n: STRING, note: STRING, at: BIGINT}}\n",
			"rows.jsonl":   `{"id": "a", "n": "1", "note": "` + canaryValue + `", "at": 1}` + "\n" + `{"id": "` + canaryKey + `", "n": "x", "note": "` + canaryValue + `", "at": 2}` + "\n"}),
			table: plainColumns + ", at BIGINT", reached: `partial`, code: 1, kept: true},
	}
}

// sensitiveLeaks: with sync.sensitive not even what else is shown, by any command.
func sensitiveLeaks() []leak {
	files := func(settings, rows string) map[string]string {
		return map[string]string{"syncs/s.yml": syncOf("{sensitive: [id, n, note], "+settings+"}", ""), "rows.jsonl": rows}
	}
	bad := row("good", "1") + row(canaryKey, canaryValue)
	return []leak{
		{name: "duplicate keys, sensitive", files: files("mode: upsert, on_duplicate: fail", row(canaryKey, "1")+row(canaryKey, "2")), reached: "rows? repeat a key", code: 1},
		{name: "guard of a mirror, sensitive", files: files("mode: mirror, guards: {max_deletes: 0}", row(canaryKey, "1")), reached: "would delete 1", code: 1},
		{name: "diff, sensitive", args: []string{"diff", "s"}, files: files("mode: mirror, guards: {max_delete_pct: 100}", row(canaryKey, "1")), reached: "insert", code: 0},
		{name: "diff of a guard, sensitive", args: []string{"diff", "s"}, files: files("mode: mirror, guards: {max_deletes: 0}", row(canaryKey, "1")), reached: "delete", code: 0},
		{name: "diff of a bad row, sensitive", args: []string{"diff", "s"}, files: files("mode: upsert, on_error: skip", bad), reached: "column n", code: 0},
		{name: "retry, sensitive", files: files("mode: upsert, on_error: skip", bad), reached: `"?rejected|retry`, code: 1, kept: true,
			then: [][]string{{"retry", "s", "--list"}, {"retry", "s", "--list", "--show-values"}, {"retry", "s"}, {"state", "export"}}},
	}
}

// warehouseLeaks: errors of the warehouse, whose texts quote rows, and replies that are lost.
func warehouseLeaks() []leak {
	quoting := func(class, state string) *wire.Error {
		return &wire.Error{Class: class, SQLState: state, Message: "The value '" + canaryValue + "' of row (" + canaryKey + ", 1, " + canaryValue + ") cannot be taken."}
	}
	fail := func(match string, e *wire.Error) []wire.Fault {
		return []wire.Fault{{Match: match, Times: wire.Always, Do: wire.Fail, Error: e}}
	}
	staged := map[string]string{"syncs/s.yml": syncOf("{mode: upsert}", ", staging: {loader: values}")}
	all := []leak{
		{name: "lost reply", faults: []wire.Fault{{Match: onTarget, After: true, Do: wire.Drop}}, reached: "success|unknown", code: 0},
		{name: "lost reply, and no history", faults: []wire.Fault{{Match: onTarget, After: true, Do: wire.Drop}, {Match: "DESCRIBE HISTORY", Times: wire.Always, Do: wire.Fail, Status: 500}},
			files: staged, reached: "unknown", code: 1},
		{name: "error page of a proxy", faults: []wire.Fault{{Match: "^CREATE TABLE", Times: wire.Always, Do: wire.Fail, Status: 400}}, reached: "error", code: 1},
		{name: "deadline", files: map[string]string{"syncs/s.yml": syncOf("{mode: upsert, timeout: 5s}", "")},
			faults: []wire.Fault{{Match: "^CREATE TABLE", Do: wire.Hang}}, reached: "sync.timeout", code: 1},
	}
	for _, class := range [][2]string{
		{"CAST_INVALID_INPUT", "22018"}, {"CAST_OVERFLOW", "22003"}, {"DELTA_VIOLATE_CONSTRAINT_WITH_VALUES", "23001"}, {"DELTA_NOT_NULL_CONSTRAINT_VIOLATED", "23502"},
		{"DELTA_EXCEED_CHAR_VARCHAR_LIMIT", "22001"}, {"MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", "22023"}, {"NEW_CLASS_OF_VALUES", "22999"}, {"NEW_CLASS_OF_CONSTRAINTS", "23999"},
	} {
		for _, at := range [][2]string{{"staging", onScratch}, {"commit", onTarget}} {
			all = append(all, leak{name: class[0] + " at the " + at[0], faults: fail(at[1], quoting(class[0], class[1])), files: staged, reached: class[0], code: 1})
		}
	}
	return all
}

// sourceLeaks: what goes wrong while the source is read.
func sourceLeaks() []leak {
	return []leak{
		{name: "malformed JSON line", files: map[string]string{"rows.jsonl": row("a", "1") + `{"id": "` + canaryKey + `", "note": ` + canaryValue + "}\n"}, reached: "line 2|row 2", code: 1},
		{name: "malformed CSV line", files: map[string]string{
			"profiles.yml": "rows: {type: file, path: source.csv, columns: {n: BIGINT}}\n",
			"source.csv":   "id,n,note\n" + canaryKey + ",1," + canaryValue + ",more\n"}, reached: "line 2|row 1", code: 1},
		{name: "CSV value of another type", files: map[string]string{
			"profiles.yml": "rows: {type: file, path: source.csv, columns: {n: BIGINT}}\n",
			"source.csv":   "id,n,note\n" + canaryKey + "," + canaryValue + ",x\n"}, reached: "line 2|row 1", code: 1},
		{name: "cast that fails in DuckDB", files: map[string]string{
			"profiles.yml": "rows: {type: duckdb, database: ':memory:'}\n",
			"syncs/s.yml":  "model: SELECT v AS id, CAST(v AS INTEGER) AS n FROM (VALUES ('" + "c4nary' || 'valueofacolumnofarow')) AS t(v)\n" + syncOf("{mode: upsert}", "")},
			reached: "Conversion|convert|cast", code: 1},
		{name: "JSON that fails in SQLite", files: map[string]string{
			"profiles.yml": "rows: {type: sqlite, database: ':memory:'}\n",
			"syncs/s.yml":  "model: SELECT json_extract('{' || 'c4naryvalue' || 'ofacolumnofarow', '$.a') AS id\n" + syncOf("{mode: upsert}", "")},
			reached: "database|malformed", code: 1},
		{name: "model that is no SQL", files: map[string]string{
			"profiles.yml": "rows: {type: duckdb, database: ':memory:'}\n",
			"syncs/s.yml":  "model: SELEC ${CANARY_PASSWORD}\n" + syncOf("{mode: upsert}", "")},
			reached: "error", code: 1},
	}
}

// fileLeaks: uploads, and connectors that panic.
func fileLeaks() []leak {
	volume := map[string]string{"syncs/s.yml": syncOf("{mode: upsert}", ", staging: {loader: volume, volume: main.default.files}")}
	all := []leak{
		{name: "upload that is refused", files: volume, faults: []wire.Fault{{On: wire.Upload, Times: wire.Always, Do: wire.Fail, Status: 403}}, reached: "upload|volume", code: 1},
		{name: "upload that is cut", files: volume, faults: []wire.Fault{{On: wire.Upload, Times: wire.Always, Do: wire.Cut}}, reached: "upload|volume", code: 1},
	}
	for _, how := range []string{"text", "error", "runtime"} {
		all = append(all, leak{
			name: "panic with " + how, program: os.Args[0], env: []string{asPanicking + "=" + how},
			files:   map[string]string{"syncs/s.yml": "name: s\ndestination: {type: panicking}\n"},
			reached: "a bug in drt or in a connector: panic at panicking_test.go:", code: 1,
		})
	}
	return all
}

// commandLeaks: mistakes in files, and other commands.
func commandLeaks() []leak {
	literal := func(key string) map[string]string {
		return map[string]string{"syncs/s.yml": strings.Replace(syncOf("{mode: upsert}", ", "+key+": "+canaryPassword), "upsert_key", "upsert_kye", 1)}
	}
	return []leak{
		{name: "literal token", files: literal("token"), reached: "literal token", code: 1},
		{name: "literal password in a profile", files: map[string]string{"profiles.yml": "rows: {type: file, path: rows.jsonl, password: " + canaryPassword + "}\n"}, reached: "password", code: 1},
		{name: "value of the environment that does not fit", files: map[string]string{"syncs/s.yml": syncOf("{mode: upsert, batch_size: \"${CANARY_PASSWORD}\"}", "")}, reached: "batch_size", code: 1},
		{name: "a run that goes well", reached: "success", code: 0},
		{name: "a dry run", args: []string{"run", "s", "--dry-run"}, reached: "success", code: 0},
		{name: "a check", args: []string{"check"}, reached: "ok|databricks", code: 0},
	}
}

// closedPort is an address where nobody listens.
func closedPort() string {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
