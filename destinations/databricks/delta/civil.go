package delta

// The range of DATE and both TIMESTAMPs: years 0001 to 9999, as Delta documents them.
const (
	minDay    = -719162 // 0001-01-01
	maxDay    = 2932896 // 9999-12-31
	dayMicros = 24 * 60 * 60 * 1_000_000
	minMicros = minDay * dayMicros
	maxMicros = (maxDay+1)*dayMicros - 1
)

// daysOf counts the days from 1970-01-01 to a date of the proleptic Gregorian calendar. Years start in March here, so
// that the leap day comes last (the usual civil-from-days arithmetic).
func daysOf(year, month, day int) int64 {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(int64(year), 400)
	yoe := int64(year) - era*400
	doy := int64(153*(month-3)+2)/5 + int64(day) - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return era*146097 + doe - 719468
}

// dateOf is the inverse of daysOf.
func dateOf(days int64) (year, month, day int) {
	days += 719468
	era := floorDiv(days, 146097)
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	year = int(yoe + era*400)
	if month > 12 {
		month -= 12
		year++
	}
	return year, month, day
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func monthDays(year, month int) int {
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

// appendDate appends 2006-01-02; days lie in the range of DATE.
func appendDate(dst []byte, days int64) []byte {
	y, m, d := dateOf(days)
	dst = append2(append2(dst, y/100), y%100)
	dst = append2(append(dst, '-'), m)
	return append2(append(dst, '-'), d)
}

// appendClock appends 15:04:05, and a fraction of as many digits as it needs, at most six.
func appendClock(dst []byte, us int64) []byte {
	sec := int(us / 1_000_000)
	dst = append2(dst, sec/3600)
	dst = append2(append(dst, ':'), sec/60%60)
	dst = append2(append(dst, ':'), sec%60)
	frac := int(us % 1_000_000)
	if frac == 0 {
		return dst
	}
	dst = append2(append2(append2(append(dst, '.'), frac/10000), frac/100%100), frac%100)
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// appendMicros appends 2006-01-02T15:04:05.999999 without a zone; us lies in the range of TIMESTAMP.
func appendMicros(dst []byte, us int64) []byte {
	days := floorDiv(us, dayMicros)
	dst = append(appendDate(dst, days), 'T')
	return appendClock(dst, us-days*dayMicros)
}

// append2 appends two digits.
func append2(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}
