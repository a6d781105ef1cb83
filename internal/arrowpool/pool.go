// Package arrowpool recycles Arrow's memory: batches of one shape follow each other,
// and a fresh buffer for each costs more than reading the rows. Any room may import it.
package arrowpool

import (
	"math/bits"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/memory"
)

// smallest is the least size kept, a power of two: below it Go's own allocator is as fast.
// Objects of a power of two from 64 up lie on 64-byte boundaries, as Arrow wants.
const smallest = 64

// Pool is a memory.Allocator that keeps freed buffers of power-of-two sizes up to a
// limit in all. It may be used from several goroutines.
type Pool struct {
	mu    sync.Mutex
	free  [48][][]byte // by the logarithm of the size
	kept  int64
	limit int64
}

// New makes a pool that keeps at most limit bytes for re-use; what is in use counts not.
func New(limit int64) *Pool { return &Pool{limit: limit} }

var _ memory.Allocator = (*Pool)(nil)

// Allocate returns size zeroed bytes.
func (p *Pool) Allocate(size int) []byte {
	class := classOf(size)
	p.mu.Lock()
	if n := len(p.free[class]); n > 0 {
		b := p.free[class][n-1]
		p.free[class] = p.free[class][:n-1]
		p.kept -= 1 << class
		p.mu.Unlock()
		// What lies behind a null or in the padding must not depend on history.
		clear(b[:size])
		return b[:size]
	}
	p.mu.Unlock()
	return make([]byte, size, 1<<class)
}

// Reallocate returns a buffer of size bytes that begins with those of b; b must not be used again.
func (p *Pool) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		if size > len(b) {
			clear(b[len(b):size])
		}
		return b[:size]
	}
	out := p.Allocate(size)
	copy(out, b)
	p.Free(b)
	return out
}

// Free takes a buffer back. A buffer of another origin is left to the collector.
func (p *Pool) Free(b []byte) {
	size := cap(b)
	if size < smallest || size&(size-1) != 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept+int64(size) > p.limit {
		return
	}
	class := bits.TrailingZeros(uint(size))
	p.free[class] = append(p.free[class], b[:0])
	p.kept += int64(size)
}

func classOf(size int) int {
	if size <= smallest {
		return bits.TrailingZeros(smallest)
	}
	return bits.Len(uint(size - 1))
}
