package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/drt-go/drt/connector"
)

// How we speak. Only results go to stdout; everything else goes to stderr. Lower case, no final period.
// An error is "drt: error: <what happened>", then "drt: hint: <what to type>" if there is something to do;
// mistakes in files are "file:line:column: error: ..." with the line and carets under it. Colours only on a
// terminal, never under NO_COLOR or TERM=dumb.
type output struct {
	stdout, stderr io.Writer
	colour         bool // on stderr
	live           bool // stderr is a terminal that can redraw a line
	width          int
}

func newOutput(stdout, stderr io.Writer, lookup func(string) (string, bool)) *output {
	o := &output{stdout: stdout, stderr: stderr, width: 80}
	f, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return o
	}
	kind, _ := lookup("TERM")
	noColour, set := lookup("NO_COLOR")
	o.live = kind != "dumb"
	o.colour = o.live && (!set || noColour == "")
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 20 {
		o.width = w
	}
	return o
}

// Print writes a line of a command's result.
func (o *output) Print(format string, args ...any) {
	_, _ = fmt.Fprintf(o.stdout, format+"\n", args...)
}

// Note writes a line about the work, for people.
func (o *output) Note(format string, args ...any) {
	_, _ = fmt.Fprintf(o.stderr, "drt: "+format+"\n", args...)
}

// Warn writes a warning.
func (o *output) Warn(format string, args ...any) {
	_, _ = fmt.Fprintf(o.stderr, "drt: %s "+format+"\n", append([]any{o.paint("33", "warning:")}, args...)...)
}

// JSON writes v as the one object on stdout.
func (o *output) JSON(v any) error {
	enc := json.NewEncoder(o.stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// Error prints err and its hint; diagnostics each at their place. nil and errReported print nothing.
func (o *output) Error(err error) {
	var ds *diagnosticsError
	switch {
	case err == nil || errors.Is(err, errReported):
	case errors.As(err, &ds):
		_ = ds.list.Print(o.stderr, o.colour)
	default:
		_, _ = fmt.Fprintf(o.stderr, "drt: %s %v\n", o.paint("31", "error:"), err)
		o.hint(hintOf(err))
	}
}

func (o *output) hint(text string) {
	if text != "" {
		_, _ = fmt.Fprintf(o.stderr, "drt: %s %s\n", o.paint("36", "hint:"), text)
	}
}

func (o *output) paint(code, text string) string {
	if !o.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// hintOf returns what the innermost error that knows says to do next.
func hintOf(err error) string {
	var e *connector.Error
	for err != nil && errors.As(err, &e) {
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}

// diagnosticsError carries the mistakes found in project files.
type diagnosticsError struct{ list connector.Diagnostics }

func (e *diagnosticsError) Error() string {
	return fmt.Sprintf("%d mistakes in the project", len(e.list))
}

// registerOutput adds --output to cmd; checkOutput holds it to its forms.
func registerOutput(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "output", "text", "text or json")
}

func checkOutput(form string) error {
	if form != "text" && form != "json" {
		return &usageError{fmt.Errorf("--output %s: text or json", form)}
	}
	return nil
}
