package databricks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
)

func testWarehouse() *warehouse {
	return &warehouse{target: table{"main", "default", "t"}, scratch: table{"main", "stage", ""}}
}

func TestFailureKinds(t *testing.T) {
	state := func(text string) error {
		return errors.New("databricks: execution error: failed to execute query: unexpected operation state ERROR_STATE: " + text)
	}
	for _, c := range []struct {
		name  string
		err   error
		reply reply
		eff   effect
		kind  connector.Kind
		class string
		state string
	}{
		{"conflict", state("[DELTA_CONCURRENT_APPEND.WITHOUT_HINT] Transaction conflict. SQLSTATE: 2D521"), reply{status: 200}, onTarget, connector.KindConflict, "DELTA_CONCURRENT_APPEND.WITHOUT_HINT", "2D521"},
		{"cause below the wrapper", state("[TASK_WRITE_FAILED] Task failed. SQLSTATE: 58030 Caused by: [CAST_INVALID_INPUT] The value 'x'. SQLSTATE: 22018"), reply{}, onTarget, connector.KindRejected, "CAST_INVALID_INPUT", "58030"},
		{"unlisted data error", state("[SOME_NEW_CLASS] value 'x'. SQLSTATE: 22042"), reply{}, onTarget, connector.KindRejected, "SOME_NEW_CLASS", "22042"},
		{"unlisted", state("[SOME_NEW_CLASS] what. SQLSTATE: XX123"), reply{}, onTarget, connector.KindPermanent, "SOME_NEW_CLASS", "XX123"},
		{"post-commit hook", state("[DELTA_POST_COMMIT_HOOK_FAILED] Committing succeeded. SQLSTATE: 2DKD0"), reply{}, onTarget, connector.KindUnknown, "DELTA_POST_COMMIT_HOOK_FAILED", "2DKD0"},
		{"server busy", state("[SERVER_BUSY] busy. SQLSTATE: 08KD1"), reply{}, reads, connector.KindTransient, "SERVER_BUSY", "08KD1"},
		{"401", errors.New("unexpected HTTP status 401 Unauthorized"), reply{status: 401}, onTarget, connector.KindAuth, "", ""},
		{"413", errors.New("unexpected HTTP status 413"), reply{status: 413}, onTarget, connector.KindPermanent, "", ""},
		{"lost reply", errors.New("unexpected EOF"), reply{}, onTarget, connector.KindUnknown, "", ""},
		{"503 with a class", errors.New("[TEMPORARILY_UNAVAILABLE] unexpected HTTP status 503"), reply{status: 503}, onTarget, connector.KindUnknown, "TEMPORARILY_UNAVAILABLE", ""},
		{"lost session", errors.New("Invalid SessionHandle: unexpected HTTP status 404"), reply{status: 404}, onTarget, connector.KindUnknown, "", ""},
		{"lost while staging", errors.New("unexpected EOF"), reply{}, onScratch, connector.KindTransient, "", ""},
		{"never sent", errors.New("connection refused"), reply{unsent: true}, onTarget, connector.KindTransient, "", ""},
		{"asleep", errors.New("Session handle x has not been initialized"), reply{status: 500}, onTarget, connector.KindTransient, "", ""},
		{"503 on a read", errors.New("unexpected HTTP status 503"), reply{status: 503}, reads, connector.KindTransient, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := testWarehouse().failure(context.Background(), "MERGE", statement{text: "MERGE ?", args: []any{"v"}}, c.eff, c.err, c.reply)
			if e.Kind != c.kind || e.Class != c.class || e.SQLState != c.state {
				t.Errorf("%s %q %q, want %s %q %q: %v", e.Kind, e.Class, e.SQLState, c.kind, c.class, c.state, e)
			}
			if e.SQL != "MERGE ?" {
				t.Errorf("statement %q", e.SQL)
			}
		})
	}
}

func TestFailureOfACancelledStatement(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for eff, kind := range map[effect]connector.Kind{reads: connector.KindCanceled, onScratch: connector.KindCanceled, onTarget: connector.KindUnknown} {
		if e := testWarehouse().failure(ctx, "x", statement{}, eff, context.Canceled, reply{}); e.Kind != kind {
			t.Errorf("effect %d: %s, want %s", eff, e.Kind, kind)
		}
	}
}

// No class that is about data lets a value through, and every rule can be reached.
func TestNoValuesInErrors(t *testing.T) {
	for _, r := range rules() {
		class, state := r.class, "XX000"
		if class == "" {
			class, state = "UNLISTED_CLASS", (r.state + "00000")[:5]
		}
		err := fmt.Errorf("unexpected operation state ERROR_STATE: [%s] The value 'canary' of column `c`. CHECK constraint chk (c > 0) violated by row with values: - c : canary SQLSTATE: %s", class, state)
		e := testWarehouse().failure(context.Background(), "x", statement{}, onScratch, err, reply{})
		if e.Kind != r.kind {
			t.Errorf("rule %q %q is not reached: %s", r.class, r.state, e.Kind)
		}
		if e.Kind == connector.KindRejected && strings.Contains(e.Error()+e.Hint, "canary") {
			t.Errorf("%s shows a value: %v", class, e)
		}
	}
}

func TestGrant(t *testing.T) {
	for text, want := range map[string]string{
		"Insufficient privileges: User does not have MODIFY on Table 'main.default.t'.": "GRANT MODIFY ON TABLE `main`.`default`.`t` TO `<principal>`",
		"User does not have USE SCHEMA on Schema 'main.default'.":                       "GRANT USE SCHEMA ON SCHEMA `main`.`default` TO `<principal>`",
		"User does not have permission SELECT on table `main`.`default`.`t`.":           "GRANT SELECT ON TABLE `main`.`default`.`t` TO `<principal>`",
		"User does not have USE_CATALOG on Catalog 'my-cat'.":                           "GRANT USE CATALOG ON CATALOG `my-cat` TO `<principal>`",
		"something else": "a run needs USE CATALOG on `main`, USE SCHEMA on `main`.`default`, SELECT and MODIFY on `main`.`default`.`t` and CREATE TABLE on `main`.`stage`",
	} {
		if got := testWarehouse().grant(text); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}
