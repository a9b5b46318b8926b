package wire

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestPresignedURLExpires(t *testing.T) {
	s := &Server{signKey: [32]byte{1}}
	path := filePath{volumeName{"main", "default", "v"}, "a b%2F?.parquet"}
	for name, c := range map[string]struct {
		expires time.Duration
		want    bool
	}{"in time": {time.Minute, true}, "too late": {-time.Second, false}} {
		p := presigned{method: http.MethodGet, path: path, expires: time.Now().Add(c.expires).Unix()}
		got, ok := s.verify(httptest.NewRequest(http.MethodGet, s.url("http://127.0.0.1:1", p), nil))
		if ok != c.want || ok && got != p {
			t.Errorf("%s: %v, %+v", name, ok, got)
		}
	}
	p := presigned{method: http.MethodGet, path: path, expires: time.Now().Add(time.Minute).Unix()}
	other := &Server{signKey: [32]byte{2}}
	if _, ok := other.verify(httptest.NewRequest(http.MethodGet, s.url("http://127.0.0.1:1", p), nil)); ok {
		t.Error("another server took the URL")
	}
}
