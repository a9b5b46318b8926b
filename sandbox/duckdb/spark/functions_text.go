package spark

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/drt-go/drt/sandbox/duckdb/native"
	"github.com/drt-go/drt/sandbox/duckdb/sqlerr"
	"github.com/drt-go/drt/sandbox/duckdb/sqltype"
)

// lastType is one parsed type, shared by the threads that run a statement.
type lastType struct {
	mu   sync.Mutex
	text string // guarded by mu
	typ  sqltype.Type
}

func (l *lastType) get(text string) (sqltype.Type, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.typ, l.text == text && text != ""
}

func (l *lastType) set(text string, t sqltype.Type) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text, l.typ = strings.Clone(text), t
}

func decimalFunctions() []native.Function {
	args := []native.Type{native.Varchar, native.Integer, native.Integer}
	parse := func(try bool) func([]native.Vector, *native.Vector, int) error {
		return rows(func(in []native.Vector, out *native.Vector, i int) error {
			text, err := ParseDecimal(in[0].Text(i), int(*native.At[int32](&in[1], i)), int(*native.At[int32](&in[2], i)))
			if err != nil && try {
				out.SetNull(i)
				return nil
			}
			return setText(out, i, text, false, err)
		})
	}
	return []native.Function{
		{Name: "spark_decimal", Args: args, Result: native.Varchar, Apply: parse(false)},
		{Name: "spark_try_decimal", Args: args, Result: native.Varchar, Apply: parse(true)},
		{Name: "spark_divide", Args: append([]native.Type{native.Varchar}, args...), Result: native.Varchar,
			Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
				text, err := Divide(in[0].Text(i), in[1].Text(i), int(*native.At[int32](&in[2], i)), int(*native.At[int32](&in[3], i)))
				return setText(out, i, text, false, err)
			})},
	}
}

func textFunctions() []native.Function {
	return []native.Function{
		{Name: "spark_f64_text", Args: []native.Type{native.Double}, Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			return setText(out, i, FormatFloat(*native.At[float64](&in[0], i), 64), false, nil)
		})},
		{Name: "spark_f32_text", Args: []native.Type{native.Float}, Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			return setText(out, i, FormatFloat(float64(*native.At[float32](&in[0], i)), 32), false, nil)
		})},
		{Name: "spark_f64_f32", Args: []native.Type{native.Double}, Result: native.Float, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			*native.At[float32](out, i) = float32(*native.At[float64](&in[0], i)) // too large becomes Infinity
			return nil
		})},
		{Name: "spark_char", Args: []native.Type{native.Varchar, native.Integer, native.Boolean}, Result: native.Varchar,
			Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
				text, err := FitChar(in[0].Text(i), int(*native.At[int32](&in[1], i)), *native.At[bool](&in[2], i))
				return setText(out, i, text, false, err)
			})},
	}
}

// FitChar checks a text against CHAR(n) or VARCHAR(n) as a write does: blanks beyond n are cut, CHAR is padded.
func FitChar(s string, n int, pad bool) (string, error) {
	length := utf8.RuneCountInString(s)
	for length > n && strings.HasSuffix(s, " ") {
		s = s[:len(s)-1]
		length--
	}
	if length > n {
		return "", sqlerr.New("DELTA_EXCEED_CHAR_VARCHAR_LIMIT", "Value %q exceeds char/varchar type length limitation. Failed check: (length <= %d).", clip(s), n)
	}
	if pad && length < n {
		s += strings.Repeat(" ", n-length)
	}
	return s, nil
}

func binaryFunctions() []native.Function {
	text, blob := []native.Type{native.Varchar}, []native.Type{native.Blob}
	toBinary := func(try bool) func([]native.Vector, *native.Vector, int) error {
		return rows(func(in []native.Vector, out *native.Vector, i int) error {
			b, err := ToBinary(in[0].Text(i), in[1].Text(i))
			if err != nil && try {
				out.SetNull(i)
				return nil
			}
			if err == nil {
				out.SetBytes(i, b)
			}
			return err
		})
	}
	return []native.Function{
		{Name: "spark_unbase64", Args: text, Result: native.Blob, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			out.SetBytes(i, Unbase64(in[0].Text(i)))
			return nil
		})},
		{Name: "spark_base64", Args: blob, Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			return setText(out, i, base64.StdEncoding.EncodeToString(in[0].Bytes(i)), false, nil)
		})},
		{Name: "spark_to_binary", Args: []native.Type{native.Varchar, native.Varchar}, Result: native.Blob, Apply: toBinary(false)},
		{Name: "spark_try_to_binary", Args: []native.Type{native.Varchar, native.Varchar}, Result: native.Blob, Apply: toBinary(true)},
		{Name: "spark_unhex", Args: text, Result: native.Blob, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			s := in[0].Text(i)
			if len(s)%2 == 1 {
				s = "0" + s
			}
			b, err := hex.DecodeString(s)
			if err != nil {
				out.SetNull(i)
				return nil
			}
			out.SetBytes(i, b)
			return nil
		})},
		{Name: "spark_utf8", Args: blob, Result: native.Varchar, Apply: rows(func(in []native.Vector, out *native.Vector, i int) error {
			return setText(out, i, strings.ToValidUTF8(string(in[0].Bytes(i)), "\uFFFD"), false, nil)
		})},
	}
}
