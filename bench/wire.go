package main

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
)

// drain is the floor of every comparison: it signs in as root without a password,
// sends one query, reads the packets over one connection and throws them away. It
// returns the bytes of the rows.
func drain(network, address, database, query string, secure *tls.Config) (int64, error) {
	conn, err := net.Dial(network, address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	c := &wireClient{conn: conn, r: bufio.NewReaderSize(conn, 64<<10)}
	if err := c.signIn(database, secure); err != nil {
		return 0, fmt.Errorf("sign in: %w", err)
	}
	if err := c.write(0, append([]byte{3}, query...)); err != nil {
		return 0, err
	}
	return c.drainResult()
}

type wireClient struct {
	conn net.Conn
	r    *bufio.Reader
	head [4]byte
}

// Capabilities: long password, protocol 4.1, TLS, transactions, secure connection,
// plugin auth, connect with database.
const wireFlags = 1 | 1<<9 | 1<<13 | 1<<15 | 1<<19 | 1<<3

func (c *wireClient) signIn(database string, secure *tls.Config) error {
	if _, err := c.read(); err != nil { // the server's greeting
		return err
	}
	flags, seq := uint32(wireFlags), byte(1)
	head := func(f uint32) []byte {
		b := binary.LittleEndian.AppendUint32(nil, f)
		b = binary.LittleEndian.AppendUint32(b, 1<<24)
		return append(append(b, 45), make([]byte, 23)...) // utf8mb4
	}
	if secure != nil {
		flags |= 1 << 11
		if err := c.write(seq, head(flags)); err != nil {
			return err
		}
		t := tls.Client(c.conn, secure)
		if err := t.Handshake(); err != nil {
			return err
		}
		c.conn, c.r, seq = t, bufio.NewReaderSize(t, 64<<10), seq+1
	}
	body := append(head(flags), "root\x00"...)
	body = append(body, 0) // an empty password's answer
	body = append(append(body, database...), 0)
	body = append(body, "mysql_native_password\x00"...)
	if err := c.write(seq, body); err != nil {
		return err
	}
	answer, err := c.read()
	if err == nil && (len(answer) == 0 || answer[0] != 0) {
		err = errors.New("the server refused root without a password")
	}
	return err
}

// drainResult counts and drops a result's packets.
func (c *wireClient) drainResult() (int64, error) {
	var bytes int64
	for ends := 0; ends < 2; { // one after the columns, one after the rows
		n, err := c.header()
		if err != nil {
			return bytes, err
		}
		first, err := c.r.Peek(1)
		if err != nil {
			return bytes, err
		}
		if first[0] == 0xff {
			return bytes, errors.New("the server answered with an error")
		}
		if first[0] == 0xfe && n < 9 {
			ends++
		} else if ends == 1 {
			bytes += int64(n)
		}
		if _, err := c.r.Discard(n); err != nil {
			return bytes, err
		}
	}
	return bytes, nil
}

func (c *wireClient) header() (int, error) {
	if _, err := io.ReadFull(c.r, c.head[:]); err != nil {
		return 0, err
	}
	return int(c.head[0]) | int(c.head[1])<<8 | int(c.head[2])<<16, nil
}

func (c *wireClient) read() ([]byte, error) {
	n, err := c.header()
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	_, err = io.ReadFull(c.r, b)
	return b, err
}

func (c *wireClient) write(seq byte, body []byte) error {
	n := len(body)
	_, err := c.conn.Write(append([]byte{byte(n), byte(n >> 8), byte(n >> 16), seq}, body...))
	return err
}
