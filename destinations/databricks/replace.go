package databricks

import (
	"context"
	"slices"
	"strings"

	"github.com/drt-go/drt/destinations"
)

// overwrite makes the rows of this run the whole table. Open-source Delta loses the clustering of a table there;
// nobody would notice before the bill.
func (s *session) overwrite(ctx context.Context, st statement, staged int64, r *destinations.Result) (counts, error) {
	before := s.clustering(ctx)
	n, err := s.send(ctx, kindOverwrite, st, "", staged)
	if err != nil || before == "" {
		return n, err
	}
	if s.clustering(ctx) == "" {
		r.Warnings = append(r.Warnings, "INSERT OVERWRITE took the clustering from "+s.layout.target.plain()+
			"; put it back with ALTER TABLE "+s.layout.target.String()+" CLUSTER BY ("+before+")")
	}
	return n, nil
}

// clustering returns the columns that the target is clustered by, quoted and joined; "" if it is not, or if that
// cannot be found out.
func (s *session) clustering(ctx context.Context) string {
	if s.created {
		return ""
	}
	var columns string
	err := s.w.queryNamed(ctx, "describe "+s.layout.target.plain(), detailSQL(s.layout.target), func() { columns = "" }, func(names []string, row []any) error {
		if i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, "clusteringColumns") }); i >= 0 {
			columns = clusterColumns(text(row[i]))
		}
		return nil
	})
	if err != nil {
		return ""
	}
	return columns
}

// clusterColumns reads a list as the driver prints it: ["a","b"], or [a, b].
func clusterColumns(list string) string {
	var columns []string
	for _, c := range strings.Split(strings.Trim(strings.TrimSpace(list), "[]"), ",") {
		if c = strings.Trim(strings.TrimSpace(c), `"`); c != "" {
			columns = append(columns, ident(c).String())
		}
	}
	return strings.Join(columns, ", ")
}
