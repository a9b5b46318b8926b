package databricks

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"net/http"
	"regexp"
	"strings"

	dbsqlerr "github.com/databricks/databricks-sql-go/errors"

	"github.com/drt-go/drt/connector"
)

// effect is what a statement changes if it runs: it decides what a lost reply means.
type effect int

const (
	reads     effect = iota // nothing: may be asked again
	onScratch               // only scratch of ours: the target is as before, whatever happened
	onTarget                // what people look at
)

// answer is what the warehouse said about a statement, taken out of the driver's wrapping.
type answer struct {
	class string // the cause: wrappers such as TASK_WRITE_FAILED only if nothing stands behind them
	state string
	text  string // without class, SQLSTATE, plan and SQL excerpt; it may hold values of rows
	final bool   // the statement has failed on the server, for certain
}

var (
	classPattern = regexp.MustCompile(`\[([A-Z][A-Z0-9_]{3,}(?:\.[A-Z0-9_]+)*)\]`)
	statePattern = regexp.MustCompile(`SQLSTATE:? ?([0-9A-Z]{5})\b`)
	// What a server appends to a message: the statement, the plan, a Java stack.
	tailPattern = regexp.MustCompile(`(?s)\s*(;\s*\n|;?\s*line \d+,? pos|== SQL|\n\tat |\(line \d+, pos|SQLSTATE:? ?[0-9A-Z]{5}).*$`)
)

// read takes err apart. The text of the classes is searched as a whole: a failed cast inside an INSERT arrives as
// TASK_WRITE_FAILED with the real class further down.
func read(err error) answer {
	text := err.Error()
	a := answer{text: text, final: strings.Contains(text, "unexpected operation state ERROR_STATE")}
	var exec dbsqlerr.DBExecutionError
	if errors.As(err, &exec) {
		a.state = exec.SqlState()
	}
	if m := statePattern.FindStringSubmatch(text); m != nil && (a.state == "" || a.state == "58030") {
		a.state = m[1]
	}
	for _, m := range classPattern.FindAllStringSubmatchIndex(text, -1) {
		if a.class == "" || isWrapper(a.class) {
			a.class, a.text = text[m[2]:m[3]], text[m[1]:]
		}
	}
	if i := strings.LastIndex(a.text, "ERROR_STATE: "); a.class == "" && i >= 0 {
		a.text = a.text[i+len("ERROR_STATE: "):]
	}
	a.text = strings.TrimSpace(tailPattern.ReplaceAllString(a.text, ""))
	a.final = a.final || a.class != "" || a.state != ""
	return a
}

func isWrapper(class string) bool {
	return strings.HasPrefix(class, "TASK_WRITE_FAILED") || strings.HasPrefix(class, "INVALID_INLINE_TABLE")
}

// failure says what err means for a statement of this effect. Nothing of kind unknown_outcome is ever sent again.
func (w *warehouse) failure(ctx context.Context, op string, st statement, eff effect, err error, r reply) *connector.Error {
	a := read(err)
	w.asked = r.retryAfter
	// err itself is not kept as the cause: what the server said may hold values of rows.
	e := &connector.Error{Op: op, SQLState: a.state, Class: a.class, SQL: st.text, Err: ctx.Err()}
	if a.final && !lostByStatus(r.status) {
		w.explain(e, a, eff)
		return e
	}
	if r.login != nil { // nothing was sent
		in := &connector.Error{Kind: connector.KindAuth, Message: r.login.Error()}
		_ = asError(r.login, &in)
		e.Kind, e.Message, e.Hint = in.Kind, "log in: "+in.Message, in.Hint
		return e
	}
	switch {
	case strings.Contains(a.text, asleepText):
		// A session that is not there yet has run nothing.
		e.Kind, e.Message, e.Err = connector.KindTransient, "the warehouse is starting", errAsleep
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden || authText(a.text):
		e.Kind, e.Message = connector.KindAuth, "the workspace refused the token: "+clip(a.text)
		e.Hint = "check the token and that its principal may use the warehouse (CAN USE)"
	case r.unsent && ctx.Err() == nil:
		e.Kind, e.Message = connector.KindTransient, "the warehouse cannot be reached: "+clip(a.text)
		e.Err = errUnsent
	case refused(r.status):
		e.Kind, e.Message = connector.KindPermanent, clip(a.text)
	case eff == onTarget:
		e.Kind, e.Message = connector.KindUnknown, "the statement was sent and its reply was lost: it may have happened"
		e.Hint = w.evidence()
	case ctx.Err() != nil:
		e.Kind, e.Message = connector.KindCanceled, "interrupted"
	case eff == onScratch:
		e.Kind, e.Message = connector.KindTransient, "the reply was lost while staging; the target is as before: "+clip(a.text)
	case sessionLost(err, a.text):
		e.Kind, e.Message, e.Err = connector.KindTransient, "the session is lost: "+clip(a.text), errSessionLost
	case transientStatus(r.status) || lostConnection(err):
		e.Kind, e.Message = connector.KindTransient, clip(a.text)
	default:
		e.Kind, e.Message = connector.KindPermanent, clip(a.text)
	}
	return e
}

// errUnsent marks a statement of which nothing left this machine.
var errUnsent = errors.New("not sent")

// errSessionLost marks a read whose session is gone: another one can ask again.
var errSessionLost = errors.New("session lost")

func sessionLost(err error, text string) bool {
	return errors.Is(err, driver.ErrBadConn) || strings.Contains(text, "Invalid SessionHandle")
}

// errAsleep marks a session whose warehouse is still starting.
var errAsleep = errors.New("starting")

const asleepText = "has not been initialized"

func authText(text string) bool {
	return strings.Contains(text, "HTTP status 401") || strings.Contains(text, "HTTP status 403")
}

// refused is a reply of HTTP that says that the statement never came to run.
func refused(status int) bool {
	return status >= 400 && status < 500 && !lostByStatus(status)
}

// lostByStatus is a reply of HTTP that may hide a statement that ran: a gateway that gave up, a session that was lost
// after the commit (404, "Invalid SessionHandle").
func lostByStatus(status int) bool {
	return status == http.StatusNotFound || status == http.StatusRequestTimeout || transientStatus(status)
}

func transientStatus(status int) bool {
	return status == http.StatusTooManyRequests || status >= http.StatusInternalServerError && status != http.StatusNotImplemented
}

func lostConnection(err error) bool {
	var n net.Error
	return errors.As(err, &n)
}

// clip keeps a message of somebody else to one readable line.
func clip(text string) string {
	const most = 400
	text = strings.Join(strings.Fields(text), " ")
	for _, prefix := range []string{"databricks: request error: ", "databricks: execution error: ", "databricks: driver error: ", "failed to execute query: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:most]) + "..."
	}
	return strings.TrimRight(text, ". ")
}

// internal is a bug of ours.
func internal(op, message string, cause error) error {
	return &connector.Error{Kind: connector.KindInternal, Op: op, Message: message, Err: cause}
}
