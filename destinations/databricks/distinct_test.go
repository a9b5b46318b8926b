package databricks

import "testing"

// TestDistinctKeys: keys of several columns differ by where one column ends, too, and other columns do not count.
func TestDistinctKeys(t *testing.T) {
	cells := []cell{{key: true}, {}, {key: true}}
	for _, c := range []struct {
		name string
		rows []string
		want int64
	}{
		{"equal", []string{`["a",null,"b"]`, `["a","x","b"]`}, 1},
		{"another border", []string{`["a","x","bc"]`, `["ab","x","c"]`}, 2},
		{"empty", []string{`["","x","a"]`, `["a","x",""]`}, 2},
		{"written in two ways", []string{`["\u00e4","x","/"]`, `["ä","x","\/"]`}, 1},
	} {
		f := &feed{}
		ch := &chunk{}
		ch.reset(f)
		for _, r := range c.rows {
			ch.add([]byte(r))
		}
		if got, err := distinctKeys(ch, cells); err != nil || got != c.want {
			t.Errorf("%s: %d keys, %v, want %d", c.name, got, err, c.want)
		}
	}
}
