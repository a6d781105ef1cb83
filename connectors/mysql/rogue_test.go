package mysql_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/connectors"
	"guiji/connectors/mysql"
	"guiji/internal/fault"
)

// canary stands in a file of this machine that a rogue server asks for.
const canary = "c4nary-of-a-file"

// rogue is a server, or stands before one, that answers with the request LOAD DATA LOCAL INFILE
// is made of: the client should send a file (MySQL's protocol, LOCAL INFILE Request).
type rogue struct {
	address string
	ask     []byte // the request's payload
	when    func(command byte, text string) bool

	mu    sync.Mutex
	asked int
	heard bytes.Buffer // all that a client said after it was asked
}

func newRogue(t *testing.T) *rogue {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shadow")
	if err := os.WriteFile(path, []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	return &rogue{ask: append([]byte{0xfb}, path...)}
}

// listen hands each connection over.
func (r *rogue) listen(t *testing.T, each func(net.Conn)) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = l.Addr().String()
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { defer c.Close(); each(c) })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
}

// demand asks for the file, hears what the client says to that, and goes.
func (r *rogue) demand(c net.Conn, sequence byte) {
	r.mu.Lock()
	r.asked++
	r.mu.Unlock()
	if send(c, sequence, r.ask) != nil {
		return
	}
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	for n := 1; n > 0; { // a packet without content is the end of a file
		_, payload, err := packet(c)
		if err != nil {
			return // it went
		}
		r.mu.Lock()
		r.heard.Write(payload)
		r.mu.Unlock()
		n = len(payload)
	}
}

// refused states that a client was asked and gave nothing away, and that it says so; in answer
// to a password the request is no message of the protocol.
func (r *rogue) refused(t *testing.T, when string, err error) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.asked == 0 {
		t.Fatalf("%s: nobody was asked for a file: %v", when, err)
	}
	if strings.Contains(r.heard.String(), canary) {
		t.Fatalf("%s: the file was sent", when)
	}
	if err == nil || when != "signing in" && (fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "asks for a file")) {
		t.Errorf("%s: an error of kind %s: %v", when, fault.KindOf(err), err)
	}
}

// packet reads one packet.
func packet(from io.Reader) (sequence byte, payload []byte, err error) {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, nil, err
	}
	payload = make([]byte, int(head[0])|int(head[1])<<8|int(head[2])<<16)
	_, err = io.ReadFull(from, payload)
	return head[3], payload, err
}

func send(to io.Writer, sequence byte, payload []byte) error {
	n := len(payload)
	_, err := to.Write(append([]byte{byte(n), byte(n >> 8), byte(n >> 16), sequence}, payload...))
	return err
}

// greeting is that of a server of protocol 10 which takes any password.
func greeting() []byte {
	const capabilities = 1 | 4 | 8 | 128 | 512 | 8192 | 32768 | 1<<19 // LOCAL FILES (128) among them
	p := append([]byte{10}, "8.0.36\x00"...)
	p = binary.LittleEndian.AppendUint32(p, 7)
	p = append(p, "12345678\x00"...)
	p = binary.LittleEndian.AppendUint16(p, capabilities&0xffff)
	p = append(p, 45, 2, 0)
	p = binary.LittleEndian.AppendUint16(p, capabilities>>16)
	p = append(p, 21)
	p = append(p, make([]byte, 10)...)
	return append(p, "123456789012\x00mysql_native_password\x00"...)
}

// A server that asks for a file instead of answering: as soon as the client has signed in, or
// at its first or second command.
func TestRogueServer(t *testing.T) {
	for at, when := range []string{"signing in", "its first command", "its second"} {
		r := newRogue(t)
		r.listen(t, func(c net.Conn) { r.serve(c, at) })
		s := mysql.DefaultSettings()
		s.Address, s.Database, s.User, s.Password = r.address, "d", "reader", "x"
		src, err := mysql.Connector().Open(context.Background(), s, connectors.Env{Timezone: "Asia/Shanghai", Alloc: memory.DefaultAllocator})
		if err == nil {
			_, err = src.Discover(t.Context())
			src.Close()
		}
		r.refused(t, when, err)
	}
}

// serve is a server made by hand: it answers everything with OK, until it asks for the file.
func (r *rogue) serve(c net.Conn, at int) {
	ok := []byte{0, 0, 0, 2, 0, 0, 0}
	if send(c, 0, greeting()) != nil {
		return
	}
	for n := 0; ; n++ {
		sequence, _, err := packet(c)
		if err != nil {
			return
		}
		if n == at {
			r.demand(c, sequence+1)
			return
		}
		if send(c, sequence+1, ok) != nil {
			return
		}
	}
}

// One that stands between us and an honest server, and asks in the moment rows are read: past
// the driver, and by it.
func TestRogueInTheMiddle(t *testing.T) {
	bothWays(t, start(t), func(t *testing.T, l lab) {
		l.fill(t, 10, "")
		for _, statement := range []string{"CONNECTION_ID()", "START TRANSACTION", "SELECT `id`, `n`, `text`"} {
			r := newRogue(t)
			r.when = func(command byte, text string) bool { return command == 3 && strings.Contains(text, statement) }
			r.listen(t, func(c net.Conn) { r.between(c, l.Address) })
			src, err := l.through(t, memory.DefaultAllocator, r.address)
			if err == nil {
				err = readAll(t, src)
			}
			r.refused(t, statement, err)
		}
	})
}

// readAll reads d.t and closes its source.
func readAll(t *testing.T, src connectors.Source) error {
	defer src.Close()
	snap, err := src.Snapshot(t.Context(), connectors.Request{Table: "t", Columns: []string{"id", "n", "text"}, Parts: 1, BatchRows: 500})
	if err != nil {
		return err
	}
	defer snap.Close()
	return snap.Read(t.Context(), snap.Parts()[0], &tally{})
}

// between passes commands on to an honest server, but for the one it answers itself.
func (r *rogue) between(c net.Conn, address string) {
	server, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer server.Close()
	wg.Go(func() { _, _ = io.Copy(c, server) })
	for {
		sequence, payload, err := packet(c)
		if err != nil {
			return
		}
		if sequence == 0 && len(payload) > 0 && r.when(payload[0], string(payload[1:])) {
			r.demand(c, 1)
			return
		}
		if send(server, sequence, payload) != nil {
			return
		}
	}
}
