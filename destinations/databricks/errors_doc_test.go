package databricks

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/drt-go/drt/connector"
)

// The page about the connector says of each class what the table does with it.
func TestErrorTableIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/connectors/databricks.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(text), "<!-- errors -->\n")
	got, _, closed := strings.Cut(after, "<!-- /errors -->")
	if !ok || !closed {
		t.Fatal("databricks.md has no <!-- errors --> ... <!-- /errors -->")
	}
	want := documentedErrors()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/connectors/databricks.md differs from errors_table.go (-want +got):\n%s\nput this between the markers:\n%s", diff, want)
	}
}

func documentedErrors() string {
	var b strings.Builder
	b.WriteString("| class or SQLSTATE | `error_type` | tried again | what to do |\n|---|---|---|---|\n")
	for _, r := range rules() {
		name, kind, again, hint := "`"+r.class+"`", "`"+string(r.kind)+"`", "no", r.hint
		if r.class == "" {
			name = "SQLSTATE `" + r.state + strings.Repeat(".", 5-len(r.state)) + "`"
		} else if strings.HasSuffix(r.class, "_") {
			name = "`" + r.class + "*`"
		}
		switch r.kind {
		case connector.KindConflict:
			again = fmt.Sprintf("%d attempts", commitAttempts)
		case connector.KindTransient:
			again = fmt.Sprintf("reads %d, commits %d attempts", readAttempts, commitAttempts)
		case connector.KindAuth:
			hint = "run the GRANT that the hint shows"
		}
		if r.unsure {
			kind += ", while committing `" + string(connector.KindUnknown) + "`"
		}
		hint = strings.NewReplacer("{target}", "*target*", "{scratch}", "*scratch*", "|", "\\|").Replace(hint)
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, kind, again, hint)
	}
	return b.String()
}
