package databricks

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/destinations"
)

// version is one commit in the log of a table.
type version struct {
	number    int64
	at        time.Time // zero if it cannot be read
	operation string    // "MERGE", "DELETE", "WRITE", "SET TBLPROPERTIES", "OPTIMIZE", ...
	user      string
	logged    string // operationParameters, as they come
	mode      string // of a WRITE: "Append", "Overwrite"; "" if it has none
	metrics   map[string]string
	blind     bool // an append that read nothing
}

// historySQL reads the log of a table, newest commit first; most = 0 is all of it.
func historySQL(t table, most int) statement {
	st := compose("DESCRIBE HISTORY ", t)
	if most > 0 {
		st.text += " LIMIT " + strconv.Itoa(most)
	}
	return st
}

// history reads the log of t down to version from, newest first.
func (w *warehouse) history(ctx context.Context, t table, most int, from int64) ([]version, error) {
	w.doing("reading the history of " + t.plain())
	var log []version
	err := w.queryNamed(ctx, "describe history of "+t.plain(), historySQL(t, most), func() { log = nil }, func(names []string, row []any) error {
		v, err := readVersion(names, row)
		if err == nil && v.number >= from {
			log = append(log, v)
		}
		return err
	})
	return log, err
}

// readVersion takes a row of DESCRIBE HISTORY apart: the order of its columns is nowhere promised.
func readVersion(names []string, row []any) (version, error) {
	v := version{number: -1}
	for i, name := range names[:min(len(names), len(row))] {
		switch strings.ToLower(name) {
		case "version":
			n, ok := number(row[i])
			if !ok {
				return v, internal("describe history", "a version is no number", nil)
			}
			v.number = n
		case "timestamp":
			v.at, _ = row[i].(time.Time)
		case "operation":
			v.operation = text(row[i])
		case "username":
			v.user = text(row[i])
		case "operationparameters":
			v.logged = text(row[i])
			v.mode = textMap(v.logged)["mode"]
		case "operationmetrics":
			v.metrics = textMap(text(row[i]))
		case "isblindappend":
			v.blind = text(row[i]) == "true"
		}
	}
	if v.number < 0 {
		return v, internal("describe history", "a row without a version", nil)
	}
	return v, nil
}

// textMap reads a MAP<STRING, STRING> as the driver prints it. What cannot be read is empty: then it proves nothing.
func textMap(s string) map[string]string {
	var m map[string]string
	if json.Unmarshal([]byte(s), &m) != nil {
		return nil
	}
	return m
}

// by says whether run has signed v.
func (v version) by(run string) bool {
	a, ok := signatureIn(v.logged)
	return ok && a.run == run
}

// metric is a number that the log holds beside v; nil if it does not.
func (v version) metric(name string) *int64 {
	if n, err := strconv.ParseInt(v.metrics[name], 10, 64); err == nil {
		return destinations.Count(n)
	}
	return nil
}

// result is what the log says that v did.
func (v version) result() destinations.Result {
	switch v.operation {
	case "MERGE":
		return destinations.Result{
			Inserted: v.metric("numTargetRowsInserted"), Updated: v.metric("numTargetRowsUpdated"), Deleted: v.metric("numTargetRowsDeleted"),
		}
	case "DELETE":
		return destinations.Result{Deleted: v.metric("numDeletedRows")}
	}
	return destinations.Result{Inserted: v.metric("numOutputRows")}
}

// describe names v for people.
func (v version) describe(t table) string {
	s := fmt.Sprintf("version %d of %s (%s", v.number, t.plain(), v.operation)
	if v.user != "" {
		s += " by " + v.user
	}
	if !v.at.IsZero() {
		s += " at " + v.at.UTC().Format(time.RFC3339)
	}
	return s + ")"
}

// Remembered implements destinations.Historian.
func (d *Destination) Remembered(ctx context.Context, sync string) (*destinations.Remembered, error) {
	w, err := d.connect(ctx, queryTags(sync, "", ""), nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.close() }()
	log, err := w.history(ctx, d.cfg.target(), 0, 0)
	if err != nil {
		if isTableMissing(err) {
			return nil, nil // nothing was ever written
		}
		return nil, err
	}
	log = standing(log)
	found := remembered(log, sync)
	for _, v := range log {
		if v.operation == kindRestore && found != nil && v.number > found.Version {
			return nil, &connector.Error{
				Kind: connector.KindPermanent, Op: "read the target's log",
				Message: v.describe(d.cfg.target()) + " brought a time back, not a version: which runs are in the table cannot be told",
				Hint:    "import a state with drt state import, or run the sync with --full-refresh if reading everything again does no harm",
			}
		}
	}
	return found, nil
}

// remembered is the newest signed commit of sync that carries a watermark, else the newest.
func remembered(log []version, sync string) *destinations.Remembered {
	var newest *destinations.Remembered
	for _, v := range log {
		a, ok := signatureIn(v.logged)
		if !ok || a.sync != sync {
			continue
		}
		r := &destinations.Remembered{SyncRunID: a.run, Version: v.number, At: v.at, Watermark: a.watermark}
		if r.Watermark != "" {
			return r
		}
		if newest == nil {
			newest = r
		}
	}
	return newest
}
