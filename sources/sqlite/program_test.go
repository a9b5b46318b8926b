package sqlite

import "testing"

// TestOnlyPlainReadsAreScanned: a model that does anything with its rows is SQLite's.
func TestOnlyPlainReadsAreScanned(t *testing.T) {
	conn := opened(t, database(t, "CREATE TABLE t(id INTEGER PRIMARY KEY, a, b TEXT, v AS (a + 1))", "CREATE TABLE u(a PRIMARY KEY, b) WITHOUT ROWID",
		"CREATE INDEX i ON t(b)", many(2000, "x, 'b' || x", "a", "b"), "INSERT INTO u VALUES (1, 2)", "CREATE VIRTUAL TABLE f USING fts5(body)"))
	for model, want := range map[string]bool{
		"SELECT * FROM t": false, "SELECT id, a, b FROM t": true, "SELECT a FROM t -- a comment": true, "WITH c AS (SELECT b, a FROM t) SELECT a, b FROM c": true,
		"SELECT * FROM (SELECT a, b FROM t)": true, "SELECT b FROM t": false, "SELECT b, a FROM t ORDER BY id": true, "SELECT b, a FROM t ORDER BY id DESC": false,
		"SELECT a FROM t WHERE a > 3": false, "SELECT a FROM t WHERE id > 3": false, "SELECT a FROM t LIMIT 5": false, "SELECT a + 1 FROM t": false, "SELECT a, 1 FROM t": false,
		"SELECT DISTINCT a FROM t": false, "SELECT count(*) FROM t": false, "SELECT * FROM u": false, "SELECT * FROM f": false, "SELECT t.a FROM t, u": false,
		"SELECT a FROM t UNION ALL SELECT a FROM u": false, "VALUES (1)": false, "SELECT length(a), a FROM t": false, "SELECT typeof(a), a FROM t": false,
		"SELECT a FROM t ORDER BY b": false, "SELECT a, (SELECT max(a) FROM u) FROM t": false, "SELECT CAST(a AS TEXT) FROM t": false, "SELECT a COLLATE NOCASE FROM t": true,
	} {
		program, err := conn.explain(model)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := asPlainRead(program); got != want {
			t.Errorf("%s: plain %v, want %v: %v", model, got, want, program)
		}
	}
	utf16 := opened(t, database(t, "PRAGMA encoding = 'UTF-16le'", "CREATE TABLE t(a)", "INSERT INTO t VALUES ('x')"))
	s, _, err := utf16.prepare("SELECT a FROM t")
	if err != nil {
		t.Fatal(err)
	}
	defer s.finalize()
	if newScan(utf16, model{sql: "SELECT a FROM t"}, s, 0) != nil {
		t.Error("text in UTF-16 is SQLite's to convert")
	}
}

// TestEveryInstructionCounts changes a plain program in one place at a time.
func TestEveryInstructionCounts(t *testing.T) {
	conn := opened(t, database(t, "CREATE TABLE t(id INTEGER PRIMARY KEY, a, r REAL)"))
	const sql = "SELECT id, a, r FROM t" // Init OpenRead Rewind Rowid Column Column RealAffinity ResultRow Next Halt Transaction Goto
	for what, change := range map[string]func(p []instruction) []instruction{
		"nothing":                           func(p []instruction) []instruction { return p },
		"a column for typeof alone":         func(p []instruction) []instruction { p[4].flags = 0x80; return p },
		"another database":                  func(p []instruction) []instruction { p[1].p3 = 1; return p },
		"an index":                          func(p []instruction) []instruction { p[1].p4 = "k(1,)"; return p },
		"a column of another cursor":        func(p []instruction) []instruction { p[4].p1++; return p },
		"a rowid of another cursor":         func(p []instruction) []instruction { p[3].p1++; return p },
		"a register without a value":        func(p []instruction) []instruction { p[7].p2++; return p },
		"a value that is not handed out":    func(p []instruction) []instruction { p[7].p2--; return p },
		"two values for a register":         func(p []instruction) []instruction { p[5].p3 = p[4].p3; return p },
		"another cursor is rewound":         func(p []instruction) []instruction { p[2].p1++; return p },
		"an empty table goes elsewhere":     func(p []instruction) []instruction { p[2].p2--; return p },
		"another cursor moves":              func(p []instruction) []instruction { p[8].p1++; return p },
		"the loop begins later":             func(p []instruction) []instruction { p[8].p2++; return p },
		"it begins elsewhere":               func(p []instruction) []instruction { p[0].p2--; return p },
		"it goes on elsewhere":              func(p []instruction) []instruction { p[11].p2++; return p },
		"it writes":                         func(p []instruction) []instruction { p[10].p2 = 1; return p },
		"in another database":               func(p []instruction) []instruction { p[10].p1 = 1; return p },
		"backwards":                         func(p []instruction) []instruction { p[8].name = "Prev"; return p },
		"from the end":                      func(p []instruction) []instruction { p[2].name = "Last"; return p },
		"a value is computed":               func(p []instruction) []instruction { p[6].name = "Cast"; return p },
		"a value is changed that is not":    func(p []instruction) []instruction { p[6].p1 = 99; return p },
		"another instruction at its end":    func(p []instruction) []instruction { return append(p, instruction{name: "Noop"}) },
		"nothing at its end":                func(p []instruction) []instruction { return p[:11] },
		"a program of a single instruction": func(p []instruction) []instruction { return p[:1] },
		"no instruction":                    func(p []instruction) []instruction { return nil },
	} {
		program, err := conn.explain(sql)
		if err != nil {
			t.Fatal(err)
		}
		if _, plain := asPlainRead(change(program)); plain != (what == "nothing") {
			t.Errorf("%s: plain %v", what, plain)
		}
	}
}
