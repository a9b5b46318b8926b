package databricks

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// volume is a Unity Catalog volume; the zero value is none.
type volume struct{ catalog, schema, name string }

// parseVolume reads "catalog.schema.volume". Names that a path or a pattern would take apart are refused.
func parseVolume(s string) (volume, bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return volume{}, false
	}
	for _, p := range parts {
		if p == "" || strings.ContainsFunc(p, func(r rune) bool {
			return r != '_' && r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			return volume{}, false
		}
	}
	return volume{parts[0], parts[1], parts[2]}, true
}

// path is the folder of v.
func (v volume) path() string { return "/Volumes/" + v.catalog + "/" + v.schema + "/" + v.name }

// plain is the name for people.
func (v volume) plain() string { return v.catalog + "." + v.schema + "." + v.name }

// String is the name in SQL.
func (v volume) String() string {
	return table{ident(v.catalog), ident(v.schema), ident(v.name)}.String()
}

// grants is what a run needs of v.
func (v volume) grants() string {
	return "GRANT READ VOLUME, WRITE VOLUME ON VOLUME " + v.String() + " TO `<principal>`"
}

// Files lie flat in the volume and are named drt-staging-<table>-<sync run id without hyphens>-<n>.parquet: readers
// skip names and folders that begin with _ or . (W25), the run's id tells age and owner, and nothing but a file
// is ever left behind. n counts attempts, so that no name is written to twice (W24).
const filePrefix = "drt-staging-"

var volumeFileName = regexp.MustCompile(`^drt-staging-(?:[a-z0-9-]*-)?([0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15})-[0-9]+\.parquet$`)

// filesOf returns what names the files of a run that writes to t, all but the number.
func filesOf(t table, syncRun string) string {
	const most = 60
	var b strings.Builder
	for _, r := range strings.ToLower(string(t.name)) {
		if b.Len() == most {
			break
		}
		if r < 'a' || r > 'z' {
			if r < '0' || r > '9' {
				r = '-'
			}
		}
		b.WriteRune(r)
	}
	return filePrefix + b.String() + "-" + strings.ReplaceAll(syncRun, "-", "") + "-"
}

// fileName is the name of file n of a run.
func fileName(files string, n int) string { return fmt.Sprintf("%s%d.parquet", files, n) }

// syncRunOfFile returns the run that a file of this name belongs to; ok is false for any other file.
func syncRunOfFile(name string) (id string, ok bool) {
	m := volumeFileName.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return hyphenated(m[1]), true
}

// hyphenated writes the 32 digits of an id as a UUID.
func hyphenated(h string) string {
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
