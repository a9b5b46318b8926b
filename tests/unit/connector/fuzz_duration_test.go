package connector_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
)

// FuzzDuration: a time that is taken is not negative and reads back as itself; any other is told with what is expected.
func FuzzDuration(f *testing.F) {
	for _, s := range []string{"2 days", "1h30m", "90", "9999999999999 weeks", "-1s", "1.5h", " 3 s", "106751 days", "0 s", "٣ days"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := connector.ParseDuration(text)
		if err != nil {
			var e *connector.FieldError
			if !errors.As(err, &e) || !strings.HasPrefix(e.Message, "expected") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if again, err := connector.ParseDuration(d.String()); d < 0 || err != nil || again != d {
			t.Fatalf("%q is %s, which is %s, %v", text, d, again, err)
		}
	})
}
