package file

import (
	"strconv"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

const secondsPerDay = 24 * 60 * 60

// temporal returns the appender of a date, time, timestamp, duration or interval column, in ISO 8601. nil for other
// types.
func temporal(a arrow.Array) appender {
	switch a := a.(type) {
	case *array.Date32:
		values := a.Date32Values()
		return func(dst []byte, i int) ([]byte, string) { return appendDate(dst, int64(values[i])) }
	case *array.Date64:
		values := a.Date64Values()
		return func(dst []byte, i int) ([]byte, string) {
			days, _ := floorDiv(int64(values[i]), secondsPerDay*1000)
			return appendDate(dst, days)
		}
	case *array.Timestamp:
		return timestamp(a)
	case *array.Time32:
		values, perSecond := a.Time32Values(), unitsPerSecond(a.DataType().(*arrow.Time32Type).Unit)
		return func(dst []byte, i int) ([]byte, string) { return appendClock(dst, int64(values[i]), perSecond), "" }
	case *array.Time64:
		values, perSecond := a.Time64Values(), unitsPerSecond(a.DataType().(*arrow.Time64Type).Unit)
		return func(dst []byte, i int) ([]byte, string) { return appendClock(dst, int64(values[i]), perSecond), "" }
	case *array.Duration:
		values, perSecond := a.DurationValues(), unitsPerSecond(a.DataType().(*arrow.DurationType).Unit)
		return func(dst []byte, i int) ([]byte, string) {
			return appendInterval(dst, 0, 0, int64(values[i]), perSecond), ""
		}
	case *array.MonthInterval:
		return func(dst []byte, i int) ([]byte, string) { return appendInterval(dst, int64(a.Value(i)), 0, 0, 1), "" }
	case *array.DayTimeInterval:
		return func(dst []byte, i int) ([]byte, string) {
			v := a.Value(i)
			return appendInterval(dst, 0, int64(v.Days), int64(v.Milliseconds), 1000), ""
		}
	case *array.MonthDayNanoInterval:
		return func(dst []byte, i int) ([]byte, string) {
			v := a.Value(i)
			return appendInterval(dst, int64(v.Months), int64(v.Days), v.Nanoseconds, int64(time.Second)), ""
		}
	}
	return nil
}

// timestamp writes an instant with Z, a wall clock without.
func timestamp(a *array.Timestamp) appender {
	t := a.DataType().(*arrow.TimestampType)
	values, perSecond, zone := a.TimestampValues(), unitsPerSecond(t.Unit), t.TimeZone != ""
	return func(dst []byte, i int) ([]byte, string) {
		days, rest := floorDiv(int64(values[i]), secondsPerDay*perSecond)
		dst, reason := appendDate(dst, days)
		if reason != "" {
			return dst, reason
		}
		dst = appendClock(append(dst, 'T'), rest, perSecond)
		if zone {
			dst = append(dst, 'Z')
		}
		return dst, ""
	}
}

func unitsPerSecond(u arrow.TimeUnit) int64 { return int64(time.Second / u.Multiplier()) }

// appendDate appends 2006-01-02 of a day counted from 1970-01-01, in the proleptic Gregorian calendar. The arithmetic
// counts from March, so that the leap day is the last of its year.
func appendDate(dst []byte, day int64) ([]byte, string) {
	const first, last = -719_162, 2_932_896 // 0001-01-01, 9999-12-31
	if day < first || day > last {
		return dst, reasonYear
	}
	day += 719_468 // from 0000-03-01
	era, doe := floorDiv(day, 146_097)
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	month, year := mp+3, yoe+era*400
	if mp >= 10 {
		month, year = mp-9, year+1
	}
	dst = appendTwo(dst, year/100)
	dst = appendTwo(dst, year%100)
	dst = appendTwo(append(dst, '-'), month)
	return appendTwo(append(dst, '-'), doy-(153*mp+2)/5+1), ""
}

// appendClock appends 15:04:05.999999999, the zeros at the end of the fraction cut.
func appendClock(dst []byte, units, perSecond int64) []byte {
	seconds, fraction := units/perSecond, units%perSecond
	dst = appendTwo(dst, seconds/3600)
	dst = appendTwo(append(dst, ':'), seconds/60%60)
	dst = appendTwo(append(dst, ':'), seconds%60)
	return appendFraction(dst, fraction, perSecond)
}

func appendFraction(dst []byte, fraction, perSecond int64) []byte {
	if fraction == 0 {
		return dst
	}
	dst = append(dst, '.')
	for place := perSecond / 10; fraction > 0; place /= 10 {
		dst = append(dst, byte('0'+fraction/place))
		fraction %= place
	}
	return dst
}

// appendInterval appends an ISO 8601 duration: P1M2DT-3.5S; nothing at all is PT0S.
func appendInterval(dst []byte, months, days, units, perSecond int64) []byte {
	dst = append(dst, 'P')
	if months != 0 {
		dst = append(strconv.AppendInt(dst, months, 10), 'M')
	}
	if days != 0 {
		dst = append(strconv.AppendInt(dst, days, 10), 'D')
	}
	if units == 0 && (months != 0 || days != 0) {
		return dst
	}
	dst = append(dst, 'T')
	seconds, fraction := units/perSecond, units%perSecond
	if units < 0 {
		dst = append(dst, '-')
		seconds, fraction = -seconds, -fraction
	}
	return append(appendFraction(strconv.AppendInt(dst, seconds, 10), fraction, perSecond), 'S')
}

// appendTwo appends n, 0 to 99, as two digits.
func appendTwo(dst []byte, n int64) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// floorDiv divides by a positive d and rounds down; the rest is 0 or more.
func floorDiv(n, d int64) (quotient, rest int64) {
	quotient, rest = n/d, n%d
	if rest < 0 {
		quotient, rest = quotient-1, rest+d
	}
	return quotient, rest
}
