package connectortest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"guiji/connectors"
	"guiji/internal/fault"
)

// ticking is a table whose cursor n is the id, but NULL in every tenth row.
func ticking(name string, rows int) Table {
	t := Table{Name: name, Columns: []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "n", Kind: Integer, Index: true}, {Name: "m", Kind: Integer}}}
	for i := 1; i <= rows; i++ {
		t.Rows = append(t.Rows, []Value{V(fmt.Sprint(i)), V(fmt.Sprint(i)), V(fmt.Sprint(i % 7))})
		if i%10 == 0 {
			t.Rows[i-1][1] = nil
		}
	}
	return t
}

// windowed is a request for a window of a table of ticking's, in parts.
func windowed(table, from, to string) connectors.Request {
	req := request(table, "id")
	req.Key, req.Parts, req.Window = []string{"id"}, 3, &connectors.Window{Column: "n", From: from, To: to}
	return req
}

// firsts are the values of the first column, in the order of their lengths and texts.
func firsts(cells [][]Value) []string {
	var out []string
	for _, row := range cells {
		out = append(out, *row[0])
	}
	slices.SortFunc(out, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return out
}

// windowEnds: the ends belong to a window, rows without a cursor to every one.
func (h Harness) windowEnds(t *testing.T) {
	table := h.Load(t, ticking("ticking", 25))
	for _, c := range []struct{ from, to, want string }{
		{"3", "5", "3 4 5 10 20"}, {"24", "", "10 20 24 25"}, {"", "2", "1 2 10 20"}, {"26", "", "10 20"}, {"9", "8", "10 20"}, {"-7", "0", "10 20"}, {"20", "20", "10 20"},
	} {
		if got := strings.Join(firsts(h.all(t, windowed(table, c.from, c.to)).cells), " "); got != c.want {
			t.Errorf("from %q to %q came %s, wanted %s", c.from, c.to, got, c.want)
		}
	}
	if got := h.all(t, windowed(table, "", "")); len(got.cells) != 25 {
		t.Errorf("%d rows of a window without ends, wanted 25", len(got.cells))
	}
}

// windowInParts: a window that is worth dividing is read once, and in any part of it nothing else.
func (h Harness) windowInParts(t *testing.T) {
	table := h.Load(t, ticking("ticking", 12_000))
	for _, from := range []string{"2001", "9001"} {
		got := firsts(h.all(t, windowed(table, from, "11000")).cells)
		var want [][]Value
		for i := 1; i <= 12_000; i++ {
			id := fmt.Sprint(i)
			if i%10 == 0 || (len(id) > len(from) || len(id) == len(from) && id >= from) && i <= 11_000 {
				want = append(want, []Value{V(id)})
			}
		}
		if !slices.Equal(got, firsts(want)) {
			t.Errorf("from %s came %d rows, wanted %d", from, len(got), len(want))
		}
	}
}

// wrongWindow: what is no cursor is an error of configuration, not another window.
func (h Harness) wrongWindow(t *testing.T) {
	table := h.Load(t, Table{"ticking", []Column{{Name: "id", Kind: Integer, Key: true}, {Name: "a"}}, [][]Value{{V("1"), V("x")}}})
	src := h.source(t)
	for _, w := range []connectors.Window{{Column: "id", From: "1 OR 1=1"}, {Column: "id", To: "2026-01-01"}, {Column: "a", From: "x"}, {Column: "gone"}} {
		req := request(table, "id")
		req.Window = &w
		snap, err := src.Snapshot(deadline(t), req)
		if fault.KindOf(err) != fault.Config {
			t.Errorf("the window %+v gave %v", w, err)
		}
		if err == nil {
			snap.Close()
		}
	}
}

// cursor: what a snapshot says of its cursor is of its own moment, whatever is written meanwhile.
func (h Harness) cursor(t *testing.T) {
	table := h.Load(t, ticking("ticking", 25))
	snap := open(t, h.source(t), request(table, "id"))
	h.Insert(t, table, [][]Value{{V("26"), V("26"), V("99")}})
	for column, want := range map[string]connectors.Cursor{
		"id": {Kind: connectors.CursorNumber, Max: "25", Indexed: true},
		"n":  {Kind: connectors.CursorNumber, Max: "25", Indexed: true, Nulls: true},
		"m":  {Kind: connectors.CursorNumber, Max: "6"},
	} {
		got, err := snap.(connectors.Cursored).Cursor(deadline(t), column)
		if err != nil || got != want {
			t.Errorf("%s: %+v and %v, wanted %+v", column, got, err, want)
		}
	}
	_, err := snap.(connectors.Cursored).Cursor(deadline(t), "gone")
	mustName(t, err, "gone")
}

// windowUnderWriters: rows written behind the snapshot's back are in none of its parts, and in
// the next snapshot's window.
func (h Harness) windowUnderWriters(t *testing.T) {
	data := ticking("ticking", 6_000)
	table := h.Load(t, data)
	src := h.source(t)
	snap := open(t, src, windowed(table, "1001", ""))
	h.Insert(t, table, [][]Value{{V("0"), V("2000"), V("0")}, {V("6001"), V("6001"), V("0")}, {V("6002"), nil, V("0")}})
	got := len(read(t, snap, 0).cells)
	if want := 4_500 + 600; got != want {
		t.Errorf("%d rows, wanted %d", got, want)
	}
	snap.Close()
	if next := firsts(read(t, open(t, src, windowed(table, "6000", "")), 0).cells); len(next) != 602 || next[601] != "6002" || next[600] != "6001" {
		t.Errorf("the next window has %d rows, wanted 602", len(next))
	}
}

// keys: the keys of all rows of the snapshot's moment, whatever its window.
func (h Harness) keys(t *testing.T) {
	table := h.Load(t, Table{"keyed", []Column{{Name: "a", Key: true}, {Name: "b", Kind: Integer, Key: true}, {Name: "n", Kind: Integer}, {Name: "rest", Kind: Long}},
		[][]Value{{V("甲"), V("1"), V("1"), V("x")}, {V("甲"), V("2"), V("2"), nil}, {V("乙 "), V("1"), nil, V("y")}, {V(""), V("0"), V("9"), nil}}})
	req := request(table, "rest")
	req.Key, req.Window = []string{"b", "a"}, &connectors.Window{Column: "n", From: "9"}
	snap := open(t, h.source(t), req)
	h.Insert(t, table, [][]Value{{V("后"), V("7"), V("9"), nil}})
	out := &rows{t: t}
	out.anySchema = true
	if err := snap.(connectors.KeyReader).ReadKeys(deadline(t), out); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range out.cells {
		if len(row) != 2 {
			t.Fatalf("%d columns of a key of 2", len(row))
		}
		got = append(got, *row[0]+*row[1])
	}
	slices.Sort(got)
	if want := []string{"0", "1乙 ", "1甲", "2甲"}; !slices.Equal(got, want) {
		t.Errorf("keys %q, wanted %q", got, want)
	}
}

// indexed: discovery tells which columns an index begins with.
func (h Harness) indexed(t *testing.T) {
	table := h.Load(t, ticking("ticking", 3))
	found, err := h.source(t).Discover(deadline(t), table)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found[0].Columns {
		if c.Indexed != (c.Name != "m") {
			t.Errorf("column %s: indexed %v", c.Name, c.Indexed)
		}
	}
}

// noCursor: a source that declares that it cannot read by a cursor says so to whom asks for it.
func (h Harness) noCursor(t *testing.T) {
	table := h.Load(t, ticking("ticking", 3))
	src := h.source(t)
	snap := open(t, src, request(table, "id"))
	if _, ok := snap.(connectors.Cursored); ok {
		t.Error("it can after all")
	}
	if _, err := src.Snapshot(deadline(t), windowed(table, "1", "")); fault.KindOf(err) != fault.Config {
		t.Errorf("a window gave %v", err)
	}
}
