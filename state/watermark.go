package state

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"github.com/drt-go/drt/record"
)

// Watermark says which rows of an incremental sync are in the target already. A row whose cursor is
//
//	beyond Value                 is new (unless Ahead, and its hash is in Sent)
//	one of Open                  is new unless its hash is in Sent
//	anything else up to Value    was sent, or left out for good
type Watermark struct {
	Sync  string
	Field string // the cursor column, as the rows name it
	// Value is the greatest cursor of all rows that were sent; nil if nothing was passed yet.
	Value *record.Value
	// Open are the values up to and including Value at which rows may still have to be sent: Value itself, where a tie
	// may arrive late, and those of rejected rows. Ascending, of the type of Value.
	Open []record.Value
	// Ahead says that rows beyond Value were sent too, because it could not be moved.
	Ahead bool
	// Columns are the columns that the hashes cover, in byte order.
	Columns []string
	// Sent counts the rows that were sent at Open values (and beyond Value, if Ahead), by hash.
	Sent map[record.Hash]uint32

	SyncRunID string    // of the run that saved it
	Saved     time.Time // when
}

// From returns where reading has to begin; nil for the beginning.
func (w *Watermark) From() *record.Value {
	if w == nil || w.Value == nil {
		return nil
	}
	if len(w.Open) > 0 {
		return &w.Open[0]
	}
	return w.Value
}

// Check holds w to what a run can go on from: a column, and values of one type, in order. nil is well.
func (w *Watermark) Check() error {
	switch {
	case w == nil:
		return nil
	case w.Field == "":
		return errors.New("a watermark has no cursor column")
	case w.Value == nil && len(w.Open) > 0:
		return fmt.Errorf("the watermark of column %s has open values and no value", w.Field)
	case w.Value == nil:
		return nil
	}
	values := append(slices.Clone(w.Open), *w.Value)
	for i := range values {
		// A value is compared with itself, too: that parses it.
		order, err := record.Compare(values[max(i-1, 0)], values[i])
		if err != nil || order > 0 {
			return fmt.Errorf("the watermark of column %s has values that have no order", w.Field)
		}
	}
	return nil
}

// Watermark returns the watermark of sync, nil if it has none.
func (s *Store) Watermark(ctx context.Context, sync string) (w *Watermark, err error) {
	err = s.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT cursor_field, value_type, value, open_values, ahead, columns, sent, sync_run_id, saved_at
			FROM watermarks WHERE sync = ?`, &sqlitex.ExecOptions{Args: []any{sync}, ResultFunc: func(stmt *sqlite.Stmt) error {
			w, err = scanWatermark(stmt)
			if err != nil {
				return &unusable{path: s.path, what: "holds a damaged watermark of sync " + sync, hint: mendHint(s.path)}
			}
			w.Sync = sync
			return nil
		}})
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

func scanWatermark(stmt *sqlite.Stmt) (*Watermark, error) {
	w := &Watermark{
		Field: stmt.GetText("cursor_field"), Ahead: stmt.GetBool("ahead"),
		SyncRunID: stmt.GetText("sync_run_id"), Saved: parseTime(stmt.GetText("saved_at")),
	}
	valueType := stmt.GetText("value_type")
	if valueType != "" {
		w.Value = &record.Value{Type: valueType, Text: stmt.GetText("value")}
	}
	var texts []string
	if err := json.Unmarshal([]byte(stmt.GetText("open_values")), &texts); err != nil {
		return nil, err
	}
	for _, text := range texts {
		w.Open = append(w.Open, record.Value{Type: valueType, Text: text})
	}
	if err := json.Unmarshal([]byte(stmt.GetText("columns")), &w.Columns); err != nil {
		return nil, err
	}
	blob := make([]byte, stmt.GetLen("sent"))
	stmt.GetBytes("sent", blob)
	var err error
	w.Sent, err = decodeSent(blob)
	return w, err
}

func putWatermark(conn *sqlite.Conn, r Run, w Watermark) error {
	return putWatermarkAt(conn, r, w, time.Now())
}

func putWatermarkAt(conn *sqlite.Conn, r Run, w Watermark, saved time.Time) error {
	texts := make([]string, len(w.Open))
	for i, v := range w.Open {
		texts[i] = v.Text
	}
	open, err := json.Marshal(texts)
	if err != nil {
		return err
	}
	columns, err := json.Marshal(append([]string{}, w.Columns...))
	if err != nil {
		return err
	}
	var valueType, value any
	if w.Value != nil {
		valueType, value = w.Value.Type, w.Value.Text
	}
	return sqlitex.Execute(conn, `INSERT OR REPLACE INTO watermarks (sync, cursor_field, value_type, value, open_values, ahead, columns, sent, sync_run_id, saved_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, &sqlitex.ExecOptions{Args: []any{
		r.Sync, w.Field, valueType, value, string(open), w.Ahead, string(columns), encodeSent(w.Sent), r.SyncRunID, timeText(saved),
	}})
}

// sentFormat is the first byte of the hashes in state: for each, in byte order, 16 bytes and its number as a uvarint.
const sentFormat = 1

func encodeSent(sent map[record.Hash]uint32) []byte {
	hashes := slices.SortedFunc(maps.Keys(sent), func(a, b record.Hash) int { return slices.Compare(a[:], b[:]) })
	blob := append(make([]byte, 0, 1+17*len(hashes)), sentFormat)
	for _, h := range hashes {
		blob = binary.AppendUvarint(append(blob, h[:]...), uint64(sent[h]))
	}
	return blob
}

func decodeSent(blob []byte) (map[record.Hash]uint32, error) {
	bad := errors.New("malformed hashes")
	if len(blob) == 0 || blob[0] != sentFormat {
		return nil, bad
	}
	blob = blob[1:]
	sent := make(map[record.Hash]uint32, len(blob)/17)
	for len(blob) > 0 {
		if len(blob) < 17 {
			return nil, bad
		}
		n, size := binary.Uvarint(blob[16:])
		if size <= 0 || n == 0 || n > 1<<32-1 {
			return nil, bad
		}
		sent[record.Hash(blob[:16])] = uint32(n)
		blob = blob[16+size:]
	}
	return sent, nil
}
