package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"guiji/internal/fault"
)

// spool holds a page until it is read: a small one in memory, a large one in a file of the
// scratch folder that has no name, so that nothing is left of it however guiji ends.
type spool struct {
	small []byte
	file  *os.File
	size  int64
}

const inMemory = 4 << 20

// keep takes a page off the network. Its size is that of the unpacked page: a small answer that
// unpacks to gigabytes is stopped at max_page_bytes too.
func (s *Source) keep(ctx context.Context, at string, p *spool, body io.Reader) error {
	network := &noting{from: io.LimitReader(body, s.settings.MaxPageBytes+1)}
	small, err := io.ReadAll(io.LimitReader(network, inMemory))
	p.small, p.size = small, int64(len(small))
	if err == nil && len(small) == inMemory {
		err = p.spill(s.env.Scratch, network)
	}
	if err == nil && p.size > s.settings.MaxPageBytes {
		err = fault.New(fault.Data, "httpapi.page_bytes", at, s.settings.MaxPageBytes).Try("httpapi.page_bytes.hint")
	}
	if err == nil {
		return nil
	}
	p.close()
	if network.err != nil {
		return s.explain(ctx, at, network.err)
	}
	return err
}

func (p *spool) spill(scratch string, rest io.Reader) error {
	f, err := os.CreateTemp(scratch, "guiji-httpapi-*") // mode 0600
	if err != nil {
		return fmt.Errorf("make a file for a page: %w", err)
	}
	p.file = f
	if err := os.Remove(f.Name()); err != nil {
		return fmt.Errorf("unname the file of a page: %w", err)
	}
	p.size, err = io.Copy(f, io.MultiReader(bytes.NewReader(p.small), rest))
	p.small = nil
	if err != nil {
		return fmt.Errorf("put a page aside: %w", err)
	}
	return nil
}

// open reads the page from its first byte, without a byte order mark.
func (p *spool) open() io.Reader {
	var r io.Reader = bytes.NewReader(p.small)
	if p.file != nil {
		r = io.NewSectionReader(p.file, 0, p.size)
	}
	head := make([]byte, len(byteOrderMark))
	n, _ := io.ReadFull(r, head) // a page that is shorter is seen by its reader
	if string(head[:n]) == byteOrderMark {
		return r
	}
	return io.MultiReader(bytes.NewReader(head[:n]), r)
}

const byteOrderMark = "\xef\xbb\xbf"

func (p *spool) close() {
	if p.file != nil {
		_ = p.file.Close() // nothing of it is kept
		p.file = nil
	}
}

// noting remembers that it was the network that failed, and not the disk.
type noting struct {
	from io.Reader
	err  error
}

func (n *noting) Read(b []byte) (int, error) {
	k, err := n.from.Read(b)
	if err != nil && err != io.EOF {
		n.err = err
	}
	return k, err
}
