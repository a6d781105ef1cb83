package mysql

import (
	"bufio"
	"encoding/binary"
	"io"
	"slices"

	mysql "github.com/go-sql-driver/mysql"
)

// First bytes that are no length of up to 250.
const (
	nullValue = 0xfb

	fileRequest = 0xfb // instead of an answer: the client should send a file
	endPacket   = 0xfe // of a whole packet, where it does not begin a value of 16 MiB and more
	errPacket   = 0xff
)

// maxPayload is the length of a packet that goes on in the next one.
const maxPayload = 1<<24 - 1

// packets reads the server's packets.
type packets struct {
	in       *bufio.Reader
	sequence byte   // of the next packet
	used     int    // bytes in the buffer that the payload handed out last lies in
	long     []byte // a payload that did not fit the buffer
}

// next returns the payload of the next packet, never an empty one, or of several that make
// one. It lies in the reader's memory until the next call.
func (p *packets) next() ([]byte, error) {
	if _, err := p.in.Discard(p.used); err != nil {
		return nil, err
	}
	p.used = 0
	head, err := p.peek(4)
	if err != nil {
		return nil, err
	}
	n := length(head)
	if n == 0 {
		return nil, mysql.ErrMalformPkt
	}
	if n > bufferSize-4 {
		return p.join()
	}
	all, err := p.peek(4 + n)
	if err != nil {
		return nil, err
	}
	// A server that gives a connection up does not count on before it says so.
	if all[3] != p.sequence && all[4] != errPacket {
		return nil, mysql.ErrPktSync
	}
	p.sequence++
	p.used = len(all)
	return all[4:], nil
}

// join reads a payload that is longer than the buffer, and those packets that go on with it.
func (p *packets) join() ([]byte, error) {
	p.long = p.long[:0]
	for {
		head, err := p.peek(4)
		if err != nil {
			return nil, err
		}
		if head[3] != p.sequence {
			return nil, mysql.ErrPktSyncMul
		}
		p.sequence++
		at, n := len(p.long), length(head)
		if _, err := p.in.Discard(4); err != nil {
			return nil, err
		}
		p.long = slices.Grow(p.long, n)[:at+n]
		if _, err := io.ReadFull(p.in, p.long[at:]); err != nil {
			return nil, cutShort(err)
		}
		if n < maxPayload {
			return p.long, nil
		}
	}
}

func (p *packets) peek(n int) ([]byte, error) {
	b, err := p.in.Peek(n)
	return b, cutShort(err)
}

// cutShort is err, but never io.EOF: that is the end of the rows, which only the server tells.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func length(head []byte) int { return int(head[0]) | int(head[1])<<8 | int(head[2])<<16 }

// cutValue cuts the first value off a row.
func cutValue(p []byte) (value, rest []byte, null, ok bool) {
	if len(p) > 0 && p[0] == nullValue {
		return nil, p[1:], true, true
	}
	n, rest, ok := lengthEncoded(p)
	if !ok || n > uint64(len(rest)) {
		return nil, nil, false, false
	}
	return rest[:n], rest[n:], false, true
}

// lengthEncoded cuts an integer off p that is one byte, or a byte telling how many more.
func lengthEncoded(p []byte) (n uint64, rest []byte, ok bool) {
	if len(p) == 0 {
		return 0, nil, false
	}
	var width int
	switch first := p[0]; first {
	default:
		return uint64(first), p[1:], true
	case 0xfc:
		width = 2
	case 0xfd:
		width = 3
	case 0xfe:
		width = 8
	case nullValue, errPacket:
		return 0, nil, false
	}
	if len(p) <= width {
		return 0, nil, false
	}
	var eight [8]byte
	copy(eight[:], p[1:1+width])
	return binary.LittleEndian.Uint64(eight[:]), p[1+width:], true
}

// serverError is what the server says went wrong, as the driver's own error.
func serverError(p []byte) error {
	if len(p) < 3 {
		return mysql.ErrMalformPkt
	}
	e := &mysql.MySQLError{Number: binary.LittleEndian.Uint16(p[1:])}
	p = p[3:]
	if len(p) >= 6 && p[0] == '#' {
		copy(e.SQLState[:], p[1:6])
		p = p[6:]
	}
	e.Message = string(p)
	return e
}
