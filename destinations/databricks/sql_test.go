package databricks

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/destinations/databricks/delta"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

const (
	testRun       = "01890a5d-ac96-774b-bcce-b302099a8057"
	testSignature = `{"sync":"scores","run":"01890a5d-ac96-774b-bcce-b302099a8057"}`
)

// testLayout lays out columns of these types; the first keys of them are the key.
func testLayout(t testing.TB, keys int, columns ...string) layout {
	t.Helper()
	l := layout{target: table{"main", "default", "user_scores"}}
	l.scratch = scratchFor(l.target, l.target, testRun)
	for i, c := range columns {
		at := strings.LastIndex(c, ":")
		name, full := c[:at], c[at+1:]
		typ, err := delta.Parse(full)
		if err != nil {
			t.Fatal(err)
		}
		l.columns = append(l.columns, column{name: ident(name), scratch: scratchColumn(i), typ: typ, key: i < keys})
	}
	return l
}

// testChunk holds rows of text for l; a cell "\N" is NULL.
func testChunk(f *feed, rows ...string) *chunk {
	for _, r := range rows {
		cells := strings.Split(r, "|")
		for i, c := range cells {
			if cells[i] = fmt.Sprintf("%q", c); c == `\N` {
				cells[i] = "null"
			}
		}
		f.add([]byte("[" + strings.Join(cells, ",") + "]"))
	}
	return f.cur
}

func TestStatements(t *testing.T) {
	scores := testLayout(t, 1, "user_id:BIGINT", "score:DECIMAL(18,2)", "name:STRING")
	pair := testLayout(t, 2, "tenant:STRING", "user_id:BIGINT", "score:DOUBLE")
	keysOnly := testLayout(t, 2, "tenant:STRING", "user_id:BIGINT")
	odd := testLayout(t, 1, "k`:STRING", "a`b; DROP TABLE x--:INT")
	odd.target = table{"my-catalog", "select", "Zeit`schrift ü"}
	odd.scratch = scratchFor(odd.target, odd.target, testRun)
	every := testLayout(t, 1, "id:BIGINT", "b:BOOLEAN", "t:TINYINT", "f:FLOAT", "v:VARCHAR(10)", "bin:BINARY", "d:DATE", "ts:TIMESTAMP",
		"ntz:TIMESTAMP_NTZ", "arr:ARRAY<INT>", "m:MAP<STRING,INT>", "st:STRUCT<a INT,b STRING>", "va:VARIANT")
	fixed := testLayout(t, 1, "code:CHAR(3)", "name:STRING COLLATE UTF8_LCASE")

	meta, where, scoped, soft, softKeys, sent, everyGone := scores, scores, pair, scores, keysOnly, pair, every
	meta.constants = []constant{
		{name: "_drt_synced_at", source: "_drt_m0", typ: delta.Type{Kind: delta.Timestamp}, value: "2026-11-21T12:00:00.000001Z"},
		{name: "_drt_run_id", source: "_drt_m1", typ: delta.Type{Kind: delta.String}, value: testRun},
	}
	where.where = "name = 'Ada' OR score > 1"
	scoped.scope = pair.columns[:1]
	soft.soft = &softDelete{name: "_drt_deleted_at", typ: delta.Type{Kind: delta.Timestamp}, value: "2026-11-21T12:00:00.000001Z"}
	softKeys.soft = soft.soft
	sent.run, sent.sent = testRun, sentFor(pair.target, pair, "scores")
	everyGone.where = "id > 0"
	appendWhere := testLayout(t, 0, "user_id:BIGINT", "score:DECIMAL(18,2)", "name:STRING")
	appendWhere.where = where.where
	everyRow := every
	everyRow.columns = slices.Clone(every.columns)
	everyRow.columns[0].key = false
	evolved := testLayout(t, 1, "user_id:BIGINT", "score:DOUBLE", "name:STRING")
	evolved.columns[2].added = true
	made := meta
	made.soft, made.definition = soft.soft, definition{
		clusterBy: []string{"user_id"}, comment: "it's drt's", properties: map[string]string{"delta.enableChangeDataFeed": "true", "a": "b"},
	}

	plain := func(text string) statement { return statement{text: text} }
	insert := func(by loader, to slots, f *feed) statement {
		f.by, f.to = by, to
		c := testChunk(f, `1|1.50|Ada`, `2|\N|`)
		st, err := by.insert(to, c, 0, c.rows())
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	numbered := func() *feed { f := newFeed(nil, slots{}, nil); f.next = 41; f.cur.reset(f); return f }
	for name, st := range map[string]statement{
		"create_scratch":       plain(createScratchSQL(scores)),
		"create_scratch_check": plain(createScratchSQL(layout{scratch: scores.scratch})),
		"create_scratch_types": plain(createScratchSQL(every)),
		"create_scratch_fixed": plain(createScratchSQL(fixed)),
		"create_target":        plain(createTargetSQL(pair)),
		"drop":                 plain(dropSQL(scores.scratch)),
		"drop_quoted":          plain(dropSQL(odd.scratch)),
		"count_keys":           plain(countKeysSQL(scores)),
		"count_keys_composite": plain(countKeysSQL(pair)),
		"count_rows":           plain(countRowsSQL(scores)),
		"duplicates":           plain(duplicatesSQL(pair, 10)),
		"columns":              columnsSQL(table{"Main", "Default", "User_Scores"}),
		"describe":             describeSQL(scores.target),
		"show_create":          showCreateSQL(scores.target),
		"add_columns":          plain(addColumnsSQL(scores.target, pair.columns)),
		"show_scratch":         showScratchSQL(scores.target),
		"insert":               insertSQL(scores, false),
		"overwrite":            insertSQL(scores, true),
		"empty":                plain(emptySQL(scores)),

		"stage_json":      insert(jsonLoader{}, scores.scratchSlots(), numbered()),
		"stage_values":    insert(valuesLoader{columns: 3}, scores.scratchSlots(), numbered()),
		"direct_json":     insert(jsonLoader{}, scores.targetSlots(false), numbered()),
		"direct_values":   insert(valuesLoader{columns: 3}, scores.targetSlots(false), numbered()),
		"overwrite_json":  insert(jsonLoader{}, scores.targetSlots(true), numbered()),
		"stage_keys_json": insert(jsonLoader{}, pair.keySlots(), numbered()),
		"stage_types":     insert(jsonLoader{}, every.scratchSlots(), numbered()),

		"load_scratch":        plain(loadScratchSQL(scores, parquetSQL(testVolume, []string{"drt-staging-1.parquet"}))),
		"load_scratch_types":  plain(loadScratchSQL(every, parquetSQL(testVolume, []string{"drt-staging-1.parquet", "drt-staging-3.parquet"}))),
		"fill_scratch":        plain(fillScratchSQL(fixed, parquetSQL(testVolume, []string{"drt-staging-1.parquet"}), "")),
		"fill_scratch_part":   plain(fillScratchSQL(scores, parquetSQL(testVolume, []string{"drt-staging-1.parquet"}), rowsBetween(512, 1024))),
		"fill_scratch_keys":   plain(fillScratchSQL(scores, parquetSQL(testVolume, []string{"drt-staging-1.parquet"}), onlyKeys())),
		"insert_files":        insertSQL(filed(scores), false),
		"overwrite_files":     insertSQL(filed(odd), true),
		"count_rows_in_files": plain(countRowsSQL(filed(scores))),
		"put":                 plain(putSQL("/tmp/it's \\ here/1.parquet", testVolume.path()+"/drt-staging-1.parquet")),
		"remove":              plain(removeSQL(testVolume.path() + "/drt-staging-1.parquet")),
		"list":                plain(listSQL(testVolume)),

		"merge":            mergeSQL(scores, merge{}, testSignature),
		"merge_dedupe":     mergeSQL(scores, merge{dedupe: true}, testSignature),
		"merge_touch":      mergeSQL(scores, merge{touch: true}, testSignature),
		"merge_composite":  mergeSQL(pair, merge{dedupe: true}, testSignature),
		"merge_all_keys":   mergeSQL(keysOnly, merge{}, testSignature),
		"merge_types":      mergeSQL(every, merge{}, testSignature),
		"merge_quoted":     mergeSQL(odd, merge{}, testSignature),
		"mirror_composite": mergeSQL(pair, merge{delete: true}, testSignature),
		"mirror_atomic":    mergeSQL(scores, merge{delete: true, dedupe: true}, testSignature),
		"mirror_all_keys":  mergeSQL(keysOnly, merge{delete: true}, testSignature),
		"delete_missing":   deleteMissingSQL(scores, testSignature),
		"delete_all":       deleteAllSQL(pair, testSignature),

		"merge_metadata":  mergeSQL(meta, merge{}, testSignature),
		"merge_evolved":   mergeSQL(evolved, merge{}, testSignature),
		"insert_metadata": insertSQL(meta, false),
		"insert_where":    insertSQL(where, false),
		"probe_metadata":  probeSQL(meta, 0, 2),
		"create_full":     plain(createTargetSQL(made)),
		"widen":           plain(widenSQL(scores.target, scores.columns[0], delta.Type{Kind: delta.BigInt})),
		"enable_widening": plain(enableWideningSQL(scores.target)),
		"detail":          detailSQL(scores.target),
		"history":         historySQL(scores.target, 1),
		"restore":         restoreSQL(scores.target, 0),
		"fence":           plain(fenceSQL(scores.target, testRun)),
		"append_once":     appendOnceSQL(meta, testSignature),

		"mirror_scope":         mergeSQL(scoped, merge{gone: true, dedupe: true}, testSignature),
		"mirror_where":         mergeSQL(where, merge{gone: true}, testSignature),
		"mirror_soft":          mergeSQL(soft, merge{gone: true}, testSignature),
		"mirror_soft_all_keys": mergeSQL(softKeys, merge{}, testSignature),
		"mirror_tracked":       mergeSQL(sent, merge{gone: true}, testSignature),
		"mirror_types":         mergeSQL(everyGone, merge{gone: true}, testSignature),
		"gone_soft":            goneSQL(soft, testSignature),
		"gone_tracked":         goneSQL(sent, testSignature),
		"show_gone":            showGoneSQL(pair, true, 10),

		"count_all":     countSQL(scoped, question{staged: true, changes: true, total: true, gone: true}),
		"count_where":   countSQL(where, question{staged: true, gone: true}),
		"count_evolved": countSQL(evolved, question{staged: true, changes: true, touch: false}),
		"count_replace": countSQL(testLayout(t, 0, "a:INT"), question{staged: true, total: true}),
		"count_tracked": countSQL(sent, question{staged: true, gone: true}),
		"count_empty":   countSQL(soft, question{total: true, gone: true}),

		"diff_merge":         diffSQL(scores, comparison{staged: true}, 20),
		"diff_mirror":        diffSQL(pair, comparison{staged: true, gone: true}, 20),
		"diff_types":         diffSQL(every, comparison{staged: true, gone: true}, 20),
		"diff_quoted":        diffSQL(odd, comparison{staged: true, gone: true}, 20),
		"diff_fixed":         diffSQL(testLayout(t, 1, "code:CHAR(3)", "name:STRING"), comparison{staged: true}, 20),
		"diff_scope":         diffSQL(scoped, comparison{staged: true, gone: true}, 20),
		"diff_tracked":       diffSQL(sent, comparison{staged: true, gone: true}, 20),
		"diff_evolved":       diffSQL(evolved, comparison{staged: true, touch: true}, 20),
		"diff_append":        diffSQL(testLayout(t, 0, "user_id:BIGINT", "score:DECIMAL(18,2)", "name:STRING"), comparison{staged: true}, 20),
		"diff_where":         diffSQL(appendWhere, comparison{staged: true, gone: true}, 20),
		"diff_new":           diffSQL(scores, comparison{staged: true, absent: true}, 20),
		"diff_empty":         diffSQL(soft, comparison{gone: true}, 20),
		"diff_replace":       diffSQL(testLayout(t, 0, "user_id:BIGINT", "score:DECIMAL(18,2)", "name:STRING"), comparison{staged: true, whole: true, gone: true}, 20),
		"diff_replace_types": diffSQL(everyRow, comparison{staged: true, whole: true, gone: true}, 20),
		"diff_count_replace": balanceCountSQL(testLayout(t, 0, "user_id:BIGINT", "score:DECIMAL(18,2)", "name:STRING"), comparison{staged: true, whole: true}),

		"sent_find":     findSentSQL(sent),
		"sent_create":   createSentSQL(sent, "it's scores"),
		"sent_mark":     markSentSQL(sent, true),
		"sent_unmark":   unmarkSentSQL(sent),
		"sent_remember": rememberSQL(sent, true),
		"sent_forget":   rememberSQL(sent, false),

		"create_probe": plain(createProbeSQL(scores)),
		"probe":        probeSQL(scores, 512, 1024),
		"exclude":      plain(excludeSQL(scores, []int64{7, 4711})),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, st) })
	}
}

// golden compares st with its file. Values of markers stand below the statement, as comments.
func golden(t *testing.T, name string, st statement) {
	t.Helper()
	var b strings.Builder
	b.WriteString(st.text + "\n")
	for i, a := range st.args {
		if a == nil {
			fmt.Fprintf(&b, "-- ?%d NULL\n", i+1)
		} else {
			fmt.Fprintf(&b, "-- ?%d %T %s\n", i+1, a, a)
		}
	}
	if n := strings.Count(st.text, "?"); n != len(st.args) {
		t.Errorf("%d markers, %d values", n, len(st.args))
	}
	file := filepath.Join("testdata", name+".sql")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("statement differs from %s; -update rewrites it (-want +got):\n%s", file, diff)
	}
}

// A golden file without a statement is dead weight that a reader would believe.
func TestGoldenFilesAreUsed(t *testing.T) {
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("sql_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".sql"); !strings.Contains(string(source), `"`+name+`":`) {
			t.Errorf("%s belongs to no statement", f)
		}
	}
}
