package standardize

import (
	"math"
	"unsafe"
)

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

// screen finds the cells of a text column that something happens to.
type screen struct {
	source  utf8Source
	menders []mender
	ends    bool // blanks are cut off both ends: the bytes there tell
	empty   bool
	length  int
	scratch []byte
}

// splitEnds takes trim out of the steps asked one by one.
func (s *screen) splitEnds() {
	var rest []mender
	for _, m := range s.menders {
		if m.ends {
			s.ends = true
			continue
		}
		rest = append(rest, m)
	}
	s.menders = rest
}

// next is the first row from on that a step changes, that becomes NULL or does
// not fit; rows if there is none.
func (s *screen) next(from, rows int) int {
	data, ends, length := s.source.data, s.ends, s.length
	if length == 0 {
		length = math.MaxInt
	}
	start := int32(0)
	if from < rows {
		start = s.source.offsets[from]
	}
	for i := from; i < rows; i++ {
		end := s.source.offsets[i+1]
		b := data[start:end]
		start = end
		if len(b) == 0 {
			if s.empty && s.source.valid(i) {
				return i
			}
			continue
		}
		touched := ends && mayBeBlank(b) && len(trim(nil, b)) != len(b) ||
			len(b) > length && tooLong(b, length) ||
			len(s.menders) > 0 && s.changes(b)
		if touched && s.source.valid(i) {
			return i
		}
	}
	return rows
}

func (s *screen) changes(b []byte) bool {
	for n := range s.menders {
		got := s.menders[n].apply(s.scratch[:0], b)
		if len(got) != len(b) || unsafe.SliceData(got) != unsafe.SliceData(b) {
			s.scratch = got[:0]
			return true
		}
	}
	return false
}

// mayBeBlank reports that b may begin or end with a blank, by the bytes there.
func mayBeBlank(b []byte) bool {
	first, last := b[0], b[len(b)-1]
	if first <= ' ' || last <= ' ' {
		return true
	}
	return first >= 0xC2 && (first == 0xC2 || first == 0xE2 || first == 0xE3 || first == 0xEF) ||
		last >= 0x80 && (last <= 0x8F || last == 0xA0 || last == 0xBF)
}
