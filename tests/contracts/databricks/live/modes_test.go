package live_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
	"github.com/drt-go/drt/destinations/databricks"
)

const makePeople = "CREATE TABLE $t (id BIGINT, name STRING, score DOUBLE) USING DELTA"

func TestInsert(t *testing.T) {
	loaders(t, func(p *place) {
		p.exec(makePeople)
		r, _ := p.run(p.plan(destinations.ModeInsert, people()), [][]any{{"1", "Ada", "0.5"}, {"1", "Ada", "0.5"}}, [][]any{{nil, nil, nil}})
		p.counts(r, "staged 3 inserted 3 updated 0 deleted 0 unchanged 0 duplicates 0")
		p.want("SELECT * FROM $t", "1|Ada|0.5", "1|Ada|0.5", "NULL|NULL|NULL")
	})
}

func TestMerge(t *testing.T) {
	loaders(t, func(p *place) {
		p.exec(makePeople)
		p.exec("INSERT INTO $t VALUES (1, 'Ada', 0.5), (2, 'Bob', NULL), (3, 'Cyd', 1.5), (NULL, 'Nobody', 0)")
		plan := p.plan(destinations.ModeMerge, people())
		r, rejects := p.run(plan, [][]any{{"1", "Ada", "0.5"}, {"2", "Bob", "1"}, {"4", "first", "1"}}, [][]any{{"4", "last", "2"}, {nil, "x", "1"}})
		p.counts(r, "staged 4 inserted 1 updated 1 deleted 0 unchanged 1 duplicates 1")
		if len(rejects) != 1 || rejects[0].Row != 1 {
			t.Errorf("rejects %+v", rejects)
		}
		p.want("SELECT * FROM $t", "1|Ada|0.5", "2|Bob|1", "3|Cyd|1.5", "4|last|2", "NULL|Nobody|0")

		// The same again changes nothing.
		r, _ = p.run(p.plan(destinations.ModeMerge, people()), [][]any{{"1", "Ada", "0.5"}, {"2", "Bob", "1"}, {"4", "last", "2"}})
		p.counts(r, "staged 3 inserted 0 updated 0 deleted 0 unchanged 3 duplicates 0")

		touch := p.plan(destinations.ModeMerge, people())
		touch.Touch = true
		r, _ = p.run(touch, [][]any{{"1", "Ada", "0.5"}})
		p.counts(r, "staged 1 inserted 0 updated 1 deleted 0 unchanged 0 duplicates 0")
		if log := strings.Join(p.rows("DESCRIBE HISTORY $t"), "\n"); !strings.Contains(log, plan.SyncRunID) {
			t.Errorf("the commit of run %s is not signed in the table's history:\n%s", plan.SyncRunID, log)
		}
	})
}

func TestMirror(t *testing.T) {
	loaders(t, func(p *place) {
		p.exec(makePeople)
		p.exec("INSERT INTO $t VALUES (1, 'Ada', 0.5), (2, 'Bob', NULL), (3, 'Cyd', 1.5), (NULL, 'Nobody', 0)")
		r, _ := p.run(p.plan(destinations.ModeMirror, people()), [][]any{{"1", "Ada", "0.5"}, {"4", "Dan", "1"}})
		p.counts(r, "staged 2 inserted 1 updated 0 deleted 2 unchanged 1 duplicates 0")
		p.want("SELECT * FROM $t", "1|Ada|0.5", "4|Dan|1", "NULL|Nobody|0")
	})
}

// W7: a refused row that is in the target stays, because its key was observed.
func TestW7_MirrorKeepsRefusedRows(t *testing.T) {
	loaders(t, func(p *place) {
		p.exec(makePeople)
		p.exec("INSERT INTO $t VALUES (1, 'Ada', 0.5), (2, 'Bob', 7), (3, 'Cyd', 1.5)")
		schema := fields("id", arrow.PrimitiveTypes.Int64, "name", arrow.BinaryTypes.String, "score", arrow.BinaryTypes.String)
		r, rejects := p.run(p.plan(destinations.ModeMirror, schema), [][]any{{"1", "Ada", "0.5"}, {"2", "Bob", "many"}})
		p.counts(r, "staged 1 inserted 0 updated 0 deleted 1 unchanged 1 duplicates 0")
		if len(rejects) != 1 {
			t.Errorf("rejects %+v", rejects)
		}
		p.want("SELECT * FROM $t", "1|Ada|0.5", "2|Bob|7")
	})
}

// W6: a composite key, in one commit; W7 in it too.
func TestW6_CompositeMirror(t *testing.T) {
	loaders(t, func(p *place) {
		p.cfg.UpsertKey = []string{"tenant", "id"}
		p.exec("CREATE TABLE $t (tenant STRING, id BIGINT, score DOUBLE) USING DELTA")
		p.exec("INSERT INTO $t VALUES ('eu', 1, 0.5), ('eu', 2, 1), ('us', 1, 2), ('us', 3, 3), (NULL, 4, 4)")
		schema := fields("tenant", arrow.BinaryTypes.String, "id", arrow.PrimitiveTypes.Int64, "score", arrow.BinaryTypes.String)
		r, _ := p.run(p.plan(destinations.ModeMirror, schema), [][]any{{"eu", "1", "0.5"}, {"us", "1", "9"}, {"us", "1", "10"}, {"us", "3", "bad"}, {"us", "3", "bad"}, {"eu", "9", "bad"}})
		p.counts(r, "staged 3 inserted 0 updated 1 deleted 1 unchanged 1 duplicates 1")
		p.want("SELECT * FROM $t", "eu|1|0.5", "us|1|10", "us|3|3", "NULL|4|4")
	})
}

func TestAtomicMirror(t *testing.T) {
	p := newPlace(t)
	p.exec(makePeople)
	p.exec("INSERT INTO $t VALUES (1, 'Ada', 0.5), (2, 'Bob', NULL)")
	plan := p.plan(destinations.ModeMirror, people())
	plan.Mirror.Atomic = true
	r, _ := p.run(plan, [][]any{{"1", "Ada", "1"}, {"3", "Cyd", "1"}})
	p.counts(r, "staged 2 inserted 1 updated 1 deleted 1 unchanged 0 duplicates 0")
	p.want("SELECT * FROM $t", "1|Ada|1", "3|Cyd|1")
}

// W9: an empty source deletes nothing unless it is meant.
func TestW9_EmptySource(t *testing.T) {
	p := newPlace(t)
	p.exec(makePeople)
	p.exec("INSERT INTO $t VALUES (1, 'Ada', 0.5), (NULL, 'Nobody', 0)")
	for _, mode := range []destinations.Mode{destinations.ModeMirror, destinations.ModeReplace} {
		p.run(p.plan(mode, people()))
		p.want("SELECT id FROM $t", "1", "NULL")
	}
	plan := p.plan(destinations.ModeMirror, people())
	plan.AllowEmpty = true
	p.run(plan)
	p.want("SELECT id FROM $t", "NULL")
	plan = p.plan(destinations.ModeReplace, people())
	plan.AllowEmpty = true
	p.run(plan)
	p.want("SELECT id FROM $t")
}

func TestReplace(t *testing.T) {
	loaders(t, func(p *place) {
		p.exec(makePeople)
		p.exec("INSERT INTO $t VALUES (1, 'Ada', 0.5), (2, 'Bob', NULL)")
		p.run(p.plan(destinations.ModeReplace, people()), [][]any{{"3", "Cyd", "1"}, {"3", "Cyd", "1"}})
		p.want("SELECT * FROM $t", "3|Cyd|1", "3|Cyd|1")
	})
}

// A load of several chunks goes through scratch, in every mode.
func TestManyChunks(t *testing.T) {
	const rows = 6000
	p := newPlace(t)
	p.exec(makePeople)
	var batches [][][]any
	long := strings.Repeat("x", 400)
	for i := 0; i < rows; i += 500 {
		var batch [][]any
		for j := range 500 {
			batch = append(batch, []any{fmt.Sprint((i + j) % 5000), fmt.Sprintf("%s %d", long, i+j), "1"})
		}
		batches = append(batches, batch)
	}
	for _, c := range []struct {
		mode destinations.Mode
		want string
		sum  string
	}{
		{destinations.ModeInsert, "staged 6000 inserted 6000 updated 0 deleted 0 unchanged 0 duplicates 0", "6000|5000"},
		{destinations.ModeReplace, "staged 6000 inserted 6000 updated 0 deleted - unchanged 0 duplicates 0", "6000|5000"},
	} {
		r, _ := p.run(p.plan(c.mode, people()), batches...)
		p.counts(r, c.want)
		p.want("SELECT count(*), count(DISTINCT id) FROM $t", c.sum)
	}
	p.exec("DELETE FROM $t")
	r, _ := p.run(p.plan(destinations.ModeMirror, people()), batches...)
	p.counts(r, "staged 6000 inserted 5000 updated 0 deleted 0 unchanged 0 duplicates 1000")
	// The last in source order won, across chunks.
	p.want("SELECT count(*), sum(CASE WHEN name LIKE '% 5999' THEN 1 ELSE 0 END), sum(CASE WHEN name LIKE '% 999' THEN 1 ELSE 0 END) FROM $t", "5000|1|0")
}

// W16: a CHECK constraint that only the warehouse knows.
func TestW16_CheckConstraint(t *testing.T) {
	for _, c := range []struct{ name, mode, volume string }{
		{"insert", "insert", ""}, {"merge", "merge", ""}, {"mirror", "mirror", ""},
		{"insert volume", "insert", stageVolume}, {"mirror volume", "mirror", stageVolume},
	} {
		mode := destinations.Mode(c.mode)
		t.Run(c.name, func(t *testing.T) {
			p := newPlace(t)
			if p.cfg.Staging.Volume = c.volume; c.volume != "" {
				p.cfg.Staging.Loader = "volume"
			}
			p.exec(makePeople)
			p.exec("ALTER TABLE $t ADD CONSTRAINT positive CHECK (score >= 0)")
			p.exec("INSERT INTO $t VALUES (77, 'kept', 1)")
			var batch [][]any
			for i := range 100 {
				batch = append(batch, []any{fmt.Sprint(i), "x", "1"})
			}
			batch[77][2] = "-1"
			r, _ := p.run(p.plan(mode, people()), batch[:50], batch[50:])
			if len(r.Rejects) != 1 || r.Rejects[0].Row != 77 || !strings.Contains(r.Rejects[0].Reason, "positive") {
				t.Errorf("rejects %+v", r.Rejects)
			}
			p.want("SELECT count(*), count(DISTINCT id) FROM $t", "100|100")
			p.want("SELECT name, score FROM $t WHERE id = 77", "kept|1")

			plan := p.plan(mode, people())
			plan.SkipErrors = false
			_, _, err := p.try(plan, batch)
			if connector.KindOf(err) != connector.KindRejected || !strings.Contains(err.Error(), "positive") {
				t.Errorf("without skip: %v", err)
			}
			p.want("SELECT count(*) FROM $t", "100")
		})
	}
}

// W13: names that need quotes, values that would be SQL.
func TestW13_HostileNamesAndValues(t *testing.T) {
	loaders(t, func(p *place) {
		p.cfg.Table, p.cfg.UpsertKey = "order_lines", []string{"select"}
		p.exec("CREATE TABLE $t (`select` STRING, `a``b` STRING, `Ünï-cödé` STRING) USING DELTA")
		schema := fields("select", arrow.BinaryTypes.String, "A`B", arrow.BinaryTypes.String, "Ünï-cödé", arrow.BinaryTypes.String)
		rows := [][]any{{"'; DROP TABLE x; --", `\`, "*/ /* -- \x00 \u0001"}, {"${x} {{ y }}", "\"\n\r\t", "😀\uffff"}, {"", "null", "NULL"}}
		for range 2 {
			p.run(p.plan(destinations.ModeMerge, schema), rows)
		}
		var want []string
		for _, r := range rows {
			want = append(want, fmt.Sprintf("%X|%X|%X", r...))
		}
		p.want("SELECT hex(encode(`select`, 'UTF-8')), hex(encode(`a``b`, 'UTF-8')), hex(encode(`Ünï-cödé`, 'UTF-8')) FROM $t", want...)
	})
}

// W19: the warehouse fills what the model lacks, and refuses what it computes itself.
func TestW19_GeneratedColumns(t *testing.T) {
	p := newPlace(t)
	p.exec("CREATE TABLE $t (id BIGINT, score DOUBLE, twice DOUBLE GENERATED ALWAYS AS (score * 2)) USING DELTA")
	schema := fields("id", arrow.PrimitiveTypes.Int64, "score", arrow.PrimitiveTypes.Float64)
	for _, mode := range []destinations.Mode{destinations.ModeInsert, destinations.ModeMirror} {
		p.run(p.plan(mode, schema), [][]any{{"1", "2"}})
	}
	// The mirror finds the row that the insert made.
	p.want("SELECT * FROM $t", "1|2|4")
}

func TestW20_W21_TargetThatDoesNotFit(t *testing.T) {
	p := newPlace(t)
	_, _, err := p.try(p.plan(destinations.ModeMerge, people()), [][]any{{"1", "Ada", "1"}})
	if connector.KindOf(err) != connector.KindNotFound {
		t.Errorf("a missing table: %v", err)
	}
	p.exec("CREATE TABLE $t (id BIGINT) USING DELTA")
	_, _, err = p.try(p.plan(destinations.ModeMerge, people()), [][]any{{"1", "Ada", "1"}})
	if connector.KindOf(err) != connector.KindConfig || !strings.Contains(err.Error(), "lacks 2 columns of the model: name, score") {
		t.Errorf("missing columns: %v", err)
	}
}

func TestW21_Create(t *testing.T) {
	loaders(t, func(p *place) {
		p.cfg.Create = true
		r, _ := p.run(p.plan(destinations.ModeMirror, people()), [][]any{{"1", "Ada", "1"}})
		p.counts(r, "staged 1 inserted 1 updated 0 deleted 0 unchanged 0 duplicates 0")
		p.run(p.plan(destinations.ModeMirror, people()), [][]any{{"2", "Bob", "1"}})
		p.want("SELECT * FROM $t", "2|Bob|1")
	})
}

func TestDuplicatesFail(t *testing.T) {
	p := newPlace(t)
	p.exec(makePeople)
	plan := p.plan(destinations.ModeMerge, people())
	plan.Duplicates = destinations.DuplicateFail
	_, _, err := p.try(plan, [][]any{{"1", "Ada", "1"}, {"7", "Bob", "1"}, {"7", "Cyd", "1"}})
	if connector.KindOf(err) != connector.KindRejected || !strings.Contains(err.Error(), "keys: 7") {
		t.Errorf("duplicates: %v", err)
	}
	p.want("SELECT * FROM $t")
}

func TestCheckAndLeftovers(t *testing.T) {
	p := newPlace(t)
	p.exec(makePeople)
	d, err := databricks.New(p.cfg, p.env())
	if err != nil {
		t.Fatal(err)
	}
	found, err := d.Check(t.Context(), people())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if !f.OK {
			t.Errorf("%+v", f)
		}
	}
	const left = "__drt_staging_people_01890a5dac96774bbcceb302099a8057"
	p.exec("CREATE TABLE main." + p.schema + "." + left + " (x INT) USING DELTA")
	leftovers, err := d.Leftovers(t.Context())
	if err != nil || len(leftovers) != 1 {
		t.Fatalf("%+v %v", leftovers, err)
	}
	if err := d.Remove(t.Context(), leftovers[0]); err != nil {
		t.Fatal(err)
	}
	p.want("SELECT count(*) FROM $t", "0")
}
