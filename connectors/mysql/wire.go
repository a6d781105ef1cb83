package mysql

import (
	"bufio"
	"context"
	"encoding/binary"
	"net"
)

// wire is the connection under the driver's. The driver signs in over it and prepares the
// session; the rows of a part are then asked for and read here, past the driver, which makes
// an interface value of every value. A million rows of 12 columns so cost 0.48 CPU seconds
// instead of 0.87. Where the two ends agreed on TLS, compression or anything else that is not
// known here, the driver reads the rows as well.
type wire struct {
	net.Conn
	in       *bufio.Reader // of the rows; empty whenever the driver's turn comes
	answered bool          // the driver's answer to the server's greeting has passed
	agreed   uint32        // capabilities both ends have, as in that answer
	extended uint32        // MariaDB's own ones
}

// What the ends may agree on in the handshake (MySQL Internals, Protocol::CapabilityFlags;
// MariaDB Knowledge Base, Connecting, Capabilities). Bits of familiar change nothing in how a
// SELECT is asked for and answered, but for the two named behind them.
const (
	protocol41       = 1 << 9
	noEOF            = 1 << 24 // no packet ends the column definitions; one of another form ends the rows
	familiar         = noEOF | protocol41 | 1<<0 | 1<<1 | 1<<2 | 1<<3 | 1<<7 | 1<<13 | 1<<15 | 1<<17 | 1<<19 | 1<<20 | 1<<21
	cachedMetadata   = 1 << 4 // the column count tells whether definitions follow
	familiarExtended = cachedMetadata
)

// bufferSize of the reading of rows: a system call for every 256 KiB of a table.
const bufferSize = 256 << 10

type wireKey struct{}

// dialWire dials for the driver. A caller who wants the wire has a **wire in ctx for it.
func dialWire(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w := &wire{Conn: conn}
	if kept, ok := ctx.Value(wireKey{}).(**wire); ok {
		*kept = w
	}
	return w, nil
}

// Write sends what the driver sends. Its first packet says what the ends agree on.
func (w *wire) Write(b []byte) (int, error) {
	if !w.answered {
		w.answered = true
		if len(b) >= 36 {
			w.agreed = binary.LittleEndian.Uint32(b[4:])
			if w.agreed&1 == 0 { // the server is a MariaDB and told of itself
				w.extended = binary.LittleEndian.Uint32(b[32:])
			}
		}
	}
	return w.Conn.Write(b)
}

// plain tells whether all that the ends agreed on is known here.
func (w *wire) plain() bool {
	return w.agreed&protocol41 != 0 && w.agreed&^familiar == 0 && w.extended&^familiarExtended == 0
}

// query sends a statement, which is far shorter than a packet can be, and reads up to its
// first row. An error of the server's is a *mysql.MySQLError, as from the driver.
func (w *wire) query(statement string) (*wireRows, error) {
	if w.in == nil {
		w.in = bufio.NewReaderSize(w.Conn, bufferSize)
	}
	const comQuery = 3
	n := 1 + len(statement)
	if _, err := w.Conn.Write(append([]byte{byte(n), byte(n >> 8), byte(n >> 16), 0, comQuery}, statement...)); err != nil {
		return nil, err
	}
	rows := &wireRows{packets: packets{in: w.in, sequence: 1}, noEOF: w.agreed&noEOF != 0}
	return rows, rows.header(w.extended&cachedMetadata != 0)
}
