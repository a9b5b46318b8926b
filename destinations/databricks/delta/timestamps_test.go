package delta

import (
	"math"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
)

func TestW14_Timestamps(t *testing.T) {
	us := arrow.Microsecond
	runValues(t, []valueCase{
		ok("instant", stamp(us, "UTC", 1704067200123456), "TIMESTAMP", "2024-01-01T00:00:00.123456Z"),
		ok("instant in another zone", stamp(us, "America/New_York", 1704067200000000), "TIMESTAMP", "2024-01-01T00:00:00Z"),
		ok("before 1900", stamp(us, "UTC", -2208988800000001), "TIMESTAMP", "1899-12-31T23:59:59.999999Z"),
		ok("year 0001", stamp(us, "UTC", minMicros), "TIMESTAMP", "0001-01-01T00:00:00Z"),
		no("year 0000", stamp(us, "UTC", minMicros-1), "TIMESTAMP", "outside the years 0001 to 9999"),
		ok("year 9999", stamp(us, "UTC", maxMicros), "TIMESTAMP", "9999-12-31T23:59:59.999999Z"),
		no("year 10000", stamp(us, "UTC", maxMicros+1), "TIMESTAMP", "outside the years 0001 to 9999"),
		ok("seconds", stamp(arrow.Second, "UTC", -1), "TIMESTAMP", "1969-12-31T23:59:59Z"),
		no("seconds that overflow", stamp(arrow.Second, "UTC", math.MaxInt64), "TIMESTAMP", "outside the years 0001 to 9999"),
		no("milliseconds that overflow", stamp(arrow.Millisecond, "UTC", math.MinInt64), "TIMESTAMP", "outside the years 0001 to 9999"),
		ok("milliseconds", stamp(arrow.Millisecond, "UTC", 1500), "TIMESTAMP", "1970-01-01T00:00:01.5Z"),
		ok("nanoseconds that are microseconds", stamp(arrow.Nanosecond, "UTC", -1000), "TIMESTAMP", "1969-12-31T23:59:59.999999Z"),
		no("nanoseconds", stamp(arrow.Nanosecond, "UTC", 1001), "TIMESTAMP", "finer than a microsecond"),
		ok("wall clock is UTC", stamp(us, "", 0), "TIMESTAMP", "1970-01-01T00:00:00Z"),
		ok("date is midnight UTC", date(1), "TIMESTAMP", "1970-01-02T00:00:00Z"),
		ok("text Z", text("2024-01-01T10:20:30.5Z"), "TIMESTAMP", "2024-01-01T10:20:30.5Z"),
		ok("text offset", text("2024-01-01 10:20:30+05:30"), "TIMESTAMP", "2024-01-01T04:50:30Z"),
		ok("text offset without colon", text("2024-01-01 10:20:30-0800"), "TIMESTAMP", "2024-01-01T18:20:30Z"),
		ok("text offset of hours", text("2024-01-01 10:20:30+02"), "TIMESTAMP", "2024-01-01T08:20:30Z"),
		no("text without zone", text("2024-01-01 10:20:30"), "TIMESTAMP", reasonZone),
		ok("text without seconds", text("2024-01-01T10:20Z"), "TIMESTAMP", "2024-01-01T10:20:00Z"),
		no("text of a date", text("2024-01-01"), "TIMESTAMP", reasonZone),
		ok("text with nine digits", text("2024-01-01T00:00:00.123456000Z"), "TIMESTAMP", "2024-01-01T00:00:00.123456Z"),
		no("text finer", text("2024-01-01T00:00:00.1234567Z"), "TIMESTAMP", "finer than a microsecond"),
		no("text that an offset moves out", text("0001-01-01T00:00:00+01:00"), "TIMESTAMP", "outside the years 0001 to 9999"),
		no("text leap second", text("2016-12-31T23:59:60Z"), "TIMESTAMP", notTimestamp),
		no("text hour 24", text("2024-01-01T24:00:00Z"), "TIMESTAMP", notTimestamp),
		no("text zone name", text("2024-01-01T10:20:30 Europe/Berlin"), "TIMESTAMP", notTimestamp),
		no("text offset 19 hours", text("2024-01-01T10:20:30+19:00"), "TIMESTAMP", notTimestamp),
		no("text offset junk", text("2024-01-01T10:20:30+02:0"), "TIMESTAMP", notTimestamp),
		no("text offset sign", text("2024-01-01T10:20:30+"), "TIMESTAMP", notTimestamp),
		no("text point", text("2024-01-01T10:20:30."), "TIMESTAMP", notTimestamp),
		no("text T", text("2024-01-01T"), "TIMESTAMP", notTimestamp),
		no("text month", text("2024-01"), "TIMESTAMP", notTimestamp),
		no("text blank behind", text("2024-01-01T10:20:30 "), "TIMESTAMP", notTimestamp),
		no("text epoch", text("1704067200"), "TIMESTAMP", notTimestamp),
		no("text empty", text(""), "TIMESTAMP", notTimestamp),
		ok("as text", stamp(us, "Asia/Tokyo", 1), "STRING", "1970-01-01T00:00:00.000001Z"),
	})
}

func TestW14_TimestampsWithoutZone(t *testing.T) {
	us := arrow.Microsecond
	runValues(t, []valueCase{
		ok("wall clock", stamp(us, "", 1704067200123456), "TIMESTAMP_NTZ", "2024-01-01T00:00:00.123456"),
		ok("year 0001", stamp(us, "", minMicros), "TIMESTAMP_NTZ", "0001-01-01T00:00:00"),
		no("year 10000", stamp(us, "", maxMicros+1), "TIMESTAMP_NTZ", "outside the years 0001 to 9999"),
		ok("instant in UTC", stamp(us, "UTC", 1), "TIMESTAMP_NTZ", "1970-01-01T00:00:00.000001"),
		ok("date", date(-1), "TIMESTAMP_NTZ", "1969-12-31T00:00:00"),
		ok("text", text("2024-01-01T10:20:30.000001"), "TIMESTAMP_NTZ", "2024-01-01T10:20:30.000001"),
		ok("text Z", text("2024-01-01T10:20:30Z"), "TIMESTAMP_NTZ", "2024-01-01T10:20:30"),
		ok("text zero offset", text("2024-01-01T10:20:30-00:00"), "TIMESTAMP_NTZ", "2024-01-01T10:20:30"),
		no("text offset", text("2024-01-01T10:20:30+01:00"), "TIMESTAMP_NTZ", "has an offset from UTC, which a TIMESTAMP_NTZ would lose"),
		no("text finer", text("2024-01-01T10:20:30.0000001"), "TIMESTAMP_NTZ", "finer than a microsecond"),
		ok("as text", stamp(us, "", 0), "STRING", "1970-01-01T00:00:00"),
	})
}
