package duckdb

import (
	"strconv"
	"strings"

	"github.com/drt-go/drt/sandbox/duckdb/ast"
	"github.com/drt-go/drt/sandbox/duckdb/catalog"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

func (a *alteration) setProperties(x ast.SetProperties) error {
	before := a.meta.Properties["delta.columnMapping.mode"]
	if err := setProperties(a.meta, x.Properties); err != nil {
		return err
	}
	from, to := mapping(before), mapping(a.meta.Properties["delta.columnMapping.mode"])
	if from != to && (from != "none" || to != "name") {
		return sqlerr.New("DELTA_UNSUPPORTED_COLUMN_MAPPING_MODE_CHANGE", "Changing column mapping mode from '%s' to '%s' is not supported.", from, to)
	}
	a.log("SET TBLPROPERTIES", map[string]string{"properties": jsonText(x.Properties)})
	return nil
}

func mapping(mode string) string {
	if mode == "" {
		return "none"
	}
	return strings.ToLower(mode)
}

func (a *alteration) unsetProperties(x ast.UnsetProperties) error {
	for _, k := range x.Keys {
		name := propertyName(k)
		switch _, ok := a.meta.Properties[name]; {
		case k == "comment":
			a.meta.Comment = ""
		case strings.HasPrefix(name, "delta.feature."), name == "delta.columnMapping.mode":
			return sqlerr.Unsupported("UNSET of %s is not in the sandbox.", name)
		case !ok && !x.IfExists:
			return sqlerr.New("UNSET_NONEXISTENT_PROPERTIES", "Attempted to unset non-existent properties [%s] in table %s.", catalog.Quote([]string{k}), catalog.Quote(a.snap.Name))
		}
		delete(a.meta.Properties, name)
	}
	a.log("UNSET TBLPROPERTIES", map[string]string{"properties": jsonText(x.Keys), "ifExists": strconv.FormatBool(x.IfExists)})
	return nil
}

// addConstraint: the rows that there are must hold to it.
func (a *alteration) addConstraint(x ast.AddConstraint) error {
	for _, c := range a.meta.Checks {
		if strings.EqualFold(c.Name, x.Name) {
			return sqlerr.New("DELTA_CONSTRAINT_ALREADY_EXISTS", "Constraint '%s' already exists. Please delete the old constraint first. Old constraint: %s", c.Name, c.Text)
		}
	}
	s := a.env.NewScope()
	s.AddAs("q", a.relation(ast.Alias{}))
	cond, err := a.env.Condition(s, x.Check, "CHECK")
	if err != nil {
		return err
	}
	a.rule = &rule{"SELECT count(*) FROM " + a.relation(ast.Alias{}).SQL + " AS q WHERE NOT coalesce(" + cond.SQL + ", false)", func(n int64) error {
		return sqlerr.New("DELTA_NEW_CHECK_CONSTRAINT_VIOLATION", "%d rows in %s violate the new CHECK constraint (%s).", n, strings.Join(a.snap.Name, "."), x.Text)
	}}
	a.entry.Rows = true // rows that others append meanwhile were not looked at
	a.meta.Checks = append(a.meta.Checks, catalog.Check{Name: strings.ToLower(x.Name), Text: x.Text})
	a.log("ADD CONSTRAINT", map[string]string{"name": x.Name, "expr": x.Text})
	return nil
}

func (a *alteration) dropConstraint(x ast.DropConstraint) error {
	parameters := map[string]string{"name": x.Name, "existed": "false"}
	for i, c := range a.meta.Checks {
		if strings.EqualFold(c.Name, x.Name) {
			a.meta.Checks = append(a.meta.Checks[:i], a.meta.Checks[i+1:]...)
			parameters["existed"], parameters["expr"] = "true", c.Text
			break
		}
	}
	if parameters["existed"] == "false" && !x.IfExists {
		return sqlerr.New("DELTA_CONSTRAINT_DOES_NOT_EXIST", "Cannot drop nonexistent constraint %s from table %s. To avoid throwing an error, provide the parameter IF EXISTS.", x.Name, catalog.Quote(a.snap.Name))
	}
	a.log("DROP CONSTRAINT", parameters)
	return nil
}

func (a *alteration) clusterBy(x ast.ClusterBy) error {
	if len(a.meta.PartitionBy) > 0 {
		return sqlerr.New("DELTA_ALTER_TABLE_CLUSTER_BY_ON_PARTITIONED_TABLE_NOT_ALLOWED", "ALTER TABLE CLUSTER BY cannot be applied to a partitioned table.")
	}
	a.log("CLUSTER BY", map[string]string{"oldClusteringColumns": strings.Join(a.meta.ClusterBy, ","), "newClusteringColumns": strings.Join(x.Columns, ",")})
	a.meta.ClusterBy = x.Columns
	return nil
}
