package sealed

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"guiji/internal/fault"
)

// A sealed object is the magic, a salt, and the content in chunks, each followed by
// its tag. All chunks but the last are full; an empty object has one empty chunk.
// A chunk's nonce is its number and whether it is the last (the STREAM
// construction): none can be missing, added or moved. Nonces never repeat under a
// key, for the key is the object's own.
const (
	magic    = "guiji\x00s1"
	saltSize = 32
	header   = len(magic) + saltSize
	chunk    = 64 << 10
	tagSize  = 16
)

// sealedSize is the size of a content's object.
func sealedSize(plain int64) int64 {
	chunks := max(1, (plain+chunk-1)/chunk)
	return int64(header) + plain + chunks*tagSize
}

// plainSize is the size of an object's content; 0 for a size no object can have.
func plainSize(sealed int64) int64 {
	body := sealed - int64(header)
	if body < tagSize {
		return 0
	}
	chunks := (body + chunk + tagSize - 1) / (chunk + tagSize)
	plain := body - chunks*tagSize
	if plain < 0 || sealedSize(plain) != sealed {
		return 0
	}
	return plain
}

// cipherOf is the cipher of one object: the salt and the name make its key.
func cipherOf(key, salt []byte, name string) (cipher.AEAD, error) {
	own, err := hkdf.Key(sm3.New, key, salt, "guiji sealed object "+name, KeySize)
	if err != nil {
		return nil, err
	}
	block, err := sm4.NewCipher(own)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// nonce numbers the chunks.
type nonce [12]byte

func (n *nonce) next(last bool) []byte {
	out := bytes.Clone(n[:])
	if last {
		out[11] = 1
	}
	binary.BigEndian.PutUint64(n[3:11], binary.BigEndian.Uint64(n[3:11])+1)
	return out
}

// sealer reads a content's object.
type sealer struct {
	aead  cipher.AEAD
	name  []byte
	body  io.Reader
	left  int64 // of the content
	n     nonce
	buf   []byte // one chunk with its tag
	ready []byte // what of buf, or of the header, was not read yet
	done  bool
}

// seal is the object of a content of so many bytes; a body of another length is an
// error before its last chunk is out.
func seal(key []byte, name string, body io.Reader, size int64) (io.Reader, error) {
	head := make([]byte, header)
	copy(head, magic)
	if _, err := rand.Read(head[len(magic):]); err != nil {
		return nil, err
	}
	aead, err := cipherOf(key, head[len(magic):], name)
	if err != nil {
		return nil, fmt.Errorf("seal %q: %w", name, err)
	}
	return &sealer{aead: aead, name: []byte(name), body: body, left: size, buf: make([]byte, chunk+tagSize), ready: head}, nil
}

func (s *sealer) Read(p []byte) (int, error) {
	if len(s.ready) == 0 {
		if s.done {
			return 0, io.EOF
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// fill seals the next chunk.
func (s *sealer) fill() error {
	size := min(s.left, chunk)
	if _, err := io.ReadFull(s.body, s.buf[:size]); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("put %q: the body ends %d bytes early", s.name, s.left)
		}
		return err
	}
	s.left -= size
	s.done = s.left == 0
	if s.done {
		switch n, err := io.ReadFull(s.body, make([]byte, 1)); {
		case n > 0:
			return fmt.Errorf("put %q: the body is longer than announced", s.name)
		case !errors.Is(err, io.EOF):
			return err
		}
	}
	s.ready = s.aead.Seal(s.buf[:0], s.n.next(s.done), s.buf[:size], s.name)
	return nil
}

// opener reads an object's content.
type opener struct {
	aead  cipher.AEAD
	name  string
	body  io.Reader
	n     nonce
	buf   []byte // one chunk with its tag, and one byte that tells of more
	have  int    // bytes in buf
	ready []byte
	done  bool
}

// unseal is the content of an object.
func unseal(key []byte, name string, body io.Reader) (io.Reader, error) {
	head := make([]byte, header)
	_, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	if err != nil || !bytes.HasPrefix(head, []byte(magic)) {
		return nil, changed(name)
	}
	aead, err := cipherOf(key, head[len(magic):], name)
	if err != nil {
		return nil, fmt.Errorf("open %q: %w", name, err)
	}
	return &opener{aead: aead, name: name, body: body, buf: make([]byte, chunk+tagSize+1)}, nil
}

func (o *opener) Read(p []byte) (int, error) {
	for len(o.ready) == 0 {
		if o.done {
			return 0, io.EOF
		}
		if err := o.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, o.ready)
	o.ready = o.ready[n:]
	return n, nil
}

// fill opens the next chunk, whole or not at all.
func (o *opener) fill() error {
	if o.have > 0 { // the byte that told of more
		o.buf[0] = o.buf[len(o.buf)-1]
		o.have = 1
	}
	n, err := io.ReadFull(o.body, o.buf[o.have:])
	o.have += n
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		o.done = true
	case err != nil:
		return err
	}
	sealed := o.buf[:min(o.have, chunk+tagSize)]
	plain, err := o.aead.Open(o.buf[:0:chunk+tagSize], o.n.next(o.done), sealed, []byte(o.name))
	if err != nil {
		return changed(o.name)
	}
	o.ready = plain
	return nil
}

func changed(name string) error {
	return fault.New(fault.Data, "lake.sealed.changed", name).Try("lake.release.bad.hint")
}
