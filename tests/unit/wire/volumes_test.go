package wire_test

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/databricks/databricks-sql-go/driverctx"
	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/sandbox"
	"github.com/drt-go/drt/sandbox/wire"
)

// volumes is a sandbox with the volume main.default.stage, a client of it and a local folder.
type volumes struct {
	t   *testing.T
	srv *sandbox.Server
	e   *fakeEngine
	dir string // of the volumes
	tmp string
	db  *sql.DB
}

func newVolumes(t *testing.T) *volumes {
	v := &volumes{t: t, e: &fakeEngine{}, dir: t.TempDir(), tmp: t.TempDir()}
	v.srv = start(t, v.e, func(o *sandbox.Options) { o.VolumesDir = v.dir })
	v.db = connect(t, v.srv)
	v.must("CREATE VOLUME main.default.stage")
	return v
}

func (v *volumes) exec(sql string) error {
	ctx := driverctx.NewContextWithStagingInfo(v.t.Context(), []string{v.tmp})
	_, err := v.db.ExecContext(ctx, sql)
	return err
}

func (v *volumes) must(sql string) {
	v.t.Helper()
	if err := v.exec(sql); err != nil {
		v.t.Fatalf("%s: %v", sql, err)
	}
}

// refused wants sql to fail with the class.
func (v *volumes) refused(sql, class string) {
	v.t.Helper()
	if err := v.exec(sql); err == nil || !strings.Contains(err.Error(), class) {
		v.t.Errorf("%s: got %v, want %s", sql, err, class)
	}
}

// local writes a file on the client's side and returns its path as a literal.
func (v *volumes) local(name, content string) string {
	v.t.Helper()
	path := filepath.Join(v.tmp, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		v.t.Fatal(err)
	}
	return "'" + path + "'"
}

// files lists all that is in the folder of the volumes, uploads on their way included.
func (v *volumes) files() map[string]string {
	v.t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(v.dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(v.dir, path))
		out[path] = string(content)
		return err
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return out
}

func TestPutGetRemove(t *testing.T) {
	v := newVolumes(t)
	big := strings.Repeat("0123456789", 1<<20)
	v.must("PUT " + v.local("a.parquet", big) + " INTO '/Volumes/main/default/stage/dir/A b%2F.parquet'")
	if diff := cmp.Diff(map[string]string{"main/default/stage/dir/A b%2F.parquet": big}, v.files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	v.must("get '/Volumes/MAIN/Default/STAGE/dir/A b%2F.parquet' to " + v.local("back", ""))
	if back, err := os.ReadFile(filepath.Join(v.tmp, "back")); err != nil || string(back) != big {
		t.Errorf("read back %d bytes, %v", len(back), err)
	}
	v.refused("PUT "+v.local("b", "x")+" INTO '/Volumes/main/default/stage/dir/A b%2F.parquet'", "FILE_IN_STAGING_PATH_ALREADY_EXISTS")
	v.must("PUT " + v.local("b", "x") + " INTO '/Volumes/main/default/stage/dir/A b%2F.parquet' OVERWRITE")
	v.must("REMOVE '/Volumes/main/default/stage/dir/A b%2F.parquet'")
	v.must("REMOVE '/Volumes/main/default/stage/dir/A b%2F.parquet';")
	if files := v.files(); len(files) != 0 {
		t.Errorf("left over: %v", files)
	}
	v.refused("GET '/Volumes/main/default/stage/none' TO "+v.local("back", ""), "404")
	v.must("PUT " + v.local("empty", "") + " INTO '/Volumes/main/default/stage/empty'")
}

func TestStagingRefused(t *testing.T) {
	v := newVolumes(t)
	local := v.local("f", "x")
	const bad = "INVALID_STAGING_PATH_IN_STAGING_ACCESS_QUERY"
	for path, class := range map[string]string{
		"/Volumes/main/default/none/f":             "UC_VOLUME_NOT_FOUND",
		"/Volumes/main/default/stage":              bad,
		"/Volumes/main/default/stage/":             bad,
		"/Volumes/main/default":                    bad,
		"/tmp/f":                                   bad,
		"/Volumes/main/default/stage/../other/f":   bad,
		"/Volumes/main/default/stage/a/../../../f": bad,
		"/Volumes/../../../../../../tmp/f":         bad,
		"/Volumes/main/default/stage//f":           bad,
		"/Volumes/main/default/stage/./f":          bad,
		`/Volumes/main/default/stage/..\\..\\f`:    bad,
		"/Volumes/.uploads/default/stage/f":        bad,
		"/Volumes/main/def ault/stage/f":           bad,
		`/Volumes/main/default/stage/a\nb`:         bad,
	} {
		v.refused("PUT "+local+" INTO '"+path+"'", class)
		v.refused("REMOVE '"+path+"'", class)
	}
	v.refused("PUT "+local+" '/Volumes/main/default/stage/f'", "PARSE_SYNTAX_ERROR")
	v.refused("PUT "+local+" INTO '/Volumes/main/default/stage/f' OVERWRITE now", "PARSE_SYNTAX_ERROR")
	v.refused("REMOVE", "PARSE_SYNTAX_ERROR")
	if files := v.files(); len(files) != 0 {
		t.Errorf("written all the same: %v", files)
	}
}

// TestSymlinkLeadsNowhere: not even one that was put there by hand.
func TestSymlinkLeadsNowhere(t *testing.T) {
	v := newVolumes(t)
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(v.dir, "main/default/stage/link")); err != nil {
		t.Skip("no symbolic links here")
	}
	if err := v.exec("PUT " + v.local("f", "x") + " INTO '/Volumes/main/default/stage/link/f'"); err == nil {
		t.Error("written through the link")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
		t.Errorf("outside: %v, %v", entries, err)
	}
}

func TestVolumeStatements(t *testing.T) {
	v := newVolumes(t)
	v.refused("CREATE VOLUME main.default.STAGE", "VOLUME_ALREADY_EXISTS")
	v.must("CREATE VOLUME IF NOT EXISTS main.default.stage")
	v.refused("CREATE VOLUME main.nowhere.stage", "SCHEMA_NOT_FOUND")
	v.refused("CREATE VOLUME main.default.`a.b`", "INVALID_PARAMETER_VALUE")
	v.refused("CREATE EXTERNAL VOLUME main.default.x LOCATION 's3://b'", "UNSUPPORTED_IN_SANDBOX")
	v.refused("CREATE VOLUME main.default.x COMMENT 'lost'", "PARSE_SYNTAX_ERROR")
	v.must("CREATE VOLUME `my-vol`") // main.default is the session's
	v.must("CREATE VOLUME other.second")
	v.must("PUT " + v.local("f", "1234") + " INTO '/Volumes/main/default/my-vol/d/f'")

	if diff := cmp.Diff([][]any{{"default", "my-vol"}, {"default", "stage"}}, scan(t, v.db, "SHOW VOLUMES IN main.default")); diff != "" {
		t.Errorf("SHOW VOLUMES (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]any{{"default", "stage"}}, scan(t, v.db, "SHOW VOLUMES FROM default LIKE 'S*|x'")); diff != "" {
		t.Errorf("SHOW VOLUMES LIKE (-want +got):\n%s", diff)
	}
	list := scan(t, v.db, "LIST '/Volumes/main/default/my-vol/d' LIMIT 5")
	if len(list) != 1 || list[0][0] != "/Volumes/main/default/my-vol/d/f" || list[0][1] != "f" || list[0][2] != int64(4) {
		t.Errorf("LIST: %v", list)
	}
	v.must("DROP VOLUME main.default.`my-vol`")
	v.refused("DROP VOLUME main.default.`my-vol`", "UC_VOLUME_NOT_FOUND")
	v.must("DROP VOLUME IF EXISTS main.default.`my-vol`")
	if files := v.files(); len(files) != 0 {
		t.Errorf("a dropped volume left %v", files)
	}
	if v.e.count("CREATE VOLUME main.default.stage") != 0 {
		t.Error("the engine was asked for a volume")
	}
}

// TestResolve is what engines do with the path in a statement.
func TestResolve(t *testing.T) {
	v := newVolumes(t)
	v.must("PUT " + v.local("f", "abc") + " INTO '/Volumes/main/default/stage/d/F.parquet'")
	own, err := wire.OpenVolumes(v.dir) // as an engine does
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	for _, path := range []string{"/Volumes/main/default/stage/d/F.parquet", "dbfs:/Volumes/Main/DEFAULT/stage/d/F.parquet"} {
		local, err := own.Resolve(path)
		if err != nil {
			t.Fatal(err)
		}
		if content, err := os.ReadFile(local); err != nil || string(content) != "abc" {
			t.Errorf("%s: %q, %v", path, content, err)
		}
	}
	if dir, err := own.Resolve("/Volumes/main/default/stage/d/"); err != nil || !strings.HasPrefix(dir, v.dir) {
		t.Errorf("a folder: %q, %v", dir, err)
	}
	for path, class := range map[string]string{
		"/Volumes/main/default/stage/d/f.parquet":            "PATH_NOT_FOUND", // another case
		"/Volumes/main/default/none/f":                       "UC_VOLUME_NOT_FOUND",
		"/Volumes/main/default/stage/../../../../etc/passwd": "INVALID_STAGING_PATH",
		"/etc/passwd": "INVALID_STAGING_PATH",
	} {
		if local, err := own.Resolve(path); err == nil || !strings.Contains(err.Error(), class) {
			t.Errorf("%s: %q, %v; want %s", path, local, err, class)
		}
	}
}

// TestNoVolumes: a sandbox without a folder says so.
func TestNoVolumes(t *testing.T) {
	srv := start(t, &fakeEngine{}, func(o *sandbox.Options) { o.VolumesDir = "" })
	ctx := driverctx.NewContextWithStagingInfo(context.Background(), []string{t.TempDir()})
	if _, err := connect(t, srv).ExecContext(ctx, "REMOVE '/Volumes/a/b/c/d'"); err == nil || !strings.Contains(err.Error(), "UNSUPPORTED_IN_SANDBOX") {
		t.Errorf("got %v", err)
	}
}
