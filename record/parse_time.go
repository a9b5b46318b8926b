package record

import "errors"

// Why a text is not a date or a timestamp: reasons for a Reject, so they do not show the text.
var (
	ErrNotDate      = errors.New("not a DATE (YYYY-MM-DD)")
	ErrNotTimestamp = errors.New("not a timestamp (YYYY-MM-DD HH:MM:SS, a fraction and a zone such as Z or +02:00 may follow)")
	ErrSubMicro     = errors.New("a timestamp finer than microseconds")
)

const (
	microsPerSecond = 1_000_000
	secondsPerDay   = 86_400
)

// ParseDate reads YYYY-MM-DD, years 0001 to 9999, as days since 1970-01-01.
func ParseDate(s string) (days int32, err error) {
	if len(s) != len("2006-01-02") {
		return 0, ErrNotDate
	}
	d, ok := civilDays(s)
	if !ok {
		return 0, ErrNotDate
	}
	return d, nil
}

// civilDays reads the date that s begins with.
func civilDays(s string) (days int32, ok bool) {
	if len(s) < 10 || s[4] != '-' || s[7] != '-' {
		return 0, false
	}
	century, ok1 := twoDigits(s, 0)
	year, ok2 := twoDigits(s, 2)
	month, ok3 := twoDigits(s, 5)
	day, ok4 := twoDigits(s, 8)
	year += 100 * century
	if !ok1 || !ok2 || !ok3 || !ok4 || year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return daysFromCivil(year, month, day), true
}

func twoDigits(s string, at int) (n int, ok bool) {
	a, b := s[at]-'0', s[at+1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

func daysIn(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// daysFromCivil counts days since 1970-01-01 in the proleptic Gregorian calendar, with years that begin in March,
// so that the leap day is the last of its year.
func daysFromCivil(year, month, day int) int32 {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	yearOfEra := year - era*400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	return int32(era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719468)
}

// ParseTimestamp reads YYYY-MM-DD, then a space or T and HH:MM[:SS[.fraction]], then a zone: nothing, Z, UTC or an
// offset such as +02, +0200, -07:30 (a space may stand before it). It returns microseconds since 1970-01-01: of the
// instant if there is a zone, else of the wall clock. A date alone is its midnight. A fraction with digits beyond
// microseconds that are not 0 is ErrSubMicro: it would have to be changed.
func ParseTimestamp(s string) (micros int64, zoned bool, err error) {
	days, ok := civilDays(s)
	if !ok {
		return 0, false, ErrNotTimestamp
	}
	micros = int64(days) * secondsPerDay * microsPerSecond
	if len(s) == 10 {
		return micros, false, nil
	}
	if s[10] != ' ' && s[10] != 'T' && s[10] != 't' {
		return 0, false, ErrNotTimestamp
	}
	clock, rest, err := parseClock(s[11:])
	if err != nil {
		return 0, false, err
	}
	offset, zoned, ok := parseZone(rest)
	if !ok {
		return 0, false, ErrNotTimestamp
	}
	return micros + clock - offset*microsPerSecond, zoned, nil
}

// parseClock reads HH:MM[:SS[.f]] and returns microseconds and what follows.
func parseClock(s string) (micros int64, rest string, err error) {
	if len(s) < 5 || s[2] != ':' {
		return 0, "", ErrNotTimestamp
	}
	hour, ok1 := twoDigits(s, 0)
	minute, ok2 := twoDigits(s, 3)
	if !ok1 || !ok2 || hour > 23 || minute > 59 {
		return 0, "", ErrNotTimestamp
	}
	seconds := int64(hour*3600 + minute*60)
	rest = s[5:]
	if len(rest) == 0 || rest[0] != ':' {
		return seconds * microsPerSecond, rest, nil
	}
	if len(rest) < 3 {
		return 0, "", ErrNotTimestamp
	}
	second, ok := twoDigits(rest, 1)
	if !ok || second > 59 {
		return 0, "", ErrNotTimestamp
	}
	seconds += int64(second)
	fraction, rest, err := parseFraction(rest[3:])
	return seconds*microsPerSecond + fraction, rest, err
}

func parseFraction(s string) (micros int64, rest string, err error) {
	if len(s) == 0 || s[0] != '.' {
		return 0, s, nil
	}
	digits := 1
	for ; digits < len(s) && s[digits]-'0' <= 9; digits++ {
		switch {
		case digits <= 6:
			micros = micros*10 + int64(s[digits]-'0')
		case s[digits] != '0':
			return 0, "", ErrSubMicro
		}
	}
	if digits == 1 || digits > 10 {
		return 0, "", ErrNotTimestamp
	}
	for i := digits; i <= 6; i++ {
		micros *= 10
	}
	return micros, s[digits:], nil
}

// parseZone returns the offset from UTC in seconds.
func parseZone(s string) (seconds int64, zoned, ok bool) {
	if s == "" {
		return 0, false, true
	}
	if s[0] == ' ' {
		s = s[1:]
	}
	switch s {
	case "Z", "z", "UTC":
		return 0, true, true
	case "":
		return 0, false, false
	}
	sign := int64(1)
	switch s[0] {
	case '+':
	case '-':
		sign = -1
	default:
		return 0, false, false
	}
	hhmm := s[1:]
	var hours, minutes int
	okM := true
	switch {
	case len(hhmm) == 2:
	case len(hhmm) == 4:
		minutes, okM = twoDigits(hhmm, 2)
	case len(hhmm) == 5 && hhmm[2] == ':':
		minutes, okM = twoDigits(hhmm, 3)
	default:
		return 0, false, false
	}
	hours, okH := twoDigits(hhmm, 0)
	if !okH || !okM || hours > 18 || minutes > 59 {
		return 0, false, false
	}
	return sign * int64(hours*3600+minutes*60), true, true
}
