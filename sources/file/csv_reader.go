package file

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/drt-go/drt/connector"
	"github.com/drt-go/drt/record"
	"github.com/drt-go/drt/sources"
)

// csvDecoder turns the rows of CSV files into the columns of a schema.
type csvDecoder struct {
	cfg     Config
	names   []string // of the schema
	null    string
	columns []csvColumn

	scanner *csvScanner
	order   []int // the field of each column in the current file
	width   int   // fields in a row of the current file
}

type csvColumn struct {
	name   string
	empty  bool // "" is a value: of STRING and BINARY columns
	add    record.TextAppender
	target array.Builder
}

// openCSV reads the first header and makes the reader of all files.
func openCSV(ctx context.Context, s *Source, files []path, q sources.Query) (sources.Reader, error) {
	d := &csvDecoder{cfg: s.cfg, names: s.cfg.Names, null: s.cfg.Null}
	r := &textReader{files: files, limit: q.Limit, decoder: d}
	if err := r.open(ctx); err != nil {
		r.Close()
		return nil, err
	}
	schema, err := declaredSchema(files[0], d.names, s.types)
	if err != nil {
		r.Close()
		return nil, err
	}
	if err := r.build(schema, q); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// declaredSchema gives each name its declared type, or STRING. It is an error if a declared column is not there.
func declaredSchema(p path, names []string, types map[string]arrow.DataType) (*arrow.Schema, error) {
	fields := make([]arrow.Field, len(names))
	declared := 0
	for i, name := range names {
		fields[i] = arrow.Field{Name: name, Type: arrow.BinaryTypes.String, Nullable: true}
		if t, ok := types[name]; ok {
			fields[i].Type = t
			declared++
		}
	}
	if declared < len(types) {
		for _, name := range sortedKeys(types) {
			if _, ok := index(names)[name]; !ok {
				return nil, &connector.Error{Kind: connector.KindConfig, Op: "open " + p.shown,
					Message: fmt.Sprintf("columns declares %q, which the header lacks; it has %s", name, strings.Join(names, ", ")),
					Hint:    "mend the name under columns in the profile: case counts"}
			}
		}
	}
	return arrow.NewSchema(fields, nil), nil
}

func index(names []string) map[string]int {
	m := make(map[string]int, len(names))
	for i, n := range names {
		m[n] = i
	}
	return m
}

// begin implements decoder.
func (d *csvDecoder) begin(p path, w *window) error {
	if err := w.skipBOM(); err != nil {
		return err
	}
	d.scanner = newCSVScanner(w, d.cfg.Delimiter[0])
	here := d.names
	if d.cfg.Header {
		var err error
		if here, err = d.readHeader(); err != nil {
			return err
		}
	}
	if d.names == nil {
		d.names = here
	}
	d.scanner.keepEmpty = len(here) == 1
	return d.arrange(here)
}

func (d *csvDecoder) readHeader() ([]string, error) {
	ok, err := d.scanner.scan()
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, fmt.Errorf("the file is empty: not even a header is there")
	case d.scanner.fault != nil:
		return nil, fmt.Errorf("the header is not CSV: %w", d.scanner.fault)
	}
	names := make([]string, len(d.scanner.fields))
	for i := range names {
		b, quoted := d.scanner.text(i)
		names[i] = string(b)
		if !quoted && bytes.IndexByte(b, '\r') >= 0 {
			return nil, fmt.Errorf("a carriage return in the header: lines that end in CR alone are not read; convert them to LF, for example with tr '\\r' '\\n'")
		}
		if names[i] == "" {
			return nil, fmt.Errorf("column %d of the header has no name", i+1)
		}
		if j, twice := index(names[:i])[names[i]]; twice {
			return nil, fmt.Errorf("columns %d and %d of the header are both named %q", j+1, i+1, names[i])
		}
	}
	return names, nil
}

// arrange finds the columns in a file whose header is here: each file may have its own order.
func (d *csvDecoder) arrange(here []string) error {
	at := index(here)
	d.width = len(here)
	d.order = d.order[:0]
	for _, name := range d.names {
		i, ok := at[name]
		if !ok {
			return fmt.Errorf("the header lacks the column %q, which the first file has", name)
		}
		d.order = append(d.order, i)
	}
	if len(here) > len(d.names) {
		first := index(d.names)
		for _, name := range here {
			if _, ok := first[name]; !ok {
				return fmt.Errorf("the header has the column %q, which the first file lacks", name)
			}
		}
	}
	return nil
}

// bind implements decoder.
func (d *csvDecoder) bind(rows *record.RowBuilder) error {
	for i, b := range rows.Columns {
		add, err := record.NewTextAppender(b)
		if err != nil {
			return err
		}
		d.columns = append(d.columns, csvColumn{name: d.names[i], empty: b.Type().ID() == arrow.STRING || b.Type().ID() == arrow.BINARY, add: add, target: b})
	}
	return nil
}

// next implements decoder.
func (d *csvDecoder) next(p path, rows *record.RowBuilder) (bool, error) {
	s := d.scanner
	ok, err := s.scan()
	if err != nil || !ok {
		return false, err
	}
	switch {
	case s.fault != nil:
		d.reject(p, rows, "", s.fault)
	case len(s.fields) < d.width && s.cut:
		return false, fmt.Errorf("the file ends in the middle of the row at line %d: %d of %d fields", s.line, len(s.fields), d.width)
	case len(s.fields) != d.width:
		d.reject(p, rows, "", fmt.Errorf("%d fields, where the header has %d", len(s.fields), d.width))
	default:
		d.append(p, rows)
	}
	return true, nil
}

func (d *csvDecoder) append(p path, rows *record.RowBuilder) {
	bytes := int64(0)
	for i := range d.columns {
		c := &d.columns[i]
		text, quoted := d.scanner.text(d.order[i])
		bytes += int64(len(text)) + 8
		if d.isNull(text, quoted, c.empty) {
			c.target.AppendNull()
			continue
		}
		if err := c.add(bytesView(text)); err != nil {
			d.reject(p, rows, c.name, err)
			return
		}
	}
	rows.End(bytes)
}

// isNull: without a null text of its own, nothing is NULL; "" is so too where it can be no value.
func (d *csvDecoder) isNull(text []byte, quoted, emptyIsValue bool) bool {
	if d.null == "" {
		return len(text) == 0 && (!quoted || !emptyIsValue)
	}
	return !quoted && string(text) == d.null
}

func (d *csvDecoder) reject(p path, rows *record.RowBuilder, column string, reason error) {
	rows.Reject(column, fmt.Sprintf("%s:%d: %s", p.shown, d.scanner.line, reason))
}
