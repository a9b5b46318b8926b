package duckdb

import (
	"sort"
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// constraintPrefix is where Delta keeps CHECK constraints among the properties.
const constraintPrefix = "delta.constraints."

// features are the table features that a table uses, by name.
func features(m *catalog.Metadata) []string {
	on := map[string]bool{"appendOnly": true, "invariants": true}
	on["checkConstraints"] = len(m.Checks) > 0
	on["changeDataFeed"] = isOn(m, "delta.enableChangeDataFeed")
	on["columnMapping"] = m.Mapped()
	on["typeWidening"] = isOn(m, "delta.enableTypeWidening")
	on["clustering"] = len(m.ClusterBy) > 0
	for _, c := range m.Columns {
		on["generatedColumns"] = on["generatedColumns"] || c.Generated != ""
		on["identityColumns"] = on["identityColumns"] || c.Identity != nil
		on["timestampNtz"] = on["timestampNtz"] || c.Type.Has(sqltype.TimestampNTZ)
		on["variantType"] = on["variantType"] || c.Type.Has(sqltype.Variant)
	}
	for k := range m.Properties {
		if name, ok := strings.CutPrefix(k, "delta.feature."); ok {
			on[name] = true
		}
	}
	var out []string
	for name, used := range on {
		if used {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

func isOn(m *catalog.Metadata, property string) bool {
	return strings.EqualFold(m.Properties[property], "true")
}

// protocol is the version of Delta that a reader and a writer of the table must know: the least that its features allow.
func protocol(m *catalog.Metadata) (reader, writer string) {
	least := map[string][2]int{
		"appendOnly": {1, 2}, "invariants": {1, 2}, "checkConstraints": {1, 3}, "changeDataFeed": {1, 4}, "generatedColumns": {1, 4},
		"columnMapping": {2, 5}, "identityColumns": {1, 6}, "timestampNtz": {3, 7}, "variantType": {3, 7}, "typeWidening": {3, 7},
	}
	r, w := 1, 2
	for _, f := range features(m) {
		v, ok := least[f]
		if !ok {
			v = [2]int{1, 7} // a feature of writers
		}
		r, w = max(r, v[0]), max(w, v[1])
	}
	return strconv.Itoa(r), strconv.Itoa(w)
}

// setProperties adds properties that a statement sets, after it has held them against what Delta and the sandbox know.
func setProperties(m *catalog.Metadata, set map[string]string) error {
	if err := checkProperties(set); err != nil {
		return err
	}
	for k, v := range set {
		if k == "comment" {
			m.Comment = v
			continue
		}
		m.Properties[propertyName(k)] = v
	}
	return nil
}

// propertyName writes the properties that the sandbox acts on as Delta does: their names are valid in any case.
func propertyName(k string) string {
	for _, name := range []string{"delta.appendOnly", "delta.columnMapping.mode", "delta.enableChangeDataFeed", "delta.enableTypeWidening"} {
		if strings.EqualFold(name, k) {
			return name
		}
	}
	return k
}

func checkProperties(set map[string]string) error {
	mode := ""
	for _, k := range sortedKeys(set) {
		if propertyName(k) == "delta.columnMapping.mode" {
			mode = strings.ToLower(set[k])
		}
		lower := strings.ToLower(k)
		switch {
		case strings.HasPrefix(lower, constraintPrefix):
			return sqlerr.New("DELTA_ADD_CONSTRAINTS", "Please use ALTER TABLE ADD CONSTRAINT to add CHECK constraints.")
		case strings.HasPrefix(lower, "delta.feature."):
			if v := set[k]; v != "supported" && v != "enabled" {
				return sqlerr.New("DELTA_UNSUPPORTED_FEATURE_STATUS", "Expecting the status for table feature %s to be \"supported\", but got \"%s\".", k[len("delta.feature."):], v)
			}
		case strings.HasPrefix(lower, "delta."):
			if !knownProperty(k) {
				return sqlerr.New("DELTA_UNKNOWN_CONFIGURATION", "Unknown configuration was specified: %s.", k)
			}
		}
	}
	if mode != "" && mode != "none" && mode != "name" && mode != "id" {
		return sqlerr.Unsupported("The column mapping mode %q is not in the sandbox: none, name and id are.", mode)
	}
	return nil
}

// knownProperty says whether Delta knows a property that begins with delta. Only column mapping, type widening,
// column defaults and appendOnly change what the sandbox does; it keeps the others, which change files.
func knownProperty(k string) bool {
	switch strings.TrimPrefix(strings.ToLower(k), "delta.") {
	case "appendonly", "columnmapping.mode", "columnmapping.maxcolumnid", "enabletypewidening", "enablechangedatafeed",
		"enabledeletionvectors", "enablerowtracking", "enableicebergcompatv2", "universalformat.enabledformats",
		"autooptimize.autocompact", "autooptimize.optimizewrite", "checkpoint.writestatsasjson", "checkpoint.writestatsasstruct",
		"checkpointinterval", "checkpointpolicy", "dataskippingnumindexedcols", "dataskippingstatscolumns",
		"deletedfileretentionduration", "logretentionduration", "isolationlevel", "minreaderversion", "minwriterversion",
		"parquet.compression.codec", "randomizefileprefixes", "randomprefixlength", "settransactionretentionduration",
		"targetfilesize", "tunefilesizesforrewrites", "checkpointretentionduration", "compatibility.symlinkformatmanifest.enabled":
		return true
	}
	return false
}
