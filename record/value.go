package record

// Value is one non-NULL scalar in a canonical text form: what a watermark is kept as, exactly.
//
//	Type            Text
//	int64, uint64   decimal digits
//	float64         shortest text that reads back as the same float; NaN is not a Value
//	decimal         digits, point, sign; no exponent
//	string          the text itself (compared by bytes)
//	date            2006-01-02
//	timestamp       an instant, 2006-01-02T15:04:05.999999999Z, trailing zeros of the fraction cut
//	timestamp_ntz   a wall clock, 2006-01-02T15:04:05.999999999
type Value struct {
	Type string `json:"type"`
	Text string `json:"text"`
}
