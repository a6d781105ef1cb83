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

// texts reads every cell as text, mends it and casts it.
func (w *work) texts() arrow.Array {
	kind := w.column.item.Type.Kind
	read := openColumn(w.src)
	id := w.src.DataType().ID()
	isText := id == arrow.STRING || id == arrow.BINARY
	menders := w.column.menders
	from, size := 0, 0
	var source utf8Source
	if isText {
		source = openText(w.src)
		size = len(source.span())
		menders = awake(menders, source.span())
	}
	if id == arrow.STRING && kind == catalog.Text {
		if from = w.firstTouched(source, menders); from == w.rows {
			w.src.Retain()
			return w.src
		}
	}
	out := newSink(w.alloc, w.column.item.Type, w.rows, size)
	if t, ok := out.(*textSink); ok {
		t.check = id == arrow.BINARY && kind == catalog.Text
		t.copyPrefix(source, from)
	}
	castFirst := kind != catalog.Text
	hasNulls := w.src.NullN() > 0
	var pulled []byte
	for i := from; i < w.rows; i++ {
		if hasNulls && w.src.IsNull(i) {
			out.null(i)
			continue
		}
		got := read(i, pulled[:0])
		if !isText {
			pulled = got
		}
		w.cell(out, i, got, menders, castFirst, isText)
	}
	return out.array()
}

// cell mends and casts one pulled text. What already is a number or a date no
// step changes, so the cast is tried first.
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

// awake leaves out the steps that cannot change a cell of this batch.
func awake(menders []mender, all []byte) []mender {
	var out []mender
	for _, m := range menders {
		if m.idle == nil || !m.idle(all) {
			out = append(out, m)
		}
	}
	return out
}

// firstTouched is the first row of a text column that a step changes, that
// becomes NULL or does not fit; the number of rows if the column can be shared.
func (w *work) firstTouched(s utf8Source, menders []mender) int {
	length, empty := w.column.item.Type.Length, w.column.empty
	for i := range w.rows {
		if !s.valid(i) {
			continue
		}
		b := s.at(i)
		if (len(b) == 0 && empty) || tooLong(b, length) {
			return i
		}
		for n := range menders {
			if got := menders[n].apply(w.scratch[0][:0], b); len(got) != len(b) || unsafe.SliceData(got) != unsafe.SliceData(b) {
				return i
			}
		}
	}
	return w.rows
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
