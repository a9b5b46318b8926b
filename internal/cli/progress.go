package cli

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/drt-go/drt/engine"
)

const (
	redrawEvery = 200 * time.Millisecond
	plainEvery  = 5 * time.Second // without a terminal: a line now and then, so that a log of cron stays short
)

// progressView shows running syncs on stderr: one redrawn line on a terminal, plain lines elsewhere. It is safe
// for concurrent use.
type progressView struct {
	out   *output
	now   func() time.Time
	start time.Time

	mu      sync.Mutex
	order   []string
	running map[string]engine.Progress
	drawn   time.Time
	said    map[string]time.Time // when each sync was last spoken of, on plain output
	line    int                  // runes of the line on the terminal
}

func newProgressView(out *output, now func() time.Time) *progressView {
	return &progressView{out: out, now: now, start: now(), running: map[string]engine.Progress{}, said: map[string]time.Time{}}
}

// Update takes a snapshot of one sync.
func (v *progressView) Update(p engine.Progress) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if _, known := v.running[p.Sync]; !known {
		v.order = append(v.order, p.Sync)
	}
	v.running[p.Sync] = p
	if v.out.live {
		v.redraw(p.Done)
	} else {
		v.plain(p)
	}
}

// Done clears the line on the terminal.
func (v *progressView) Done() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.line > 0 {
		_, _ = fmt.Fprintf(v.out.stderr, "\r%s\r", strings.Repeat(" ", v.line))
		v.line = 0
	}
}

func (v *progressView) redraw(force bool) {
	now := v.now()
	if !force && now.Sub(v.drawn) < redrawEvery {
		return
	}
	v.drawn = now
	var parts []string
	for _, name := range v.order {
		if p := v.running[name]; !p.Done {
			parts = append(parts, v.describe(p))
		}
	}
	line := []rune(strings.Join(parts, " | "))
	if len(line) >= v.out.width {
		line = append(line[:v.out.width-2], '…')
	}
	_, _ = fmt.Fprintf(v.out.stderr, "\r%s%s", string(line), strings.Repeat(" ", max(0, v.line-len(line))))
	v.line = len(line)
}

// plain says what a sync is doing once it has been at work for a while: a short run leaves no line in a log.
func (v *progressView) plain(p engine.Progress) {
	now := v.now()
	last, known := v.said[p.Sync]
	if !known {
		last = now
		v.said[p.Sync] = now
	}
	if !p.Done && now.Sub(last) >= plainEvery {
		v.said[p.Sync] = now
		v.out.Note("%s", v.describe(p))
	}
}

func (v *progressView) describe(p engine.Progress) string {
	rate := int64(0)
	if s := v.now().Sub(v.start).Seconds(); s > 0.2 {
		rate = int64(float64(p.Rows) / s)
	}
	line := fmt.Sprintf("%s: %s rows", p.Sync, thousands(p.Rows))
	if p.Bytes > 0 {
		line += ", " + bytesText(p.Bytes)
	}
	if rate > 0 {
		line += ", " + thousands(rate) + " rows/s"
	}
	if p.Doing != "" {
		line += ": " + p.Doing
	}
	return line
}
