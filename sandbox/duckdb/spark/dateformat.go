package spark

import (
	"fmt"
	"strings"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// FormatTime writes a wall clock by a pattern of Java's DateTimeFormatter: y M d H h m s S a E and quoted text.
func FormatTime(wall int64, pattern string) (string, error) {
	t := time.UnixMicro(wall).UTC()
	var b strings.Builder
	for i := 0; i < len(pattern); {
		c := pattern[i]
		if c == '\'' {
			end := strings.IndexByte(pattern[i+1:], '\'')
			if end < 0 {
				return "", badPattern(pattern)
			}
			if end == 0 {
				b.WriteByte('\'')
			}
			b.WriteString(pattern[i+1 : i+1+end])
			i += end + 2
			continue
		}
		n := 1
		for i+n < len(pattern) && pattern[i+n] == c {
			n++
		}
		if c < 'A' || c > 'z' || c > 'Z' && c < 'a' {
			b.WriteString(pattern[i : i+n])
		} else {
			s, ok := timeField(t, c, n)
			if !ok {
				return "", badPattern(pattern)
			}
			b.WriteString(s)
		}
		i += n
	}
	return b.String(), nil
}

func badPattern(p string) error {
	return sqlerr.Unsupported("The datetime pattern %q has letters that the sandbox does not know.", p)
}

func timeField(t time.Time, c byte, n int) (string, bool) {
	num := func(v int) (string, bool) { return fmt.Sprintf("%0*d", n, v), n <= 2 }
	switch c {
	case 'y':
		if n == 2 {
			return fmt.Sprintf("%02d", t.Year()%100), true
		}
		return fmt.Sprintf("%0*d", n, t.Year()), true
	case 'M':
		switch n {
		case 3:
			return t.Format("Jan"), true
		case 4:
			return t.Format("January"), true
		}
		return num(int(t.Month()))
	case 'd':
		return num(t.Day())
	case 'H':
		return num(t.Hour())
	case 'h':
		return num((t.Hour()+11)%12 + 1)
	case 'm':
		return num(t.Minute())
	case 's':
		return num(t.Second())
	case 'S':
		return fmt.Sprintf("%09d", t.Nanosecond())[:min(n, 9)], n <= 9
	case 'a':
		return t.Format("PM"), n == 1
	case 'E':
		if n == 4 {
			return t.Format("Monday"), true
		}
		return t.Format("Mon"), n <= 3
	}
	return "", false
}

// ParseTime reads a text by a pattern of the letters y M d H m s S, in microseconds of wall clock.
func ParseTime(text, pattern string) (int64, error) {
	fields := map[byte]int{'y': 1970, 'M': 1, 'd': 1}
	rest := text
	for i := 0; i < len(pattern); {
		c, n := pattern[i], 1
		for i+n < len(pattern) && pattern[i+n] == c {
			n++
		}
		i += n
		switch {
		case c == '\'':
			end := strings.IndexByte(pattern[i:], '\'')
			if end < 0 || !strings.HasPrefix(rest, pattern[i:i+end]) {
				return 0, unparsable(text, pattern)
			}
			rest, i = rest[end:], i+end+1
		case strings.IndexByte("yMdHmsS", c) >= 0:
			lo, hi := n, n
			if n == 1 {
				hi = 9
			}
			v, r, ok := number(rest, lo, hi)
			if !ok || c == 'M' && n > 2 {
				return 0, unparsable(text, pattern)
			}
			for k := len(rest) - len(r); c == 'S' && k < 6; k++ {
				v *= 10
			}
			fields[c], rest = v, r
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			return 0, badPattern(pattern)
		default:
			if !strings.HasPrefix(rest, pattern[i-n:i]) {
				return 0, unparsable(text, pattern)
			}
			rest = rest[n:]
		}
	}
	if rest != "" || !validDate(fields['y'], fields['M'], fields['d']) || fields['H'] > 23 || fields['m'] > 59 || fields['s'] > 59 {
		return 0, unparsable(text, pattern)
	}
	secs := int64(days(fields['y'], fields['M'], fields['d']))*86400 + int64(fields['H']*3600+fields['m']*60+fields['s'])
	return secs*1_000_000 + int64(fields['S']), nil
}

func unparsable(text, pattern string) error {
	return sqlerr.New("CANNOT_PARSE_TIMESTAMP", "Text '%s' could not be parsed with the pattern '%s'. Use `try_to_timestamp` to tolerate invalid input string and return NULL instead.", clip(text), pattern)
}

func dateFormatFunctions() []native.Function {
	return []native.Function{
		{Name: "spark_format_time", Args: []native.Type{native.Timestamp, native.Varchar}, Result: native.Varchar,
			Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
				s, err := FormatTime(*native.At[int64](&in[0], i), in[1].Text(i))
				return setText(out, i, s, false, err)
			})},
		{Name: "spark_parse_time", Args: []native.Type{native.Varchar, native.Varchar}, Result: native.Timestamp,
			Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
				v, err := ParseTime(in[0].Text(i), in[1].Text(i))
				*native.At[int64](out, i) = v
				return err
			})},
	}
}
