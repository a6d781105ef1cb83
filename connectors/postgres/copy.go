package postgres

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// signature is how COPY's binary form begins; flags and the length of an extension follow.
const signature = "PGCOPY\n\xff\r\n\x00"

var (
	errForm = errors.New("not the binary form of COPY")
	errMore = errors.New("data behind the end of COPY")
)

// tuples takes COPY's binary form as it comes, in whatever pieces, and hands on row after
// row. It is an io.Writer for the driver.
type tuples struct {
	row func(fields [][]byte) error // fields are lent; nil is NULL

	headed, ended bool
	pending       []byte // the begin of what was not whole yet
	fields        [][]byte
}

func (t *tuples) Write(p []byte) (int, error) {
	data := p
	if len(t.pending) > 0 {
		t.pending = append(t.pending, p...)
		data = t.pending
	}
	for len(data) > 0 {
		n, err := t.next(data)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			break
		}
		data = data[n:]
	}
	t.pending = append(t.pending[:0], data...)
	return len(p), nil
}

// next takes the header, a row or the end off the front of data, and tells how many bytes
// that was: 0 if it is not whole.
func (t *tuples) next(data []byte) (int, error) {
	switch {
	case t.ended:
		return 0, errMore
	case !t.headed:
		return t.header(data)
	case len(data) < 2:
		return 0, nil
	}
	count := int16(binary.BigEndian.Uint16(data))
	if count == -1 {
		t.ended = true
		return 2, nil
	}
	if int(count) != len(t.fields) {
		return 0, errForm
	}
	at := 2
	for i := range t.fields {
		if len(data) < at+4 {
			return 0, nil
		}
		size := int32(binary.BigEndian.Uint32(data[at:]))
		at += 4
		if size < 0 {
			if size != -1 {
				return 0, errForm
			}
			t.fields[i] = nil
			continue
		}
		if len(data)-at < int(size) {
			return 0, nil
		}
		t.fields[i] = data[at : at+int(size) : at+int(size)]
		at += int(size)
	}
	return at, t.row(t.fields)
}

func (t *tuples) header(data []byte) (int, error) {
	const fixed = len(signature) + 8
	if !bytes.HasPrefix(data, []byte(signature)[:min(len(data), len(signature))]) {
		return 0, errForm
	}
	if len(data) < fixed {
		return 0, nil
	}
	flags, more := binary.BigEndian.Uint32(data[len(signature):]), int64(binary.BigEndian.Uint32(data[len(signature)+4:]))
	if flags&0xFFFF0000 != 0 { // row ids, or what a later version invents that one must know
		return 0, errForm
	}
	if int64(len(data)) < int64(fixed)+more {
		return 0, nil
	}
	t.headed = true
	return fixed + int(more), nil
}
