package databricks

import "github.com/drt-go/drt/connector"

// loader says how a chunk travels in the text and the markers of a statement. Each lives in its own file. Loader volume
// sends files and takes the place of feed and stager instead: see spool, and session.Write, where rows part.
type loader interface {
	// name as `staging.loader` writes it.
	name() string
	// takes says whether one statement can carry this many rows of this many bytes of text together.
	takes(rows, bytes int) bool
	// insert returns the statement that puts rows [from, until) of c into a table.
	insert(to slots, c *chunk, from, until int) (statement, error)
}

// Values of `staging.loader`.
const (
	loaderAuto   = "auto"
	loaderJSON   = "json"
	loaderValues = "values"
	loaderVolume = "volume"
)

// newLoader returns the loader for rows of this many columns.
func newLoader(name string, columns int) (loader, error) {
	if name != loaderValues {
		return jsonLoader{}, nil
	}
	if columns > maxMarkers {
		return nil, &connector.Error{
			Kind: connector.KindConfig, Op: "choose the loader",
			Message: "loader values carries rows of at most 255 columns: " + plural(columns, "column") + " do not fit",
			Hint:    "set staging.loader: json",
		}
	}
	return valuesLoader{columns: columns}, nil
}
