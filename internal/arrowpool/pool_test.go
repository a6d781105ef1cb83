package arrowpool_test

import (
	"bytes"
	"sync"
	"testing"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"pgregory.net/rapid"

	"guiji/internal/arrowpool"
)

// Any sequence of calls gives zeroed, aligned buffers that keep their bytes and never overlap.
func TestBuffersAreZeroedAlignedAndApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := memory.NewCheckedAllocator(arrowpool.New(1 << 16))
		var held [][]byte
		for step := range rapid.IntRange(1, 60).Draw(t, "steps") {
			size := rapid.IntRange(1, 5000).Draw(t, "size")
			mark := byte(step%250 + 1)
			switch op := rapid.IntRange(0, 2).Draw(t, "op"); {
			case op == 0 || len(held) == 0:
				b := pool.Allocate(size)
				if len(b) != size || !bytes.Equal(b, make([]byte, size)) || uintptr(unsafe.Pointer(&b[0]))%64 != 0 {
					t.Fatalf("%d bytes of %d, zeroed and aligned", len(b), size)
				}
				held = append(held, fill(b, mark))
			case op == 1:
				i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				was := bytes.Clone(held[i])
				b := pool.Reallocate(size, held[i])
				n := min(len(was), size)
				if !bytes.Equal(b[:n], was[:n]) || !bytes.Equal(b[n:], make([]byte, size-n)) {
					t.Fatal("the bytes changed on the way, or what was added is not zero")
				}
				held[i] = fill(b, mark)
			default:
				i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				pool.Free(held[i])
				held = append(held[:i], held[i+1:]...)
			}
			for _, b := range held {
				if !bytes.Equal(b, bytes.Repeat(b[:1], len(b))) {
					t.Fatal("two buffers share memory")
				}
			}
		}
		for _, b := range held {
			pool.Free(b)
		}
		pool.AssertSize(t, 0)
	})
}

func TestManyGoroutines(t *testing.T) {
	pool := arrowpool.New(1 << 20)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				b := fill(pool.Allocate(i%3000+1), byte(g+1))
				if !bytes.Equal(b, bytes.Repeat([]byte{byte(g + 1)}, len(b))) {
					t.Error("a buffer was given twice")
				}
				pool.Free(b)
			}
		})
	}
	wg.Wait()
}

func fill(b []byte, mark byte) []byte {
	for i := range b {
		b[i] = mark
	}
	return b
}
