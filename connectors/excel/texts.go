package excel

import (
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"slices"
)

// Texts up to inMemory are kept there; more go to a file in the run's scratch folder.
// They are kept and found in blocks.
const (
	inMemory   = 16 << 20
	blockTexts = 32
	blockBytes = 8 << 10
	cached     = 1024 // blocks read back from the file
)

// texts are a workbook's shared strings, read as far as they are asked for.
type texts struct {
	from    *elements // nil at the end
	scratch string
	memory  int
	count   int
	firsts  []int32 // the number of each block's first text
	starts  []int64 // where each block begins
	size    int64
	data    []byte   // all blocks, or the one being filled once the others are in the file
	file    *os.File // has no name any more
	cache   map[int][]byte
	one     []byte // a text while it is read
}

func newTexts(from *elements, scratch string) *texts {
	return &texts{from: from, scratch: scratch, memory: inMemory}
}

func (x *texts) close() {
	if x != nil && x.file != nil {
		x.file.Close() // it is gone with this
	}
}

// get appends the text of a number; errDamaged if there is none.
func (x *texts) get(into []byte, number int) ([]byte, error) {
	if x == nil || number < 0 {
		return into, errDamaged
	}
	for x.count <= number {
		if err := x.more(); err == io.EOF {
			return into, errDamaged
		} else if err != nil {
			return into, err
		}
	}
	first := int32(number)
	at, exact := slices.BinarySearch(x.firsts, first)
	if !exact {
		at--
	}
	block, err := x.block(at)
	if err != nil {
		return into, err
	}
	for skip := number - int(x.firsts[at]); ; skip-- {
		length, n := binary.Uvarint(block)
		if skip == 0 {
			return append(into, block[n:n+int(length)]...), nil
		}
		block = block[n+int(length):]
	}
}

// more reads the next text.
func (x *texts) more() error {
	for x.from != nil {
		t, err := x.from.next()
		if err == io.EOF {
			x.from = nil
			break
		}
		if err != nil {
			return err
		}
		if start, ok := t.(xml.StartElement); ok && start.Name.Local == "si" {
			x.from.meter.row = 0
			if x.one, err = x.from.rich(x.one[:0]); err != nil {
				return err
			}
			return x.add(x.one)
		}
	}
	return io.EOF
}

func (x *texts) add(text []byte) error {
	if n := len(x.starts); n == 0 || x.count-int(x.firsts[n-1]) == blockTexts || x.size-x.starts[n-1] >= blockBytes {
		if err := x.spill(); err != nil {
			return err
		}
		x.firsts, x.starts = append(x.firsts, int32(x.count)), append(x.starts, x.size)
	}
	before := len(x.data)
	x.data = binary.AppendUvarint(x.data, uint64(len(text)))
	x.data = append(x.data, text...)
	x.size += int64(len(x.data) - before)
	x.count++
	return nil
}

// spill puts whole blocks into the file once memory has no place for them.
func (x *texts) spill() error {
	if x.file == nil && len(x.data) < x.memory {
		return nil
	}
	if x.file == nil {
		file, err := os.CreateTemp(x.scratch, "guiji-excel-*") // mode 0600
		if err != nil {
			return fmt.Errorf("make a file for the texts: %w", err)
		}
		x.file, x.cache = file, map[int][]byte{}
		if err := os.Remove(file.Name()); err != nil {
			return fmt.Errorf("remove the name of the file of texts: %w", err)
		}
	}
	if _, err := x.file.Write(x.data); err != nil {
		return fmt.Errorf("write the file of texts: %w", err)
	}
	if cap(x.data) > 1<<20 {
		x.data = nil
	}
	x.data = x.data[:0]
	return nil
}

// block is a block's bytes, and in memory those behind it.
func (x *texts) block(at int) ([]byte, error) {
	inFile := x.size - int64(len(x.data))
	if x.starts[at] >= inFile {
		return x.data[x.starts[at]-inFile:], nil
	}
	if b, ok := x.cache[at]; ok {
		return b, nil
	}
	end := inFile
	if at+1 < len(x.starts) {
		end = x.starts[at+1]
	}
	b := make([]byte, end-x.starts[at])
	if _, err := x.file.ReadAt(b, x.starts[at]); err != nil {
		return nil, fmt.Errorf("read the file of texts: %w", err)
	}
	if len(x.cache) >= cached {
		clear(x.cache)
	}
	if len(b) <= 4*blockBytes {
		x.cache[at] = b
	}
	return b, nil
}
