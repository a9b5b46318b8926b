package state

import (
	"encoding/json"

	"github.com/drt-go/drt/record"
)

// watermarkJSON is a watermark as the journal, exports and signatures write it. Its names stay: tables of users have
// them in their logs.
type watermarkJSON struct {
	Field   string   `json:"cursor_field"`
	Type    string   `json:"type,omitempty"` // "": nothing was passed yet
	Value   string   `json:"value,omitempty"`
	Open    []string `json:"open,omitempty"`
	Ahead   bool     `json:"ahead,omitempty"`
	Columns []string `json:"columns,omitempty"`
	Sent    []byte   `json:"sent,omitempty"` // as encodeSent writes it
}

// MarshalJSON implements json.Marshaler. Sync, SyncRunID and Saved are not in it.
func (w Watermark) MarshalJSON() ([]byte, error) {
	out := watermarkJSON{Field: w.Field, Ahead: w.Ahead, Columns: w.Columns}
	if w.Value != nil {
		out.Type, out.Value = w.Value.Type, w.Value.Text
	}
	for _, v := range w.Open {
		out.Open = append(out.Open, v.Text)
	}
	if len(w.Sent) > 0 {
		out.Sent = encodeSent(w.Sent)
	}
	return json.Marshal(out)
}

// UnmarshalJSON implements json.Unmarshaler.
func (w *Watermark) UnmarshalJSON(text []byte) error {
	var in watermarkJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	out := Watermark{Field: in.Field, Ahead: in.Ahead, Columns: in.Columns, Sent: map[record.Hash]uint32{}}
	if in.Type != "" {
		out.Value = &record.Value{Type: in.Type, Text: in.Value}
	}
	for _, text := range in.Open {
		out.Open = append(out.Open, record.Value{Type: in.Type, Text: text})
	}
	if len(in.Sent) > 0 {
		var err error
		if out.Sent, err = decodeSent(in.Sent); err != nil {
			return err
		}
	}
	*w = out
	return nil
}
