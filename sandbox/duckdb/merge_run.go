package duckdb

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// merged is how many rows a MERGE changed.
type merged struct{ updated, deleted, inserted int64 }

func (g *merging) run(ctx context.Context) (merged, error) {
	var n merged
	if err := g.exclusive(ctx); err != nil {
		return n, err
	}
	temp, err := g.materialize(ctx, g.plan())
	if err != nil {
		return n, err
	}
	if err := g.checkMatches(ctx, temp); err != nil {
		return n, err
	}
	var fresh, gone []string // numbers of clauses that write a row, and that end one
	if n, fresh, gone, err = g.count(ctx, temp); err != nil || n == (merged{}) {
		return n, err
	}
	if len(gone) > 0 {
		if _, err := g.retire(ctx, "rowid IN (SELECT rid FROM "+temp+" WHERE act IN ("+strings.Join(gone, ", ")+"))"); err != nil {
			return n, err
		}
	}
	if len(fresh) > 0 {
		rows := "SELECT " + strings.Join(g.physicals(), ", ") + " FROM " + temp + " WHERE act IN (" + strings.Join(fresh, ", ") + ")"
		sql, err := layered{w: g.write, sql: rows}.checked(g.given)
		if err != nil {
			return n, err
		}
		if _, err := g.append(ctx, g.physicals(), sql); err != nil {
			return n, err
		}
	}
	return n, g.commit(ctx, g.entry(n))
}

// plan is the join with its decision and the values of new rows.
func (g *merging) plan() string {
	kind := "INNER"
	switch {
	case g.has(notMatched) && g.has(bySource):
		kind = "FULL"
	case g.has(notMatched):
		kind = "RIGHT"
	case g.has(bySource):
		kind = "LEFT"
	}
	rels := g.joins.both.Relations()
	inner := []string{rels[0].SQL + ".rid AS rid", rels[1].SQL + ".present AS present", g.decide + " AS act"}
	for k, r := range rels {
		for i, c := range r.Cols {
			inner = append(inner, fmt.Sprintf("%s.%s AS %c%d", r.SQL, c.SQL, "ts"[k], i))
		}
	}
	outer := make([]string, len(g.values))
	for i, c := range g.meta.Columns {
		outer[i] = g.values[i] + " AS " + c.Physical
	}
	sql := "SELECT j.rid, j.present, j.act, " + strings.Join(outer, ", ") + " FROM (SELECT " + strings.Join(inner, ", ") +
		" FROM " + g.target + " " + kind + " JOIN " + g.source + " ON " + g.on + ") AS j"
	if g.insertOnly() {
		return sql + " WHERE j.act > 0"
	}
	return sql + " WHERE j.act > 0 OR j.present AND j.rid IS NOT NULL"
}

func (g *merging) insertOnly() bool { return !g.has(matched) && !g.has(bySource) }

// deleteOnly reports whether all that can happen to a row that matches is to be deleted.
func (g *merging) deleteOnly() bool {
	first := g.stmt.Clauses[0]
	return len(g.stmt.Clauses) == 1 && first.Kind == matched && first.Action == "DELETE" && first.Cond == nil
}

// checkMatches: a row of the target may match one row of the source only, unless all that can happen to it is to be
// deleted. Clauses' conditions do not count.
func (g *merging) checkMatches(ctx context.Context, temp string) error {
	if g.insertOnly() || g.deleteOnly() {
		return nil
	}
	n, err := g.rowCount(ctx, "SELECT count(*) - count(DISTINCT rid) FROM "+temp+" WHERE present AND rid IS NOT NULL")
	if err != nil || n == 0 {
		return err
	}
	return sqlerr.New("DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE", "Cannot perform Merge as multiple source rows matched and attempted to modify the same "+
		"target row in the Delta table in possibly conflicting ways. By SQL semantics of Merge, when multiple source rows match on the same target row, the result may be ambiguous "+
		"as it is unclear which source row should be used to update or delete the matching target row.")
}

// count reads how many rows each clause changes. Only a row that is deleted may be in the join more than once: of the
// others, checkMatches has made sure.
func (g *merging) count(ctx context.Context, temp string) (n merged, fresh, gone []string, err error) {
	number := "count(*)"
	if g.deleteOnly() {
		number = "count(DISTINCT rid)"
	}
	rows, err := g.conn.Strings(ctx, "SELECT CAST(act AS VARCHAR), CAST("+number+" AS VARCHAR) FROM "+temp+" WHERE act > 0 GROUP BY act", 2)
	if err != nil {
		return n, nil, nil, err
	}
	for _, r := range rows {
		act, _ := strconv.Atoi(*r[0])
		rows, _ := strconv.ParseInt(*r[1], 10, 64)
		switch g.stmt.Clauses[act-1].Action {
		case "UPDATE":
			n.updated += rows
			fresh, gone = append(fresh, *r[0]), append(gone, *r[0])
		case "DELETE":
			n.deleted += rows
			gone = append(gone, *r[0])
		default:
			n.inserted += rows
			fresh = append(fresh, *r[0])
		}
	}
	return n, fresh, gone, nil
}

// entry is the commit as Delta logs it: with the text of every condition.
func (g *merging) entry(n merged) catalog.Commit {
	num := func(v int64) string { return strconv.FormatInt(v, 10) }
	return catalog.Commit{
		Operation: "MERGE", Identity: g.identityAfter(n.inserted, g.given),
		Parameters: map[string]string{
			"predicate": jsonList(g.env.Logged(g.joins.both, g.stmt.On)), "matchedPredicates": g.logged[0],
			"notMatchedPredicates": g.logged[1], "notMatchedBySourcePredicates": g.logged[2],
		},
		Metrics: map[string]string{
			"numTargetRowsInserted": num(n.inserted), "numTargetRowsUpdated": num(n.updated), "numTargetRowsDeleted": num(n.deleted),
			"numOutputRows": num(n.inserted + n.updated), "numTargetFilesAdded": files(n.inserted + n.updated), "numTargetFilesRemoved": files(n.updated + n.deleted),
		},
	}
}

// loggedClause is a clause in matchedPredicates and its like.
func loggedClause(action, predicate string) string {
	entry := struct {
		Predicate string `json:"predicate,omitempty"`
		Action    string `json:"actionType"`
	}{predicate, action}
	b, err := json.Marshal(entry)
	if err != nil {
		return "{}" // not UTF-8: cannot happen behind the parser
	}
	return string(b)
}
