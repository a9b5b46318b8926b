package databricks

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/drt-go/drt/destinations"
)

// kindRestore is a RESTORE, as the journal and the log name it.
const kindRestore = "RESTORE"

// standing are the versions of log, newest first, that the table still has: a RESTORE to a version takes back what came
// between, itself included, as it then equals that version. One to a time stands as it is: which versions it took back is
// not in the log.
func standing(log []version) []version {
	var kept []version
	upTo := int64(math.MaxInt64)
	for _, v := range log {
		if v.number > upTo {
			continue
		}
		if to, ok := v.restored(); ok {
			upTo = to
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// restored is the version that v brought back.
func (v version) restored() (int64, bool) {
	if v.operation != kindRestore {
		return 0, false
	}
	n, err := strconv.ParseInt(textMap(v.logged)["version"], 10, 64)
	return n, err == nil && n >= 0
}

// restoredAt is the number of the newest RESTORE to version to; -1 if there is none.
func restoredAt(log []version, to int64) int64 {
	for _, v := range log {
		if n, ok := v.restored(); ok && n == to {
			return v.number
		}
	}
	return -1
}

// harmless says whether v leaves all rows and columns as they were: it rewrites or removes files, or is a fence of ours.
func (v version) harmless() bool {
	switch v.operation {
	case "OPTIMIZE", "VACUUM START", "VACUUM END", "COMPUTE STATS", "ANALYZE":
		return true
	case "SET TBLPROPERTIES":
		var set map[string]string
		if json.Unmarshal([]byte(textMap(v.logged)["properties"]), &set) != nil || len(set) == 0 {
			return false
		}
		_, fence := set["drt.fence"]
		return fence && len(set) == 1
	}
	return false
}

// writesLike are the versions that may be c, a write that cannot sign: of its kind and size, since the version that was
// noted before it.
func writesLike(log []version, c destinations.Change) (like []version) {
	mode, from := "Append", int64(-1)
	if c.Kind != kindInsert {
		mode = "Overwrite"
	}
	if c.Version != nil {
		from = *c.Version
	}
	for _, v := range log {
		if rows := v.metric("numOutputRows"); v.number > from && v.operation == "WRITE" && v.mode == mode && (rows == nil || *rows == c.Staged) {
			like = append(like, v)
		}
	}
	return like
}
