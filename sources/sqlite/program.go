package sqlite

import (
	"slices"
	"strings"
)

// instruction is one line of EXPLAIN: https://www.sqlite.org/opcode.html.
type instruction struct {
	name              string
	p1, p2, p3, flags int64
	p4                string
}

// output says where a result column of a plain read comes from.
type output struct {
	rowid  bool
	column int  // of the record, from 0
	real   bool // an INTEGER in the record stands for a REAL
}

// plainRead is a program that does nothing but hand out columns of one table, row by row in the order of the rowid.
type plainRead struct {
	root    int64
	outputs []output
}

// explain returns the program that SQLite runs for sql.
func (c *conn) explain(sql string) ([]instruction, error) {
	s, _, err := c.prepare("EXPLAIN " + sql)
	if err != nil {
		return nil, err
	}
	defer s.finalize()
	var list []instruction
	for {
		more, err := s.step()
		if err != nil || !more {
			return list, err
		}
		text := func(column int) string {
			var v cell
			s.cell(&v, column)
			return strings.Clone(v.s)
		}
		number := func(column int) int64 {
			var v cell
			s.cell(&v, column)
			return v.i
		}
		list = append(list, instruction{name: text(1), p1: number(2), p2: number(3), p3: number(4), p4: text(5), flags: number(6)})
	}
}

// asPlainRead recognizes
//
//	Init; [Noop;] OpenRead; Rewind; {Column | Rowid | RealAffinity}...; ResultRow; Next; Halt; Transaction; Goto
//
// and nothing else: an instruction that is not listed here, or an order of them that SQLite may choose one day, makes
// the read an ordinary one.
func asPlainRead(program []instruction) (p plainRead, ok bool) {
	names := make([]string, len(program))
	for i, in := range program {
		names[i] = in.name
	}
	head := []string{"Init", "OpenRead", "Rewind"}
	if len(names) > 1 && names[1] == "Noop" {
		head = []string{"Init", "Noop", "OpenRead", "Rewind"}
	}
	body, end := len(head), slices.Index(names, "ResultRow")
	if end < body || !slices.Equal(names[:body], head) || !slices.Equal(names[end:], []string{"ResultRow", "Next", "Halt", "Transaction", "Goto"}) {
		return p, false
	}
	init, open, rewind := program[0], program[body-2], program[body-1]
	next, transaction, back := program[end+1], program[end+3], program[end+4]
	jumps := init.p2 == int64(end+3) && back.p2 == 1 && rewind.p2 == int64(end+2) && next.p2 == int64(body)
	oneCursor := rewind.p1 == open.p1 && next.p1 == open.p1
	mainTable := open.p3 == 0 && !strings.HasPrefix(open.p4, "k(") // of an index it is the key
	reads := transaction.p1 == 0 && transaction.p2 == 0
	if !jumps || !oneCursor || !mainTable || !reads {
		return p, false
	}
	p.root = open.p2
	p.outputs, ok = outputs(program[body:end], open.p1, program[end])
	return p, ok
}

// outputs follows the registers from the cursor into the result row.
func outputs(body []instruction, cursor int64, result instruction) ([]output, bool) {
	byRegister := map[int64]*output{}
	for _, in := range body {
		switch {
		case in.flags != 0:
			return nil, false
		case in.name == "Column" && in.p1 == cursor && byRegister[in.p3] == nil:
			byRegister[in.p3] = &output{column: int(in.p2)}
		case in.name == "Rowid" && in.p1 == cursor && byRegister[in.p2] == nil:
			byRegister[in.p2] = &output{rowid: true}
		case in.name == "RealAffinity" && byRegister[in.p1] != nil:
			byRegister[in.p1].real = true
		default:
			return nil, false
		}
	}
	list := make([]output, 0, len(byRegister))
	for i := range result.p2 {
		o := byRegister[result.p1+i]
		if o == nil {
			return nil, false
		}
		list = append(list, *o)
	}
	return list, len(list) == len(byRegister)
}
