package databricks

import "encoding/binary"

// A small load needs no statement that counts what is staged. The warehouse has said of the INSERT how many rows it
// staged, and how many keys differ the rows tell themselves, as long as they are at hand in one chunk and what differs
// for us differs for the warehouse.

// countHeld counts the keys of the rows that are about to be staged. Call it before they leave.
func (s *session) countHeld() {
	s.different = nil
	c := s.rows.cur
	all := s.stager == nil && s.files == nil && !s.waiting() && int64(c.rows()) == s.rows.next
	if !all || s.keys != nil && s.keys.next > 0 || !s.rows.encode.canonicalKeys() {
		return
	}
	if n, err := distinctKeys(c, s.rows.encode.cells); err == nil {
		s.different = &n
	}
}

// countedHere is the answer to a question of nothing but what is staged, if no statement is needed for it.
func (s *session) countedHere(q question, bad int64) (tally, bool) {
	if s.different == nil || q != (question{}) || s.layout.where != "" || bad > 0 || s.stager.uncounted {
		return tally{}, false
	}
	return tally{staged: s.rows.next, different: *s.different}, true
}

// canonicalKeys says whether two rows have the same key just if their keys are written alike.
func (e *rowEncoder) canonicalKeys() bool {
	for _, c := range e.cells {
		if c.key && !c.enc.Canonical() {
			return false
		}
	}
	return true
}

// distinctKeys counts the keys of the rows of c; without key columns there is one.
func distinctKeys(c *chunk, cells []cell) (int64, error) {
	rows, err := c.cells(0, c.rows())
	if err != nil {
		return 0, err
	}
	seen := make(map[string]struct{}, len(rows))
	var key []byte
	for _, row := range rows {
		key = key[:0]
		for i := range cells {
			if cells[i].key {
				key = binary.AppendUvarint(key, uint64(len(*row[i])))
				key = append(key, *row[i]...)
			}
		}
		seen[string(key)] = struct{}{}
	}
	return int64(len(seen)), nil
}
