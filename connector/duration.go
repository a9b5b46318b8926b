package connector

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a span of time as YAML writes it: "2 days", "90s", "1 hour", "1h30m".
type Duration time.Duration

// ParseDuration reads a number and a unit (second, minute, hour, day, week, singular or plural; ms, s, m, h, d, w) or
// what time.ParseDuration takes.
func ParseDuration(text string) (Duration, error) {
	text = strings.TrimSpace(text)
	digits := strings.TrimLeft(text, "0123456789")
	number, unit := text[:len(text)-len(digits)], strings.TrimSpace(digits)
	if per, ok := durationUnit(unit); ok && number != "" {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n > math.MaxInt64/int64(per) {
			return 0, &FieldError{Message: "expected a shorter duration"}
		}
		return Duration(n) * Duration(per), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || unit == "" || d < 0 {
		return 0, &FieldError{Message: "expected a duration", Hint: `write a number and a unit: "90 seconds", "2 days", "1h30m"`}
	}
	return Duration(d), nil
}

func durationUnit(unit string) (time.Duration, bool) {
	const day = 24 * time.Hour
	switch unit {
	case "s", "second", "seconds":
		return time.Second, true
	case "m", "minute", "minutes":
		return time.Minute, true
	case "h", "hour", "hours":
		return time.Hour, true
	case "d", "day", "days":
		return day, true
	case "w", "week", "weeks":
		return 7 * day, true
	}
	return 0, false
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := ParseDuration(string(text))
	if err == nil {
		*d = parsed
	}
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns it as time.Duration prints: "1h30m0s".
func (d Duration) String() string { return time.Duration(d).String() }
