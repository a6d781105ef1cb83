package parquetfile

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"guiji/connectors/files"
	"guiji/internal/fault"
)

// opened is a file being read, by one goroutine.
type opened struct {
	files.File
	ctx    context.Context
	handle *os.File
	whole  *file.Reader
	reader *pqarrow.FileReader
}

// open opens a file that must be what it was.
func (s *Source) open(ctx context.Context, f files.File) (*opened, error) {
	handle, err := s.folder.Open(f)
	if err != nil {
		return nil, err
	}
	o := &opened{File: f, ctx: ctx, handle: handle}
	if err := o.start(s); err != nil {
		err = o.explain(err)
		handle.Close()
		return nil, err
	}
	return o, nil
}

// mostFooter is how long the description of a file may be.
const mostFooter = 64 << 20

func (o *opened) start(s *Source) error {
	var tail [8]byte
	if o.Size < 12 {
		return errDamaged
	}
	if _, err := o.handle.ReadAt(tail[:], o.Size-8); err != nil {
		return err
	}
	if footer := binary.LittleEndian.Uint32(tail[:]); footer > mostFooter {
		return errTooLarge
	}
	alloc := &budget{Allocator: s.env.Alloc, most: int64(s.settings.Memory) << 20}
	props := parquet.NewReaderProperties(alloc)
	props.BufferedStreamEnabled = true // a column is not taken into memory whole
	props.MaxUncompressedPageSize = min(props.MaxUncompressedPageSize, alloc.most/2)
	return guarded(func() (err error) {
		if o.whole, err = file.NewParquetReader(io.NewSectionReader(reading{o}, 0, o.Size), file.WithReadProps(props)); err != nil {
			return err
		}
		var rows int64
		for i := range o.whole.NumRowGroups() {
			rows += max(0, o.whole.MetaData().RowGroup(i).NumRows())
		}
		if rows != o.whole.NumRows() {
			return errDamaged
		}
		o.reader, err = pqarrow.NewFileReader(o.whole, pqarrow.ArrowReadProperties{}, alloc)
		return err
	})
}

// close ends the reading. Nothing was written, so there is nothing to learn from an error.
func (o *opened) close() { o.handle.Close() }

// reading ends with the context. It is closed by who opened it.
type reading struct{ *opened }

func (r reading) ReadAt(p []byte, at int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.handle.ReadAt(p, at)
}

var (
	errDamaged  = errors.New("the file is damaged")
	errTooLarge = errors.New("the file takes more memory than it may")
)

// budget bounds what reading a file may take, whatever the file says of itself.
type budget struct {
	memory.Allocator
	most int64
	used atomic.Int64
}

// spend panics where it is too much: the library has no other way out.
func (b *budget) spend(n int) {
	if b.used.Add(int64(n)) > b.most {
		b.used.Add(int64(-n))
		panic(errTooLarge)
	}
}

// Allocate takes memory.
func (b *budget) Allocate(size int) []byte {
	b.spend(size)
	return b.Allocator.Allocate(size)
}

// Reallocate takes more or less.
func (b *budget) Reallocate(size int, p []byte) []byte {
	b.spend(size - len(p))
	return b.Allocator.Reallocate(size, p)
}

// Free gives memory back.
func (b *budget) Free(p []byte) {
	b.used.Add(int64(-len(p)))
	b.Allocator.Free(p)
}

// guarded turns a panic of the library over a hostile file into an error. What the panic
// says may hold a piece of the data, and is left out.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if err, _ = p.(error); !errors.Is(err, errTooLarge) {
				err = errDamaged
			}
		}
	}()
	return f()
}

// explain gives an error a kind. A file that is written anew looks damaged meanwhile.
func (o *opened) explain(err error) error {
	var own *fault.Error
	var disk *fs.PathError
	switch {
	case err == nil, errors.As(err, &own):
		return err
	case o.ctx.Err() != nil:
		return files.Interrupted(o.Name, o.ctx.Err())
	}
	if changed := o.Unchanged(o.handle); changed != nil {
		return changed
	}
	switch {
	case errors.As(err, &disk):
		return files.Fault(disk, o.Name)
	case errors.Is(err, errTooLarge), strings.Contains(err.Error(), "exceeds configured limit"): // the library has no type for it
		return fault.New(fault.Data, "parquetfile.too_large", o.Name).Try("parquetfile.raise_limit")
	}
	if strings.Contains(err.Error(), "INT96 timestamp is outside") { // nor for this
		return fault.New(fault.Data, "parquetfile.int96", o.Name).Try("parquetfile.int96.hint")
	}
	return fault.New(fault.Data, "parquetfile.damaged", o.Name).Try("parquetfile.deliver_again")
}
