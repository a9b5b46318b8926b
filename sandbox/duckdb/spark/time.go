package spark

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
)

// Zones finds time zones by name and remembers them. It is safe for concurrent use.
type Zones struct{ known sync.Map }

// Load returns the zone, or an error for a name that there is none for.
func (z *Zones) Load(name string) (*time.Location, error) {
	if l, ok := z.known.Load(name); ok {
		return l.(*time.Location), nil
	}
	name = strings.Clone(name) // it may lie in DuckDB's memory, which does not outlive the call
	l, err := loadZone(name)
	if err != nil {
		return nil, err
	}
	z.known.Store(name, l)
	return l, nil
}

func loadZone(name string) (*time.Location, error) {
	n := trim(name)
	for _, p := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(strings.ToUpper(n), p); ok && (rest == "" || rest[0] == '+' || rest[0] == '-') {
			n = rest
			break
		}
	}
	if n == "" || n == "Z" || n == "z" {
		return time.UTC, nil
	}
	if n[0] == '+' || n[0] == '-' {
		if secs, ok := offset(n); ok {
			return time.FixedZone(name, secs), nil
		}
	} else if l, err := time.LoadLocation(n); err == nil && !strings.EqualFold(n, "local") {
		return l, nil
	}
	return nil, sqlerr.New("INVALID_TIMEZONE", "The timezone: %s is invalid.", clip(name))
}

// offset reads +h, +hh, +h:mm, +hh:mm, +hhmm, +hh:mm:ss.
func offset(s string) (seconds int, ok bool) {
	sign := 1
	if s[0] == '-' {
		sign = -1
	}
	s = s[1:]
	if len(s) == 4 && digits(s) {
		s = s[:2] + ":" + s[2:]
	}
	unit := 3600
	for i, part := range strings.Split(s, ":") {
		n, err := strconv.Atoi(part)
		if err != nil || len(part) > 2 || len(part) == 0 || i > 2 || n > 59 {
			return 0, false
		}
		seconds += n * unit
		unit /= 60
	}
	return sign * seconds, seconds <= 18*3600
}

// days counts from 1970-01-01 in the proleptic Gregorian calendar.
func days(y, m, d int) int {
	if m <= 2 {
		y--
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	yoe := y - era*400
	doy := (153*((m+9)%12)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}

func validDate(y, m, d int) bool {
	if m < 1 || m > 12 || d < 1 {
		return false
	}
	last := [...]int{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[m-1]
	if m == 2 && (y%4 == 0 && y%100 != 0 || y%400 == 0) {
		last = 29
	}
	return d <= last
}

// number reads between lo and hi digits at the start of s.
func number(s string, lo, hi int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && i < hi && s[i] >= '0' && s[i] <= '9' {
		n = n*10 + int(s[i]-'0')
		i++
	}
	return n, s[i:], i >= lo
}

// date reads [+-]yyyy[-m[-d]]; full says whether all three were there.
func date(s string) (y, m, d int, rest string, full, ok bool) {
	sign := 1
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	y, s, ok = number(s, 4, 6)
	y, m, d = sign*y, 1, 1
	if !ok || s == "" || s[0] != '-' {
		return y, m, d, s, false, ok
	}
	if m, s, ok = number(s[1:], 1, 2); !ok || s == "" || s[0] != '-' {
		return y, m, d, s, false, ok && validDate(y, m, 1)
	}
	d, s, ok = number(s[1:], 1, 2)
	return y, m, d, s, true, ok && validDate(y, m, d)
}

// ParseDate reads a text as CAST to DATE does, in days since 1970-01-01. What follows a T or a blank is ignored.
func ParseDate(s string) (int32, error) {
	y, m, d, rest, full, ok := date(trim(s))
	if !ok || rest != "" && (!full || rest[0] != 'T' && rest[0] != ' ') {
		return 0, castError(s, "STRING", "DATE")
	}
	return int32(days(y, m, d)), nil
}

// clock is a time of day in microseconds, and the zone written behind it ("" = none).
func clock(s string) (micros int64, zone string, ok bool) {
	h, s, ok := number(s, 1, 2)
	if !ok || h > 23 || s == "" || s[0] != ':' {
		return 0, "", false
	}
	m, s, ok := number(s[1:], 1, 2)
	if !ok || m > 59 {
		return 0, "", false
	}
	micros = int64(h)*3600_000_000 + int64(m)*60_000_000
	if s == "" || s[0] != ':' {
		return micros, trim(s), true
	}
	sec, s, ok := number(s[1:], 1, 2)
	if !ok || sec > 59 {
		return 0, "", false
	}
	micros += int64(sec) * 1_000_000
	if s != "" && s[0] == '.' {
		s = s[1:]
		unit := int64(100_000)
		for s != "" && s[0] >= '0' && s[0] <= '9' { // digits beyond microseconds are cut
			micros += int64(s[0]-'0') * unit
			unit /= 10
			s = s[1:]
		}
	}
	return micros, trim(s), true
}

// ParseTimestamp reads a text as CAST to TIMESTAMP (ntz false) or TIMESTAMP_NTZ does, in microseconds since 1970. A text
// without an offset is in loc; TIMESTAMP_NTZ drops an offset.
func (z *Zones) ParseTimestamp(s string, loc *time.Location, ntz bool) (int64, error) {
	name := "TIMESTAMP"
	if ntz {
		name = "TIMESTAMP_NTZ"
	}
	y, m, d, rest, full, ok := date(trim(s))
	if !ok || rest != "" && (!full || rest[0] != 'T' && rest[0] != ' ') {
		return 0, castError(s, "STRING", name)
	}
	var micros int64
	zone := ""
	if rest != "" {
		if micros, zone, ok = clock(trim(rest[1:])); !ok {
			return 0, castError(s, "STRING", name)
		}
	}
	if zone != "" {
		l, err := z.Load(zone)
		if err != nil {
			return 0, castError(s, "STRING", name)
		}
		loc = l
	}
	wall := int64(days(y, m, d))*86400_000_000 + micros
	if ntz || loc == time.UTC {
		return wall, nil
	}
	return ToInstant(wall, loc), nil
}

// ToInstant is the instant at which clocks in loc show wall.
func ToInstant(wall int64, loc *time.Location) int64 {
	if loc == time.UTC {
		return wall
	}
	u := time.UnixMicro(wall).UTC()
	return time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), u.Nanosecond(), loc).UnixMicro()
}

// ToWall is what clocks in loc show at an instant.
func ToWall(instant int64, loc *time.Location) int64 {
	if loc == time.UTC {
		return instant
	}
	_, off := time.UnixMicro(instant).In(loc).Zone()
	return instant + int64(off)*1_000_000
}
