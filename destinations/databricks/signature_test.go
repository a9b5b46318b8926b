package databricks

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSignatureIsFoundInTheLog wraps signatures as Delta logs them: in the text of a condition, in JSON, in a MAP that
// the driver prints as JSON.
func TestSignatureIsFoundInTheLog(t *testing.T) {
	for _, want := range []authorship{
		{sync: "scores", run: testRun},
		{sync: `o'hara "\ ü {"sync":"x"}`, run: testRun, watermark: `{"cursor_field":"it's","type":"string","value":"\"\\\n"}`},
	} {
		predicates, err := json.Marshal([]map[string]string{{"predicate": "((source._drt = '" + want.String() + "') AND true)", "actionType": "update"}})
		if err != nil {
			t.Fatal(err)
		}
		parameters, err := json.Marshal(map[string]string{"predicate": `["(target.k = source.c0)"]`, "matchedPredicates": string(predicates)})
		if err != nil {
			t.Fatal(err)
		}
		got, ok := signatureIn(string(parameters))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(authorship{})); !ok || diff != "" {
			t.Errorf("found %t (-want +got):\n%s", ok, diff)
		}
	}
	if _, ok := signatureIn(`{"predicate":"[\"true\"]"}`); ok {
		t.Error("a signature where there is none")
	}
}
