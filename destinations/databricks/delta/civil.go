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

// dateOf is the inverse of daysOf, for days in the range of DATE. It is the Euclidean affine way of Neri and Schneider
// (2022), in which no division is by a variable: dates and timestamps were a quarter of the time of encoding a row.
func dateOf(days int64) (year, month, day uint32) {
	n := 4*uint32(days+719468) + 3 // 719468 days from 0000-03-01 to 1970-01-01
	century := n / 146097
	p := 2939745 * uint64(n%146097|3)
	dayOfYear := uint32(p) / 2939745 / 4
	year = 100*century + uint32(p>>32)
	m := 2141*dayOfYear + 197913
	month, day = m>>16, m&0xffff/2141+1
	if dayOfYear >= 306 { // January and February belong to the year before
		year, month = year+1, month-12
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
	dst = append(dst, "0000-00-00"...)
	b := dst[len(dst)-10:]
	put2(b, 0, y/100)
	put2(b, 2, y%100)
	put2(b, 5, m)
	put2(b, 8, d)
	return dst
}

// appendClock appends 15:04:05, and a fraction of as many digits as it needs, at most six.
func appendClock(dst []byte, us int64) []byte {
	sec, frac := uint32(us/1_000_000), uint32(us%1_000_000)
	dst = append(dst, "00:00:00.000000"...)
	b := dst[len(dst)-15:]
	put2(b, 0, sec/3600)
	put2(b, 3, sec/60%60)
	put2(b, 6, sec%60)
	if frac == 0 {
		return dst[:len(dst)-7]
	}
	put2(b, 9, frac/10000)
	put2(b, 11, frac/100%100)
	put2(b, 13, frac%100)
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

// put2 writes two digits.
func put2(b []byte, at int, n uint32) {
	b[at], b[at+1] = byte('0'+n/10), byte('0'+n%10)
}
