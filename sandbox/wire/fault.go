package wire

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Point is a place at which faults strike.
type Point string

// The points. Upload, Download and Remove are the HTTP requests for volume files, by presigned URL or Files API; the
// text of these is the path of the file, that of the other points but Statement is empty.
const (
	Open      Point = "open"      // OpenSession
	Statement Point = "statement" // ExecuteStatement
	Status    Point = "status"    // GetOperationStatus
	Fetch     Point = "fetch"     // FetchResults
	Finish    Point = "finish"    // CloseOperation
	Upload    Point = "upload"
	Download  Point = "download"
	Remove    Point = "remove"
)

// Action is what a fault does.
type Action string

// The actions. None, the zero value, leaves Delay and Hook alone.
const (
	None        Action = ""
	Fail        Action = "fail"         // answer Error, or HTTP Status
	Drop        Action = "drop"         // close the connection without an answer; with After: the reply is lost
	Hang        Action = "hang"         // until the client cancels or goes away
	LoseSession Action = "lose_session" // the session is gone: HTTP 404, now and later
	Cut         Action = "cut"          // close the connection half way through the answer, or half way through an upload's body
	// Late closes the connection without an answer and forgets the session, and the statement goes on behind the client's
	// back: nothing cancels it. It needs Begun.
	Late Action = "late"
)

// Always lets a fault strike without end.
const Always = -1

// Fault is one thing that goes wrong, and when.
type Fault struct {
	On    Point  // "" is Statement
	Match string // regular expression (RE2) on the text; "" matches all
	Nth   int    // strike at the Nth match, counted from when the fault was added; 0 is 1
	Times int    // and at this many in a row; 0 is 1
	After bool   // strike after the effect instead of before it; Cut of an answer is always after

	Do         Action
	Error      *Error        // for Fail of a statement: the state that the client sees
	Status     int           // for Fail otherwise: HTTP status, 400 to 599
	RetryAfter time.Duration // sent along with Status, in whole seconds, if not 0
	Delay      time.Duration // wait before anything else
	Hook       func(Event)   // called before the effect, with After behind it
	Begun      bool          // the Hook is called between begin and commit of a statement that writes
}

// Event is what a Hook is told.
type Event struct {
	Point   Point
	Session string
	Text    string
}

// check says what is wrong with f, and returns what it matches.
func (f *Fault) check() (*regexp.Regexp, error) {
	switch f.On {
	case "":
		f.On = Statement
	case Open, Statement, Status, Fetch, Finish, Upload, Download, Remove:
	default:
		return nil, fmt.Errorf("unknown point %q", f.On)
	}
	f.Nth, f.Times = max(f.Nth, 1), max(f.Times, Always)
	if f.Times == 0 {
		f.Times = 1
	}
	if f.Begun && (f.On != Statement || f.Hook == nil) {
		return nil, errors.New("begun is for the hook of a statement")
	}
	if err := f.checkAction(); err != nil {
		return nil, err
	}
	re, err := regexp.Compile(f.Match)
	if err != nil {
		return nil, fmt.Errorf("match: %w", err)
	}
	return re, nil
}

func (f *Fault) checkAction() error {
	switch f.Do {
	case None:
		if f.Delay == 0 && f.Hook == nil {
			return errors.New("a fault without action, delay and hook does nothing")
		}
	case Fail:
		return f.checkFail()
	case Late:
		if f.On != Statement || !f.Begun || f.After {
			return errors.New("late is for a statement that a hook holds when it has begun")
		}
	case LoseSession:
		if f.On == Open || f.isFile() {
			return fmt.Errorf("%s has no session to lose", f.On)
		}
	case Cut:
		if f.On == Remove {
			return errors.New("the answer to a removal has no body to cut")
		}
		f.After = f.On != Upload
	case Drop, Hang:
	default:
		return fmt.Errorf("unknown action %q", f.Do)
	}
	return nil
}

func (f *Fault) checkFail() error {
	switch {
	case f.Error != nil && f.Status != 0:
		return errors.New("fail takes an error or a status, not both")
	case f.Error != nil && f.On != Statement:
		return fmt.Errorf("%s fails with a status, only a statement fails with an error", f.On)
	case f.Error == nil && (f.Status < 400 || f.Status > 599):
		return errors.New("fail takes an error, or a status from 400 to 599")
	}
	return nil
}

func (f *Fault) isFile() bool { return f.On == Upload || f.On == Download || f.On == Remove }
