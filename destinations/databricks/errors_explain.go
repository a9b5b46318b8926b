package databricks

import (
	"regexp"
	"strings"

	"github.com/drt-go/drt/connector"
)

// explain fills kind, message and hint of e from what the warehouse answered.
func (w *warehouse) explain(e *connector.Error, a answer, eff effect) {
	e.Kind, e.Message = connector.KindPermanent, clip(a.text)
	for _, r := range rules() {
		if !r.fits(a) {
			continue
		}
		e.Kind, e.Hint = r.kind, w.fill(r.hint)
		if r.message != "" {
			e.Message = r.message + named(a.text)
		}
		if r.unsure && eff == onTarget {
			e.Kind, e.Hint = connector.KindUnknown, e.Hint+"; "+w.evidence()
		}
		break
	}
	if isWrapper(a.class) {
		e.Message = "the warehouse could not write the rows" // its text quotes them
	}
	if e.Kind == connector.KindAuth && e.Hint == "" {
		e.Hint = w.grant(a.text)
	}
}

func (w *warehouse) fill(hint string) string {
	return strings.NewReplacer("{target}", w.target.String(), "{scratch}", w.scratch.namespace()).Replace(hint)
}

// The parts of a refusal that name a thing of the schema, never a value.
var (
	checkPattern  = regexp.MustCompile(`(?i)CHECK constraint ([A-Za-z0-9_]+) `)
	columnPattern = regexp.MustCompile("(?i)(?:NOT NULL constraint violated for column: ?|column (?:name )?)([`\"]?[A-Za-z0-9_.`]+[`\"]?)")
)

// named adds the constraint or column that the server's text names to a message.
func named(text string) string {
	if m := checkPattern.FindStringSubmatch(text); m != nil {
		return ": " + m[1]
	}
	if m := columnPattern.FindStringSubmatch(text); m != nil {
		return ": column " + strings.Trim(m[1], "`\".")
	}
	return ""
}

var privilegePattern = regexp.MustCompile("(?i)does not have (?:permission |the privilege )?([A-Z][A-Z _,]*?) (?:privilege )?on ([A-Za-z]+) (?:'([^']+)'|\"([^\"]+)\"|([\\w.`-]*[\\w`]))")

// grant returns the GRANT that mends a refusal: the one that the server's text names, else all that a run needs.
func (w *warehouse) grant(text string) string {
	m := privilegePattern.FindStringSubmatch(text)
	if m == nil {
		return "a run needs USE CATALOG on " + w.target.catalog.String() + ", USE SCHEMA on " + w.target.namespace() +
			", SELECT and MODIFY on " + w.target.String() + " and CREATE TABLE on " + w.scratch.namespace()
	}
	parts := strings.Split(strings.ReplaceAll(m[3]+m[4]+m[5], "`", ""), ".")
	for i, p := range parts {
		parts[i] = ident(p).String()
	}
	privilege := strings.ReplaceAll(strings.ToUpper(strings.TrimSpace(m[1])), "_", " ")
	return "GRANT " + privilege + " ON " + strings.ToUpper(m[2]) + " " + strings.Join(parts, ".") + " TO `<principal>`"
}

// evidence says where to look whether a statement on the target has happened.
func (w *warehouse) evidence() string {
	return "DESCRIBE HISTORY " + w.target.String() + " names run " + w.run + " in a MERGE or DELETE that was committed"
}
