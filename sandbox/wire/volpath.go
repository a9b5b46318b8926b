package wire

import (
	"fmt"
	"path"
	"strings"
	"unicode/utf8"
)

// maxName is the longest name Unity Catalog takes.
const maxName = 255

// volumeName names a volume. Parts are lower-case: catalogs compare names so.
type volumeName struct{ catalog, schema, volume string }

func (n volumeName) String() string { return n.catalog + "." + n.schema + "." + n.volume }

// dir is the folder of the volume below the root of all.
func (n volumeName) dir() string { return path.Join(n.catalog, n.schema, n.volume) }

// filePath is a path in a volume. Names of files keep their case.
type filePath struct {
	volumeName
	rest string // "dir/name.parquet"; "" is the volume itself
}

func (p filePath) String() string {
	return "/" + path.Join("Volumes", p.catalog, p.schema, p.volume, p.rest)
}

// local is the path below the root of all.
func (p filePath) local() string { return path.Join(p.dir(), p.rest) }

// checkName says why name cannot name a catalog, schema or volume.
func checkName(name string) error {
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, func(r rune) bool {
		return r < ' ' || r == 0x7f || strings.ContainsRune("./\\ ", r)
	}) {
		return &Error{Class: "INVALID_PARAMETER_VALUE", SQLState: "22023",
			Message: fmt.Sprintf("%q is no valid name: it must have 1 to %d characters, without period, space, slash and control characters.", name, maxName)}
	}
	return nil
}

// parseVolumePath reads /Volumes/catalog/schema/volume[/...], with or without dbfs: before it. Nothing that could lead
// out of the volume is let through.
func parseVolumePath(text string) (filePath, error) {
	bad := func(why string) (filePath, error) {
		return filePath{}, &Error{Class: "INVALID_STAGING_PATH_IN_STAGING_ACCESS_QUERY", SQLState: "42604",
			Message: fmt.Sprintf("Invalid path %q: %s. A path is /Volumes/<catalog>/<schema>/<volume>/<file>.", text, why)}
	}
	rest, ok := strings.CutPrefix(strings.TrimPrefix(text, "dbfs:"), "/Volumes/")
	if !ok {
		return bad("it does not start with /Volumes/")
	}
	parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	if len(parts) < 3 {
		return bad("catalog, schema or volume is missing")
	}
	for i, part := range parts {
		if i < 3 && checkName(part) != nil || !safePart(part) {
			return bad(fmt.Sprintf("%q cannot be part of it", part))
		}
	}
	n := volumeName{strings.ToLower(parts[0]), strings.ToLower(parts[1]), strings.ToLower(parts[2])}
	return filePath{n, path.Join(parts[3:]...)}, nil
}

func safePart(part string) bool {
	return part != "" && part != "." && part != ".." && len(part) <= maxName && utf8.ValidString(part) &&
		!strings.ContainsFunc(part, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' || r == ':' })
}
