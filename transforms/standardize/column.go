package standardize

import (
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"guiji/catalog"
	"guiji/internal/text"
)

// column makes one item's two columns and its counts, by the cheapest way the
// types allow.
func (r *batch) column(at int) {
	c := &r.columns[at]
	src := r.rec.Column(c.source)
	w := &work{batch: r, column: c, at: at, src: src}
	values := w.shared()
	if values == nil {
		values = w.integers()
	}
	if values == nil {
		values = w.texts()
	}
	raw := r.noRaw
	if w.raw != nil {
		raw = w.raw.array
	}
	r.arrays = append(r.arrays, values, raw())
	r.fails = append(r.fails, w.fails)
	r.mended = append(r.mended, w.mended)
}

// work is one column under way.
type work struct {
	*batch
	column  *column
	at      int
	src     arrow.Array
	raw     *cells // nil while nothing is kept beside
	fails   []int32
	mended  int64
	scratch [2][]byte
}

// keep stores a pulled text beside.
func (w *work) keep(i int, pulled []byte) {
	if w.raw == nil {
		w.raw = newCells(w.alloc, arrow.BinaryTypes.String, w.rows, 0)
	}
	w.raw.put(i, pulled)
}

// unfit follows the item's rule for a cell that does not fit.
func (w *work) unfit(i int, pulled []byte, why text.Key) {
	if why == reasonBytes {
		pulled = escapeBytes(pulled)
	}
	if w.column.row {
		w.drops = append(w.drops, drop{int32(i), w.at, string(pulled), why})
		return
	}
	w.keep(i, pulled)
	w.fails = append(w.fails, int32(i))
}

// texts casts every cell by way of its text.
func (w *work) texts() arrow.Array {
	kind := w.column.item.Type.Kind
	switch id := w.src.DataType().ID(); {
	case id == arrow.STRING && kind == catalog.Text:
		return w.textToText()
	case id == arrow.STRING || id == arrow.BINARY:
		return w.textToAny(kind != catalog.Text)
	}
	out := newSink(w.alloc, w.column.item.Type, w.rows, 0)
	read := openColumn(w.src)
	var pulled []byte
	for i := range w.rows {
		if w.src.IsNull(i) {
			out.null(i)
			continue
		}
		pulled = read(i, pulled[:0])
		w.cell(out, i, pulled, w.column.menders, kind != catalog.Text, false)
	}
	return out.array()
}

// textToAny casts texts that become numbers, dates or bytes, and bytes that
// become texts. What already is a number or a date no step changes, so the cast
// is tried first.
func (w *work) textToAny(castFirst bool) arrow.Array {
	source := openText(w.src)
	menders := awake(w.column.menders, source.span())
	out := newSink(w.alloc, w.column.item.Type, w.rows, len(source.span()))
	if t, ok := out.(*textSink); ok {
		t.check = !t.binary
	}
	for i := range w.rows {
		if !source.valid(i) {
			out.null(i)
			continue
		}
		pulled := source.at(i)
		if castFirst && len(pulled) > 0 {
			if plain, why := out.put(i, pulled); why == "" {
				if !plain {
					w.keep(i, pulled)
				}
				continue
			}
		}
		w.cell(out, i, pulled, menders, false, true)
	}
	return out.array()
}

// textToText shares the column if nothing in it changes; otherwise it copies
// runs of cells that stay in one piece.
func (w *work) textToText() arrow.Array {
	source := openText(w.src)
	s := screen{source: source, menders: awake(w.column.menders, source.span()), empty: w.column.empty, length: w.column.item.Type.Length}
	s.splitEnds()
	i := s.next(0, w.rows)
	if i == w.rows {
		w.src.Retain()
		return w.src
	}
	menders := awake(w.column.menders, source.span())
	out := newCells(w.alloc, arrow.BinaryTypes.String, w.rows, len(source.span()))
	sink := &textSink{cells: out, length: s.length}
	for from := 0; from < w.rows; from, i = i+1, s.next(i+1, w.rows) {
		out.copyRun(source, from, i)
		if i == w.rows {
			break
		}
		w.cell(sink, i, source.at(i), menders, false, true)
	}
	return out.array()
}

// cell mends and casts one pulled text.
func (w *work) cell(out sink, i int, pulled []byte, menders []mender, castFirst, isText bool) {
	if castFirst && len(pulled) > 0 {
		if plain, why := out.put(i, pulled); why == "" {
			if isText && !plain {
				w.keep(i, pulled)
			}
			return
		}
	}
	b := w.mend(menders, pulled)
	changed := len(b) != len(pulled) || (unsafe.SliceData(b) != unsafe.SliceData(pulled) && string(b) != string(pulled))
	if len(b) == 0 && w.column.empty {
		out.null(i)
		w.keep(i, pulled)
		w.mended++
		return
	}
	plain, why := out.put(i, b)
	switch {
	case why != "":
		out.null(i)
		w.unfit(i, pulled, why)
		return
	case changed:
		w.mended++
		w.keep(i, pulled)
	case isText && !plain:
		w.keep(i, pulled)
	}
}

// mend runs the steps over one text. It returns pulled itself where no step
// changed it. Two scratch slices take turns, so that no step writes what it reads.
func (w *work) mend(menders []mender, pulled []byte) []byte {
	b, turn := pulled, 0
	for n := range menders {
		got := menders[n].apply(w.scratch[turn][:0], b)
		if len(got) == 0 {
			return got
		}
		if !within(got, b) {
			w.scratch[turn] = got
			turn = 1 - turn
		}
		b = got
	}
	return b
}

// within reports whether part is a piece of whole, not a slice of its own.
func within(part, whole []byte) bool {
	start := uintptr(unsafe.Pointer(unsafe.SliceData(whole)))
	at := uintptr(unsafe.Pointer(unsafe.SliceData(part)))
	return at >= start && at < start+uintptr(len(whole))
}

// shared hands a column over as it is where source and item have one type and
// every value fits; nil otherwise.
func (w *work) shared() arrow.Array {
	t := w.column.item.Type
	want := t.Arrow()
	got, isDecimal := w.src.DataType().(*arrow.Decimal128Type)
	switch {
	case isDecimal && t.Kind == catalog.Number && want.ID() == arrow.DECIMAL128:
		if got.Scale != int32(t.Scale) || got.Precision > int32(t.Precision) {
			return nil
		}
		d := w.src.Data()
		data := array.NewData(want, d.Len(), d.Buffers(), nil, d.NullN(), d.Offset())
		defer data.Release()
		return array.MakeFromData(data)
	case (t.Kind == catalog.Float || t.Kind == catalog.Binary) && arrow.TypeEqual(want, w.src.DataType()):
		w.src.Retain()
		return w.src
	}
	return nil
}
