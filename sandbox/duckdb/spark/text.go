package spark

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// Substring counts characters from 1, from the end if negative; 0 is 1.
func Substring(s string, pos, length int) string {
	r := []rune(s)
	start := 0
	switch {
	case pos > 0:
		start = pos - 1
	case pos < 0:
		start = len(r) + pos
	}
	end := start + length
	if length > len(r)+1 || end > len(r) {
		end = len(r)
	}
	start = max(start, 0)
	if length <= 0 || start >= end {
		return ""
	}
	return string(r[start:end])
}

// Pad brings s to n characters with pad, on the left or right; what is longer is cut.
func Pad(s string, n int, pad string, left bool) string {
	r := []rune(s)
	if n <= len(r) {
		return string(r[:max(n, 0)])
	}
	p := []rune(pad)
	if len(p) == 0 {
		return s
	}
	fill := make([]rune, n-len(r))
	for i := range fill {
		fill[i] = p[i%len(p)]
	}
	if left {
		return string(fill) + s
	}
	return s + string(fill)
}

// InitCap makes the first letter of each word, which blanks end, upper case and the rest lower.
func InitCap(s string) string {
	start := true
	return strings.Map(func(r rune) rune {
		was := start
		start = r == ' '
		if was {
			return unicode.ToTitle(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// Sha2 is sha2(bytes, bits); ok is false for a length that there is none for.
func Sha2(b []byte, bits int) (string, bool) {
	switch bits {
	case 0, 256:
		h := sha256.Sum256(b)
		return hex.EncodeToString(h[:]), true
	case 224:
		h := sha256.Sum224(b)
		return hex.EncodeToString(h[:]), true
	case 384:
		h := sha512.Sum384(b)
		return hex.EncodeToString(h[:]), true
	case 512:
		h := sha512.Sum512(b)
		return hex.EncodeToString(h[:]), true
	}
	return "", false
}

// patterns remembers compiled regular expressions. It is safe for concurrent use.
type patterns struct{ known sync.Map }

// maxPatterns bounds the memory that remembered patterns take.
const maxPatterns = 1000

func (p *patterns) get(text string) (*regexp.Regexp, error) {
	if re, ok := p.known.Load(text); ok {
		return re.(*regexp.Regexp), nil
	}
	text = strings.Clone(text) // it may lie in DuckDB's memory, which does not outlive the call
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, sqlerr.Unsupported("The regular expression %q is not one that the sandbox knows: %s.", clip(text), err)
	}
	n := 0
	p.known.Range(func(_, _ any) bool { n++; return n < maxPatterns })
	if n < maxPatterns {
		p.known.Store(strings.Clone(text), re)
	}
	return re, nil
}

// replacement turns Java's $1 into Go's ${1}.
func replacement(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			if s[i] == '$' {
				b.WriteByte('$')
			}
			b.WriteByte(s[i])
		case s[i] == '$' && i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '9':
			i++
			b.WriteString("${" + s[i:i+1] + "}")
		case s[i] == '$':
			b.WriteString("$$")
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func stringFunctions() []native.Function {
	var re patterns
	text := func(i int, in []native.Vector, at int) string { return in[at].Text(i) }
	num := func(i int, in []native.Vector, at int) int { return int(*native.At[int32](&in[at], i)) }
	v, n := native.Varchar, native.Integer
	return []native.Function{
		{Name: "spark_substring", Args: []native.Type{v, n, n}, Result: v, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			return setText(out, i, Substring(text(i, in, 0), num(i, in, 1), num(i, in, 2)), false, nil)
		})},
		{Name: "spark_pad", Args: []native.Type{v, n, v, native.Boolean}, Result: v, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			return setText(out, i, Pad(text(i, in, 0), num(i, in, 1), text(i, in, 2), *native.At[bool](&in[3], i)), false, nil)
		})},
		{Name: "spark_initcap", Args: []native.Type{v}, Result: v, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			return setText(out, i, InitCap(text(i, in, 0)), false, nil)
		})},
		{Name: "spark_sha2", Args: []native.Type{native.Blob, n}, Result: v, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			s, ok := Sha2(in[0].Bytes(i), num(i, in, 1))
			return setText(out, i, s, !ok, nil)
		})},
		{Name: "spark_regexp_replace", Args: []native.Type{v, v, v}, Result: v, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			p, err := re.get(text(i, in, 1))
			if err != nil {
				return err
			}
			return setText(out, i, p.ReplaceAllString(text(i, in, 0), replacement(text(i, in, 2))), false, nil)
		})},
		{Name: "spark_regexp_extract", Args: []native.Type{v, v, n}, Result: v, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			p, err := re.get(text(i, in, 1))
			if err != nil {
				return err
			}
			m, at := p.FindStringSubmatch(text(i, in, 0)), num(i, in, 2)
			switch {
			case at < 0 || at > p.NumSubexp():
				return sqlerr.New("INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", "Expects group index between 0 and %d, but got %d.", p.NumSubexp(), at)
			case m == nil:
				return setText(out, i, "", false, nil)
			}
			return setText(out, i, m[at], false, nil)
		})},
	}
}
