package quality

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// masks are the mask columns of one batch while they are filled. A column of which no
// bit is set has no buffer.
type masks struct {
	alloc   memory.Allocator
	rows    int
	buffers []*memory.Buffer
	words   [][]int64
}

func newMasks(alloc memory.Allocator, words, rows int) *masks {
	return &masks{alloc: alloc, rows: rows, buffers: make([]*memory.Buffer, words), words: make([][]int64, words)}
}

// set sets the bit of a rule in rows that are counted from a row of the batch on.
func (m *masks) set(rule, from int, rows []int32) {
	if len(rows) == 0 {
		return
	}
	word, bit := rule/MaskBits, int64(1)<<(rule%MaskBits)
	if m.buffers[word] == nil {
		buf := memory.NewResizableBuffer(m.alloc)
		buf.Resize(m.rows * arrow.Int64SizeBytes)
		clear(buf.Bytes())
		m.buffers[word], m.words[word] = buf, arrow.Int64Traits.CastFromBytes(buf.Bytes())
	}
	in := m.words[word][from:]
	for _, row := range rows {
		in[row] |= bit
	}
}

// arrays are the columns; zeros is for those without a failure.
func (m *masks) arrays(zeros *memory.Buffer) []arrow.Array {
	out := make([]arrow.Array, len(m.buffers))
	for w, buf := range m.buffers {
		if buf == nil {
			out[w] = maskOf(zeros, m.rows)
			continue
		}
		out[w] = maskOf(buf, m.rows)
		buf.Release()
	}
	return out
}

func maskOf(buf *memory.Buffer, n int) arrow.Array {
	data := array.NewData(arrow.PrimitiveTypes.Int64, n, []*memory.Buffer{nil, buf}, nil, 0, 0)
	defer data.Release()
	return array.NewInt64Data(data)
}
