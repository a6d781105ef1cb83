package engine

import (
	"context"
	"fmt"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// sortedRows is how many rows DuckDB hands on at once when it has sorted them: where row
// groups end follows from it.
const sortedRows = 122_880

// gathered are pieces of batches until they are as many rows as a sort hands on. They may
// be of a few rows each, so columns are put together by hand: a slice of every column of
// every piece costs more than copying it.
type gathered struct {
	ctx    context.Context
	feed   *Feed
	rows   int
	pieces []piece
}

// piece is a stretch of a batch.
type piece struct {
	rec      arrow.RecordBatch
	from, to int
}

func (g *gathered) put(rec arrow.RecordBatch, from, to int) error {
	for from < to {
		end := min(to, from+sortedRows-g.rows)
		rec.Retain()
		g.pieces = append(g.pieces, piece{rec, from, end})
		g.rows += end - from
		if from = end; g.rows < sortedRows {
			break
		}
		if err := g.send(); err != nil {
			return err
		}
	}
	if g.ctx.Err() != nil {
		return context.Cause(g.ctx)
	}
	return nil
}

// send sends what was gathered as one batch.
func (g *gathered) send() error {
	if g.rows == 0 {
		return nil
	}
	columns := make([]arrow.Array, g.feed.schema.NumFields())
	for c, f := range g.feed.schema.Fields() {
		whole, err := g.column(f.Type, c)
		if err != nil {
			return fmt.Errorf("gather column %s: %w", f.Name, err)
		}
		defer whole.Release()
		columns[c] = whole
	}
	rec := array.NewRecordBatch(g.feed.schema, columns, int64(g.rows))
	g.drop()
	return g.feed.Send(g.ctx, rec)
}

func (g *gathered) drop() {
	for _, p := range g.pieces {
		p.rec.Release()
	}
	g.pieces, g.rows = g.pieces[:0], 0
}

// column puts a column of the pieces together.
func (g *gathered) column(t arrow.DataType, c int) (arrow.Array, error) {
	buffers := []*memory.Buffer{nil}
	switch fixed, ok := t.(arrow.FixedWidthDataType); {
	case t.ID() == arrow.STRING:
		offsets, text, err := g.texts(c)
		if err != nil {
			return nil, err
		}
		buffers = append(buffers, memory.NewBufferBytes(offsets), memory.NewBufferBytes(text))
	case t.ID() == arrow.BOOL:
		buffers = append(buffers, memory.NewBufferBytes(g.bits(c, 1)))
	case ok && fixed.BitWidth()%8 == 0 && t.ID() != arrow.FIXED_SIZE_LIST && t.ID() != arrow.DICTIONARY:
		buffers = append(buffers, memory.NewBufferBytes(g.fixed(c, fixed.BitWidth()/8)))
	default:
		return g.slices(c)
	}
	nulls := 0
	for _, p := range g.pieces {
		if p.rec.Column(c).NullN() > 0 {
			valid := g.bits(c, 0)
			nulls, buffers[0] = g.rows-bitutil.CountSetBits(valid, 0, g.rows), memory.NewBufferBytes(valid)
			break
		}
	}
	data := array.NewData(t, g.rows, buffers, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data), nil
}

// slices puts a column of any type together.
func (g *gathered) slices(c int) (arrow.Array, error) {
	parts := make([]arrow.Array, len(g.pieces))
	for i, p := range g.pieces {
		parts[i] = array.NewSlice(p.rec.Column(c), int64(p.from), int64(p.to))
		defer parts[i].Release()
	}
	return array.Concatenate(parts, memory.DefaultAllocator)
}

// buffer is one of a column's buffers, empty where it has none.
func (p piece) buffer(c, which int) []byte {
	if b := p.rec.Column(c).Data().Buffers()[which]; b != nil {
		return b.Bytes()
	}
	return nil
}

// start is where the piece begins in the column's buffers.
func (p piece) start(c int) int { return p.rec.Column(c).Data().Offset() + p.from }

// bits puts a buffer of bits together: 0 is which values are there, all where it is not.
func (g *gathered) bits(c, which int) []byte {
	out, at := make([]byte, bitutil.BytesForBits(int64(g.rows))), 0
	for _, p := range g.pieces {
		if from := p.buffer(c, which); from != nil {
			bitutil.CopyBitmap(from, p.start(c), p.to-p.from, out, at)
		} else {
			bitutil.SetBitsTo(out, int64(at), int64(p.to-p.from), which == 0)
		}
		at += p.to - p.from
	}
	return out
}

// fixed puts a buffer of values of a width, in bytes, together.
func (g *gathered) fixed(c, width int) []byte {
	out := make([]byte, 0, g.rows*width)
	for _, p := range g.pieces {
		at := p.start(c)
		out = append(out, p.buffer(c, 1)[at*width:(at+p.to-p.from)*width]...)
	}
	return out
}

// texts puts the buffers of texts together.
func (g *gathered) texts(c int) (offsets, text []byte, err error) {
	size := 0
	for _, p := range g.pieces {
		from := arrow.Int32Traits.CastFromBytes(p.buffer(c, 1))[p.start(c):]
		size += int(from[p.to-p.from] - from[0])
	}
	if size > math.MaxInt32 {
		return nil, nil, fmt.Errorf("%d bytes of text in %d rows", size, g.rows)
	}
	offsets, text = make([]byte, 4*(g.rows+1)), make([]byte, 0, size)
	to, at := arrow.Int32Traits.CastFromBytes(offsets), 1
	for _, p := range g.pieces {
		from := arrow.Int32Traits.CastFromBytes(p.buffer(c, 1))[p.start(c):]
		shift := int32(len(text)) - from[0]
		for i := 1; i <= p.to-p.from; i++ {
			to[at] = from[i] + shift
			at++
		}
		text = append(text, p.buffer(c, 2)[from[0]:from[p.to-p.from]]...)
	}
	return offsets, text, nil
}
