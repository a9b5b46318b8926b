package databricks

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
)

// signed commits: the condition of a MERGE clause and of a DELETE is kept in the table's own log, as text, with the data.
// drt puts its name there. The text holds no quote or backslash beside JSON's own, so that it is found again however
// often the log's JSON is wrapped into JSON.

// authorship is what a signature says: who made a commit, and which watermark belongs to it.
type authorship struct {
	sync, run string
	watermark string // as destinations.Commit has it; "" if it has none
}

// String is the signature.
func (a authorship) String() string {
	s := `{"sync":"` + url.QueryEscape(a.sync) + `","run":"` + url.QueryEscape(a.run) + `"`
	if a.watermark != "" {
		s += `,"watermark":"` + base64.RawURLEncoding.EncodeToString([]byte(a.watermark)) + `"`
	}
	return s + "}"
}

var signaturePattern = regexp.MustCompile(`\{"sync":"([^"]*)","run":"([^"]*)"(?:,"watermark":"([A-Za-z0-9_-]*)")?\}`)

// signatureIn finds the signature in a part of a table's log.
func signatureIn(logged string) (authorship, bool) {
	m := signaturePattern.FindStringSubmatch(strings.ReplaceAll(logged, `\`, ""))
	if m == nil {
		return authorship{}, false
	}
	sync, err := url.QueryUnescape(m[1])
	if err != nil {
		return authorship{}, false
	}
	run, err := url.QueryUnescape(m[2])
	if err != nil {
		return authorship{}, false
	}
	mark, err := base64.RawURLEncoding.DecodeString(m[3])
	if err != nil {
		return authorship{}, false
	}
	return authorship{sync: sync, run: run, watermark: string(mark)}, true
}
