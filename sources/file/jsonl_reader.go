package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// How many of the first rows are read for their keys.
const (
	keyRows  = 10_000
	keyBytes = 4 << 20
)

// jsonlDecoder turns the rows of JSON Lines files into the columns of a schema.
type jsonlDecoder struct {
	names   []string
	at      map[string]int
	columns []jsonlColumn
	lines   *lineScanner
	object  jsonObject
	row     int64 // counts rows, to tell which columns this one has set
}

type jsonlColumn struct {
	name   string
	kind   arrow.Type
	add    record.TextAppender
	target array.Builder
	set    int64 // the last row that had this key
}

// openJSONL finds the columns and makes the reader of all files.
func openJSONL(ctx context.Context, s *Source, files []path, q sources.Query) (sources.Reader, error) {
	k := keys{at: map[string]int{}}
	for i := range files {
		if err := k.discover(ctx, &files[i]); err != nil {
			return nil, err
		}
	}
	for _, name := range sortedKeys(s.types) {
		k.add(name)
	}
	schema, err := declaredSchema(files[0], k.names, s.types)
	if err != nil {
		return nil, err
	}
	d := &jsonlDecoder{names: k.names, at: k.at}
	r := &textReader{files: files, limit: q.Limit, decoder: d}
	if err := r.build(schema, q); err != nil {
		return nil, err
	}
	return r, nil
}

// keys gathers the keys of the first rows, in the order in which they appear.
type keys struct {
	names       []string
	at          map[string]int
	rows, bytes int
}

func (k *keys) add(name string) {
	if _, ok := k.at[name]; !ok {
		k.at[name] = len(k.names)
		k.names = append(k.names, name)
	}
}

func (k *keys) full() bool { return k.rows >= keyRows || k.bytes >= keyBytes }

// discover reads the keys of p's first rows. What it reads of standard input is put back before the rest.
func (k *keys) discover(ctx context.Context, p *path) error {
	if k.full() {
		return nil
	}
	in, err := openInput(*p)
	if err != nil {
		return err
	}
	defer in.Close()
	stop := &stoppable{ctx: ctx, in: in, wait: p.stdin != nil}
	var seen bytes.Buffer
	var source io.Reader = stop
	if p.stdin != nil {
		source = io.TeeReader(stop, &seen)
	}
	err = k.read(source)
	if p.stdin != nil {
		p.stdin = io.MultiReader(&seen, stop.remaining())
	}
	switch {
	case ctx.Err() != nil:
		return canceled("read "+p.shown, ctx.Err())
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil // said when the rows are read, which comes to the same place
	case err != nil:
		return ioError(*p, "read", err)
	}
	return nil
}

func (k *keys) read(in io.Reader) error {
	w := newWindow(in)
	if err := w.skipBOM(); err != nil {
		return err
	}
	lines := newLineScanner(w)
	var o jsonObject
	for !k.full() {
		line, ok, err := lines.scan()
		if err != nil || !ok {
			return err
		}
		k.rows++
		k.bytes += len(line)
		k.learn(&o, line)
	}
	return nil
}

// learn adds the keys of one line. A line that is no object has none: its row is rejected when it is read.
func (k *keys) learn(o *jsonObject, line []byte) {
	before := len(k.names)
	if o.each(line, func(key []byte, _ jsonValue) error {
		if _, ok := k.at[string(key)]; !ok {
			k.add(string(key))
		}
		return nil
	}) != nil {
		for _, name := range k.names[before:] {
			delete(k.at, name)
		}
		k.names = k.names[:before]
	}
}

// begin implements decoder.
func (d *jsonlDecoder) begin(_ path, w *window) error {
	err := w.skipBOM()
	d.lines = newLineScanner(w)
	return err
}

// bind implements decoder.
func (d *jsonlDecoder) bind(rows *record.RowBuilder) error {
	for i, b := range rows.Columns {
		add, err := record.NewTextAppender(b)
		if err != nil {
			return err
		}
		d.columns = append(d.columns, jsonlColumn{name: d.names[i], kind: b.Type().ID(), add: add, target: b})
	}
	return nil
}

// unknownKey is a key that no column has: it ends the read, since every later row would lose it.
type unknownKey string

func (k unknownKey) Error() string {
	return fmt.Sprintf("the key %q is neither declared nor in the first %d rows; declare it under columns in the profile", string(k), keyRows)
}

// badValue is a value that its column cannot hold.
type badValue struct {
	column string
	reason error
}

func (b *badValue) Error() string { return b.reason.Error() }

// next implements decoder.
func (d *jsonlDecoder) next(p path, rows *record.RowBuilder) (bool, error) {
	line, ok, err := d.lines.scan()
	if err != nil || !ok {
		return false, err
	}
	d.row++
	switch err := d.object.each(line, d.set); e := err.(type) {
	case nil:
		for i := range d.columns {
			if c := &d.columns[i]; c.set != d.row {
				c.target.AppendNull()
			}
		}
		rows.End(int64(len(line)))
	case unknownKey:
		return false, fmt.Errorf("line %d: %w", d.lines.line, err)
	case *badValue:
		d.reject(p, rows, e.column, e.reason)
	default:
		if d.lines.cut {
			return false, fmt.Errorf("the file ends in the middle of the row at line %d", d.lines.line)
		}
		d.reject(p, rows, "", err)
	}
	return true, nil
}

// set appends one member of the current row to its column.
func (d *jsonlDecoder) set(key []byte, v jsonValue) error {
	i, ok := d.at[string(key)]
	if !ok {
		return unknownKey(key)
	}
	c := &d.columns[i]
	if c.set == d.row {
		return &badValue{c.name, errors.New("the key is there twice")}
	}
	if err := c.append(v); err != nil {
		return &badValue{c.name, err}
	}
	c.set = d.row
	return nil
}

// append takes strings by what they say, numbers and booleans as they are written, and objects and arrays as JSON.
func (c *jsonlColumn) append(v jsonValue) error {
	switch v.kind {
	case jsonNull:
		c.target.AppendNull()
		return nil
	case jsonNested:
		if c.kind != arrow.STRING {
			return errors.New("an object or array, where the column is not STRING")
		}
	case jsonNumber, jsonBool:
		if c.kind == arrow.BINARY {
			return record.ErrNotBase64 // 1234 and true would decode
		}
	}
	return c.add(bytesView(v.text))
}

func (d *jsonlDecoder) reject(p path, rows *record.RowBuilder, column string, reason error) {
	rows.Reject(column, fmt.Sprintf("%s:%d: %s", p.shown, d.lines.line, reason))
}
