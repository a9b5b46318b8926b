package wire

import (
	"context"
	"io/fs"
	"runtime"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/drt-go/drt/sandbox/wire/internal/tcli"
)

// FuzzThrift: no body, whatever it claims, panics or takes memory that it does not have itself.
func FuzzThrift(f *testing.F) {
	text, handle := "x", &tcli.THandleIdentifier{GUID: make([]byte, 16), Secret: make([]byte, 16)}
	for name, args := range map[string]thrift.TStruct{
		"OpenSession": &tcli.TCLIServiceOpenSessionArgs{Req: &tcli.TOpenSessionReq{Configuration: map[string]string{"a": "b"}}},
		"ExecuteStatement": &tcli.TCLIServiceExecuteStatementArgs{Req: &tcli.TExecuteStatementReq{
			SessionHandle: &tcli.TSessionHandle{SessionId: handle}, Statement: "SELECT ?",
			Parameters: []*tcli.TSparkParameter{{Type: &text, Value: &tcli.TSparkParameterValue{StringValue: &text}}}}},
		"FetchResults": &tcli.TCLIServiceFetchResultsArgs{Req: &tcli.TFetchResultsReq{OperationHandle: &tcli.TOperationHandle{OperationId: handle}}},
		"Unknown":      &tcli.TCLIServiceGetInfoArgs{},
	} {
		body, err := reply(context.Background(), name, thrift.CALL, 1, args)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	s := NewServer(Options{Engine: cannedEngine{"SELECT ?": "a"}, Token: "t"})
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, body []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = s.process(context.Background(), &call{}, body)
		runtime.ReadMemStats(&after)
		if took, most := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+1000*len(body)); took > most {
			t.Fatalf("%d bytes took %d bytes of memory, more than %d", len(body), took, most)
		}
	})
}

// FuzzVolumePath: whatever is let through stays below its volume.
func FuzzVolumePath(f *testing.F) {
	for _, seed := range []string{"/Volumes/main/default/v/f", "dbfs:/Volumes/a/b/c/../../d", "/Volumes/a/b/c//", "/Volumes/./b/c", "/Volumes/a/b/c/\x00", `/Volumes/a/b/c\..`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parseVolumePath(text)
		if err != nil {
			return
		}
		if again, err := parseVolumePath(p.String()); err != nil || again != p {
			t.Errorf("%q is %+v, and that is %+v, %v", text, p, again, err)
		}
		if !fs.ValidPath(p.local()) {
			t.Errorf("%q leads to %q", text, p.local())
		}
	})
}
