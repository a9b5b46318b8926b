package delta

// wallTime is a timestamp as it was written: the wall clock in microseconds, and the offset if there was one.
type wallTime struct {
	micros int64
	zoned  bool
	offset int64 // microseconds east of UTC
}

// parseDate reads YYYY-MM-DD and nothing else: not a year alone, not a time behind it.
func parseDate(s string) (int64, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	y1, ok1 := digits2(s, 0)
	y2, ok2 := digits2(s, 2)
	m, ok3 := digits2(s, 5)
	d, ok4 := digits2(s, 8)
	y := y1*100 + y2
	if !ok1 || !ok2 || !ok3 || !ok4 || y < 1 || m < 1 || m > 12 || d < 1 || d > monthDays(y, m) {
		return 0, false
	}
	return daysOf(y, m, d), true
}

const notTimestamp = "not a timestamp like 2006-01-02T15:04:05.999999Z"

// parseTimestamp reads YYYY-MM-DD, and behind T or a blank HH:MM[:SS[.fraction]] and Z or an offset ±HH[[:]MM].
func parseTimestamp(s string) (wallTime, string) {
	if len(s) < 10 {
		return wallTime{}, notTimestamp
	}
	day, ok := parseDate(s[:10])
	if !ok {
		return wallTime{}, notTimestamp
	}
	t := wallTime{micros: day * dayMicros}
	if len(s) == 10 {
		return t, ""
	}
	if s[10] != 'T' && s[10] != ' ' && s[10] != 't' {
		return wallTime{}, notTimestamp
	}
	us, rest, reason := parseClock(s[11:])
	if reason != "" {
		return wallTime{}, reason
	}
	if rest < 0 {
		return wallTime{}, notTimestamp
	}
	t.micros += us
	t.offset, t.zoned, ok = parseOffset(s[11+rest:])
	if !ok {
		return wallTime{}, notTimestamp
	}
	return t, ""
}

// parseClock reads HH:MM[:SS[.fraction]] and returns microseconds and how many bytes it read, -1 if it is none.
func parseClock(s string) (us int64, n int, reason string) {
	h, ok1 := digits2(s, 0)
	m, ok2 := digits2(s, 3)
	if !ok1 || !ok2 || s[2] != ':' || h > 23 || m > 59 {
		return 0, -1, ""
	}
	us = int64(h*60+m) * 60_000_000
	if len(s) == 5 || s[5] != ':' {
		return us, 5, ""
	}
	sec, ok := digits2(s, 6)
	if !ok || sec > 59 {
		return 0, -1, ""
	}
	us += int64(sec) * 1_000_000
	if len(s) == 8 || s[8] != '.' {
		return us, 8, ""
	}
	n = 9
	for unit := int64(100_000); n < len(s) && s[n] >= '0' && s[n] <= '9'; n++ {
		if unit == 0 && s[n] != '0' {
			return 0, n, reasonMicros
		}
		us += int64(s[n]-'0') * unit
		unit /= 10
	}
	if n == 9 {
		return 0, -1, ""
	}
	return us, n, ""
}

// parseOffset reads what stands behind the clock: nothing, Z, or ±HH, ±HHMM, ±HH:MM (at most 18 hours).
func parseOffset(s string) (offset int64, zoned, ok bool) {
	switch {
	case s == "":
		return 0, false, true
	case s == "Z" || s == "z":
		return 0, true, true
	case s[0] != '+' && s[0] != '-':
		return 0, false, false
	}
	h, ok := digits2(s, 1)
	m, rest := 0, s[min(3, len(s)):]
	if ok && rest != "" {
		if rest[0] == ':' {
			rest = rest[1:]
		}
		m, ok = digits2(rest, 0)
		ok = ok && len(rest) == 2
	}
	if !ok || h > 18 || m > 59 || h == 18 && m > 0 {
		return 0, false, false
	}
	offset = int64(h*60+m) * 60_000_000
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true, true
}

// digits2 reads two digits of s from position at.
func digits2(s string, at int) (int, bool) {
	if len(s) < at+2 {
		return 0, false
	}
	a, b := s[at]-'0', s[at+1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}
