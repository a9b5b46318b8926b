package databricks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// logOf makes a log, newest first, of entries that are written oldest first: "MERGE mine", "WRITE Append 5", "RESTORE 2".
func logOf(first int64, entries ...string) []version {
	var log []version
	for i, e := range entries {
		words := strings.Fields(e)
		v := version{number: first + int64(i), operation: words[0], user: "zoe"}
		switch words[0] {
		case "MERGE", "DELETE":
			v.logged = fmt.Sprintf(`{"predicate":"[\"(_drt = %s)\"]"}`, authorship{sync: "s", run: words[1]})
		case "WRITE":
			v.mode, v.metrics = words[1], map[string]string{"numOutputRows": words[2]}
		case "RESTORE":
			v.logged = fmt.Sprintf(`{"version":"%s","timestamp":"null"}`, words[1])
		case "SET":
			v.operation, v.logged = "SET TBLPROPERTIES", fmt.Sprintf(`{"properties":"{\"%s\":\"1\"}"}`, words[1])
		case "VACUUM":
			v.operation = "VACUUM START"
		}
		log = append([]version{v}, log...)
	}
	return log
}

func TestStandingVersions(t *testing.T) {
	for name, c := range map[string]struct {
		log  []version
		want []int64
	}{
		"nothing restored":        {logOf(0, "CREATE", "MERGE a", "MERGE b"), []int64{2, 1, 0}},
		"one run":                 {logOf(0, "CREATE", "MERGE a", "RESTORE 0"), []int64{0}},
		"what came later stands":  {logOf(0, "CREATE", "MERGE a", "RESTORE 0", "MERGE b"), []int64{3, 0}},
		"two, one after another":  {logOf(0, "CREATE", "MERGE a", "MERGE b", "RESTORE 1", "RESTORE 0"), []int64{0}},
		"a restore was restored":  {logOf(0, "CREATE", "MERGE a", "RESTORE 0", "RESTORE 1"), []int64{1, 0}},
		"to a time: not known":    {logOf(0, "CREATE", "MERGE a", "RESTORE null"), []int64{2, 1, 0}},
		"of what is not there":    {logOf(5, "MERGE a", "RESTORE 3"), nil},
		"within what is restored": {logOf(0, "CREATE", "MERGE a", "RESTORE 0", "MERGE b", "RESTORE 0"), []int64{0}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []int64
			for _, v := range standing(c.log) {
				got = append(got, v.number)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("standing (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlanUndo(t *testing.T) {
	signed := destinations.Change{Kind: kindMerge, Signature: "x"}
	insert := func(version *int64, rows int64) destinations.Change {
		return destinations.Change{Kind: kindInsert, Version: version, Staged: rows}
	}
	at := destinations.Count
	for name, c := range map[string]struct {
		log    []version
		change destinations.Change
		want   undoPlan
		kind   connector.Kind // of the error; "" = none
		says   string
	}{
		"the last":              {log: logOf(0, "CREATE", "MERGE b", "MERGE a"), change: signed, want: undoPlan{from: 2, to: 1}},
		"merge and delete":      {log: logOf(0, "CREATE", "MERGE a", "DELETE a"), change: signed, want: undoPlan{from: 2, to: 0}},
		"files were rewritten":  {log: logOf(0, "CREATE", "MERGE a", "OPTIMIZE", "VACUUM", "SET drt.fence"), change: signed, want: undoPlan{from: 4, to: 0}},
		"within maintenance":    {log: logOf(0, "CREATE", "MERGE a", "OPTIMIZE", "DELETE a"), change: signed, want: undoPlan{from: 3, to: 0}},
		"done":                  {log: logOf(0, "CREATE", "MERGE a", "RESTORE 0"), change: signed, want: undoPlan{from: 2, to: 0, done: true}},
		"a later run is undone": {log: logOf(0, "CREATE", "MERGE a", "MERGE b", "RESTORE 1"), change: signed, want: undoPlan{from: 3, to: 0}},
		"a write":               {log: logOf(3, "WRITE Append 5", "WRITE Append 5"), change: insert(at(3), 5), want: undoPlan{from: 4, to: 3}},
		"a later run":           {log: logOf(0, "CREATE", "MERGE a", "MERGE b"), change: signed, kind: connector.KindConflict, says: "version 2 of main.default.t (MERGE by zoe)"},
		"a property":            {log: logOf(0, "CREATE", "MERGE a", "SET other"), change: signed, kind: connector.KindConflict, says: "SET TBLPROPERTIES"},
		"back to a time":        {log: logOf(0, "CREATE", "MERGE a", "RESTORE null"), change: signed, kind: connector.KindConflict, says: "RESTORE"},
		"two writes like it":    {log: logOf(0, "CREATE", "WRITE Append 5", "WRITE Append 5"), change: insert(at(0), 5), kind: connector.KindConflict, says: "version 1 of"},
		"the history was cut":   {log: logOf(7, "MERGE a", "OPTIMIZE"), change: signed, kind: connector.KindNotFound, says: "version 6 of main.default.t, from before run a"},
		"it was cut off":        {log: logOf(7, "MERGE b", "OPTIMIZE"), change: signed, kind: connector.KindNotFound, says: "begins at version 7"},
		"it changed nothing":    {log: logOf(0, "CREATE", "MERGE b"), change: signed, kind: connector.KindNotFound, says: "has no version of run a"},
		"nobody noted":          {log: logOf(0, "CREATE", "WRITE Append 5"), change: insert(nil, 5), kind: connector.KindNotFound, says: "is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := planUndo(table{"main", "default", "t"}, c.log, destinations.UndoRun{SyncRunID: "a", Changes: []destinations.Change{c.change}})
			if c.kind != "" {
				if connector.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v, want one of kind %s that says %q", err, c.kind, c.says)
				}
				return
			}
			if err != nil || got != c.want {
				t.Errorf("%+v, %v, want %+v", got, err, c.want)
			}
		})
	}
}
