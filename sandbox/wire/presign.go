package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	stagingPrefix = "/staging/"
	// presignedFor is how long a URL works.
	presignedFor = 15 * time.Minute
)

// presigned is what a URL allows without any other authority.
type presigned struct {
	method    string
	path      filePath
	overwrite bool
	expires   int64 // Unix seconds
}

// url returns the address under which base serves p.
func (s *Server) url(base string, p presigned) string {
	u := url.URL{Path: strings.TrimSuffix(stagingPrefix, "/") + p.path.String()}
	q := url.Values{
		"method":    {p.method},
		"overwrite": {strconv.FormatBool(p.overwrite)},
		"expires":   {strconv.FormatInt(p.expires, 10)},
		"signature": {s.sign(p)},
	}
	return base + u.EscapedPath() + "?" + q.Encode()
}

func (s *Server) sign(p presigned) string {
	mac := hmac.New(sha256.New, s.signKey[:])
	for _, part := range []string{p.method, p.path.String(), strconv.FormatBool(p.overwrite), strconv.FormatInt(p.expires, 10)} {
		mac.Write([]byte(part))
		mac.Write([]byte{0}) // no part has one
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// verify returns what r may do. It reports false if the URL was changed, is for another method, or too old.
func (s *Server) verify(r *http.Request) (presigned, bool) {
	q := r.URL.Query()
	path, err := parseVolumePath(strings.TrimPrefix(r.URL.Path, strings.TrimSuffix(stagingPrefix, "/")))
	expires, err2 := strconv.ParseInt(q.Get("expires"), 10, 64)
	if err != nil || err2 != nil {
		return presigned{}, false
	}
	p := presigned{method: r.Method, path: path, overwrite: q.Get("overwrite") == "true", expires: expires}
	signed := hmac.Equal([]byte(q.Get("signature")), []byte(s.sign(p)))
	return p, signed && time.Now().Unix() < expires
}
