package connector_test

import (
	"strings"
	"testing"

	"github.com/drt-go/drt/connector"
)

// Each text that is not one YAML mapping in UTF-8 with LF is a mistake at its place.
func TestE11_TextThatIsNotOneDocument(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"tab as indentation", "a:\n\tb: 1\n", `2:1-2 : tab in the indentation; YAML takes spaces only | indent with spaces`},
		{"tab after spaces", "a:\n  b: 1\n \tc: 2\n", `3:2-3 : tab in the indentation; YAML takes spaces only | indent with spaces`},
		{"tab in a block of text", "a: |\n\tx\n", `2:1-2 : tab in the indentation; YAML takes spaces only | indent with spaces`},
		{"CRLF", "a: ä\r\nb: 2\r\n", `1:5-6 : line ends with CR LF (Windows); expected LF | save the file with LF line ends`},
		{"lone CR", "a: 1\rb: 2\n", `1:5-6 : carriage return (CR); expected LF at the end of lines | save the file with LF line ends`},
		{"byte order mark", "\ufeffa: 1\n", `1:1-2 : file starts with a byte order mark (BOM); expected plain UTF-8 | save it as UTF-8 without BOM`},
		{"UTF-16", "\xff\xfea\x00:\x00", `1:1-2 : file is UTF-16; expected UTF-8 | save it as UTF-8`},
		{"Latin-1", "a: 1\nb: gr\xfcn\n", `2:6-7 : byte that is not UTF-8 | save the file as UTF-8`},
		{"control character", "a: 1\nb: x\x01y\n", `2:5-6 : control character | remove it`},
		{"two documents", "a: 1\n---\nb: 1\n", `2:1-4 : second document in this file; expected one | put each document into a file of its own`},
		{"empty", "", `1:1 : file is empty; expected a mapping of keys to values`},
		{"comments only", "# nothing\n\n# here\n", `1:1 : file is empty; expected a mapping of keys to values`},
		{"null", "---\n", `1:1 : file is empty; expected a mapping of keys to values`},
		{"list at the top", "- a\n", "1:1-2 : expected a mapping of keys to values, got a list | write `name: ...` at the start of a line"},
		{"text at the top", "hello\n", "1:1-6 : expected a mapping of keys to values, got text | write `name: ...` at the start of a line"},
		{"number at the top", "12\n", "1:1-3 : expected a mapping of keys to values, got a number | write `name: ...` at the start of a line"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, ds := connector.ParseNode("a.yml", []byte(c.text))
			wantTold(t, ds, c.want)
		})
	}
}

// The parser of YAML tells a line at best; the column is ours.
func TestE11_SyntaxErrorsHaveColumns(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"colon in text", "a: 1\nb: c: d\n", `2:5-6 : ":" is not allowed here | quote text that holds ": ", and check the indentation`},
		{"too deep", "a: 1\n b: 2\n", `2:3-4 : ":" is not allowed here | quote text that holds ": ", and check the indentation`},
		{"open quote", "a: \"x\nb: 3\nc: 4\n", `1:4-5 : quote is never closed | close it with the same quote`},
		{"open single quote, later line", "a: 'x'\nb: ü 'y'\nc: 'z\nd: 1\n", `3:4-5 : quote is never closed | close it with the same quote`},
		{"open bracket", "a: 1\nb: [1, 2\nc: 3\n", `2:8-9 : expected "," or "]" | close the list with "]"`},
		{"text after a quote", "é: 'x'y\n", `1:7-8 : expected a key | check the indentation and the quotes`},
		{"reserved character", "a: 1\nb: @x\n", `2:4-5 : this character cannot start a value | quote the text`},
		{"unknown alias", "a: 1\nb: *y\n", `2:5-6 : unknown anchor 'y' referenced | define the anchor (&name) before its alias (*name)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, ds := connector.ParseNode("a.yml", []byte(c.text))
			wantTold(t, ds, c.want)
		})
	}
}

func TestE11_DuplicateKeysAtAnyDepth(t *testing.T) {
	_, ds := connector.ParseNode("a.yml", []byte("a: 1\nb:\n  - {x: 1, y: 2, x: 3}\na: 2\n\"a\": 3\n"))
	wantTold(t, ds,
		`3:18-19 b[0].x: duplicate key "x" | it is on line 3 already: keep one`,
		`4:1-2 a: duplicate key "a" | it is on line 1 already: keep one`,
		`5:1-4 a: duplicate key "a" | it is on line 1 already: keep one`,
	)
}

func TestE11_KeysAndTagsThatNobodyExpects(t *testing.T) {
	_, ds := connector.ParseNode("a.yml", []byte("[a]: 1\n~: 2\nb: !secret x\nc: !!str 1\n<<: 3\n"))
	wantTold(t, ds,
		`1:1-2 : expected plain text as the key, got a list`,
		`2:1-2 : expected plain text as the key, got nothing`,
		`3:4-13 b: unknown tag "!secret" | leave the tag out`,
		"5:5-6 <<: expected an alias of a mapping after << | write `<<: *name`",
	)
}

// A key that YAML reads as NULL is the text that is written.
func TestKeyNamedNull(t *testing.T) {
	n, ds := connector.ParseNode("a.yml", []byte("null: x\n"))
	wantTold(t, ds)
	if n.Child("null") == nil {
		t.Error("the key null is gone")
	}
	_, ds = decode("host_env: H\ntable: NULL\n")
	wantTold(t, ds, "2:8-12 table: expected text, got nothing | quote it: `table: \"NULL\"`")
}

// Mistakes of the text do not hide those of the keys.
func TestE11_AllMistakesAtOnce(t *testing.T) {
	_, ds := decode("\ufeffhost_env: H\r\ntable: t\r\ntabel: t\r\ntable: u\r\n---\r\nx: 1\r\n")
	wantTold(t, ds,
		`1:1-2 : file starts with a byte order mark (BOM); expected plain UTF-8 | save it as UTF-8 without BOM`,
		`1:12-13 : line ends with CR LF (Windows); expected LF | save the file with LF line ends`,
		`3:1-6 tabel: unknown key "tabel" | did you mean "table"?`,
		`4:1-6 table: duplicate key "table" | it is on line 2 already: keep one`,
		`5:1-4 : second document in this file; expected one | put each document into a file of its own`,
	)
}

func TestFileThatIsTooLarge(t *testing.T) {
	n, ds := connector.ParseNode("a.yml", []byte("a: "+strings.Repeat("x", connector.MaxFileSize)))
	if n != nil {
		t.Error("a file beyond the limit is parsed")
	}
	wantTold(t, ds, "0:0 : file of 1048579 bytes; at most 1048576 are read | move long SQL into a file of its own: `model: models/users.sql`")
}
