package delta

import (
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

type readIntFunc = func(arr arrow.Array, i int) (int64, string)

// readBoolean takes booleans, 0 and 1, and the words for them.
func readBoolean(src source, to Type) (readIntFunc, error) {
	const not = "not a BOOLEAN"
	switch src.class {
	case classBool:
		return src.integer, nil
	case classInt:
		return func(arr arrow.Array, i int) (int64, string) {
			v, _ := src.integer(arr, i)
			if v != 0 && v != 1 {
				return 0, not
			}
			return v, ""
		}, nil
	case classText:
		return func(arr arrow.Array, i int) (int64, string) {
			switch s := src.text(arr, i); {
			case s == "1" || strings.EqualFold(s, "t") || strings.EqualFold(s, "true"):
				return 1, ""
			case s == "0" || strings.EqualFold(s, "f") || strings.EqualFold(s, "false"):
				return 0, ""
			}
			return 0, not
		}, nil
	}
	return nil, refuse(src, to, "")
}

// ranged refuses values outside lo to hi.
func ranged(read readIntFunc, lo, hi int64) readIntFunc {
	return func(arr arrow.Array, i int) (int64, string) {
		v, reason := read(arr, i)
		if reason == "" && (v < lo || v > hi) {
			return 0, "outside the years 0001 to 9999"
		}
		return v, reason
	}
}

// midnight turns days into microseconds.
func midnight(read readIntFunc) readIntFunc {
	days := ranged(read, minDay, maxDay)
	return func(arr arrow.Array, i int) (int64, string) {
		v, reason := days(arr, i)
		return v * dayMicros, reason
	}
}

// readDate takes dates, wall clocks at midnight, and text of the form YYYY-MM-DD.
func readDate(src source, to Type) (readIntFunc, error) {
	switch src.class {
	case classDate:
		return ranged(src.integer, minDay, maxDay), nil
	case classWall:
		micros := ranged(src.integer, minMicros, maxMicros)
		return func(arr arrow.Array, i int) (int64, string) {
			v, reason := micros(arr, i)
			if reason == "" && v%dayMicros != 0 {
				reason = reasonDay
			}
			return floorDiv(v, dayMicros), reason
		}, nil
	case classInstant:
		return nil, refuse(src, to, "which date an instant falls on depends on a time zone, so CAST it in the model")
	case classText:
		return func(arr arrow.Array, i int) (int64, string) {
			v, ok := parseDate(src.text(arr, i))
			if !ok {
				return 0, "not a date like 2006-01-02"
			}
			return v, ""
		}, nil
	}
	return nil, refuse(src, to, hintTime(src))
}

// readTimestamp takes instants; wall clocks and dates of a typed source are UTC. Text must say: nobody knows what whoever
// wrote it meant.
func readTimestamp(src source, to Type) (readIntFunc, error) {
	switch src.class {
	case classInstant, classWall:
		return ranged(src.integer, minMicros, maxMicros), nil
	case classDate:
		return midnight(src.integer), nil
	case classText:
		return ranged(func(arr arrow.Array, i int) (int64, string) {
			t, reason := parseTimestamp(src.text(arr, i))
			if reason == "" && !t.zoned {
				reason = reasonZone
			}
			return t.micros - t.offset, reason
		}, minMicros, maxMicros), nil
	}
	return nil, refuse(src, to, hintTime(src))
}

// readNTZ takes wall clocks, and of the instants those in UTC.
func readNTZ(src source, to Type) (readIntFunc, error) {
	switch src.class {
	case classInstant:
		if !src.utc {
			return nil, refuse(src, to, "its wall clock depends on a time zone, so CAST it in the model")
		}
		return ranged(src.integer, minMicros, maxMicros), nil
	case classWall:
		return ranged(src.integer, minMicros, maxMicros), nil
	case classDate:
		return midnight(src.integer), nil
	case classText:
		return func(arr arrow.Array, i int) (int64, string) {
			t, reason := parseTimestamp(src.text(arr, i))
			if reason == "" && t.offset != 0 {
				reason = "has an offset from UTC, which a TIMESTAMP_NTZ would lose"
			}
			return t.micros, reason
		}, nil
	}
	return nil, refuse(src, to, hintTime(src))
}

func hintTime(src source) string {
	if src.class == classInt || src.class == classFloat {
		return "what a number counts is not known, so turn it into a date or timestamp in the model"
	}
	return ""
}
