package cli

import (
	"fmt"
	"strings"
	"time"
)

// shownOpen is how many open values a line names.
const shownOpen = 5

// printState writes what is known of one sync.
func (o *output) printState(s shownState) {
	o.Print("%s", s.Name)
	o.Print("  watermark  %s", watermarkLine(s.Watermark))
	if w := s.Watermark; w != nil && len(w.Open) > 1 {
		o.Print("  open       rows may still have to be sent at %s", openLine(w.Open))
	}
	if r := s.LastRun; r != nil {
		line := fmt.Sprintf("%s, %s, started %s, run %s", r.Status, r.Mode, local(r.Started), r.SyncRunID)
		if r.Error != nil {
			line += ": " + *r.Error
		}
		o.Print("  last run   %s", line)
	}
	o.Print("  lock       %s", lockLine(s.Lock))
	o.Print("  journal    %d committed, %d not committed, %d undone, %d not settled", s.Journal.Committed, s.Journal.NotCommitted, s.Journal.Undone, s.Journal.Unsettled)
	live := s.Lock != nil && s.Lock.Live
	for _, u := range s.Unsettled {
		o.Print("  unsettled  %s", unsettledLine(u))
		if live && u.SyncRunID == s.Lock.SyncRunID {
			o.Print("             its run is alive")
			continue
		}
		o.Print("             %s", u.Evidence)
		o.Print("             the next run looks for proof first; if you know what became of it: %s", strings.Join(u.Resolve, " | "))
	}
}

func watermarkLine(w *shownWatermark) string {
	if w == nil {
		return "none"
	}
	value := "nothing was passed yet"
	if w.Value != nil {
		value = *w.Value + " (" + w.Type + ")"
	}
	line := fmt.Sprintf("%s = %s, saved %s by run %s", w.Field, value, local(w.Saved), w.SyncRunID)
	if w.Ahead {
		line += "; rows beyond it were sent, too"
	}
	return line
}

func openLine(values []string) string {
	more := ""
	if n := len(values) - shownOpen; n > 0 {
		values, more = values[:shownOpen], fmt.Sprintf(" and %d more values", n)
	}
	return strings.Join(values, ", ") + more
}

func lockLine(l *shownLock) string {
	switch {
	case l == nil:
		return "free"
	case l.Live:
		return fmt.Sprintf("held by process %d on host %s since %s", l.PID, l.Host, local(l.Since))
	}
	return fmt.Sprintf("left by process %d on host %s, which is dead: the next run takes it over", l.PID, l.Host)
}

func unsettledLine(u shownUnsettled) string {
	line := fmt.Sprintf("%s of %s rows into %s, sent %s by run %s", u.Kind, thousands(u.Staged), u.Target, local(u.Sent), u.SyncRunID)
	if u.Version != nil {
		line += fmt.Sprintf(", after version %d", *u.Version)
	}
	if !u.Signed {
		line += ", not signed"
	}
	return line
}

func local(t time.Time) string { return t.Local().Format(time.DateTime) }
