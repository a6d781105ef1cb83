package connectortest

import (
	"net"
	"sync"
	"testing"
)

// proxy stands on loopback between a source and its server, counts what the server answers
// over all connections, and cuts them after so many bytes.
type proxy struct {
	listener net.Listener
	server   string
	wg       sync.WaitGroup

	mu     sync.Mutex
	left   int64 // bytes of answers until the cut; below 0 is cut
	once   bool  // only the connection that is cut then, not all others and later ones
	open   map[net.Conn]bool
	chunks []chunk // what came, while it is recorded
	record bool
	number int // of the next connection
}

// chunk is what the server answered on one connection at one time.
type chunk struct {
	conn int
	data []byte
}

// uncut is more than any server answers.
const uncut = int64(1) << 60

func newProxy(t testing.TB, server string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, server: server, left: uncut, open: map[net.Conn]bool{}}
	p.wg.Go(p.serve)
	t.Cleanup(func() {
		l.Close()
		p.cut(-1, false)
		p.wg.Wait()
	})
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

// cut ends whatever is open, and lets so many bytes of answers through from now on.
func (p *proxy) cut(after int64, once bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		c.Close()
	}
	p.left, p.once = after, once
}

// heard records what a call has the server answer.
func (p *proxy) heard(call func()) []chunk {
	p.mu.Lock()
	p.chunks, p.record = nil, true
	p.mu.Unlock()
	call()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.record = false
	return p.chunks
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		n := p.number
		p.number++
		gone := p.left < 0 && !p.once
		p.open[client], p.open[server] = true, true
		p.mu.Unlock()
		if gone {
			p.end(client, server)
			continue
		}
		p.wg.Go(func() { p.questions(server, client) })
		p.wg.Go(func() { p.answers(n, client, server) })
	}
}

func (p *proxy) end(conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		c.Close()
		delete(p.open, c)
	}
}

func (p *proxy) questions(server, client net.Conn) {
	defer p.end(server, client)
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if _, werr := server.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

func (p *proxy) answers(number int, client, server net.Conn) {
	defer p.end(server, client)
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		pass, cut := p.admit(number, buf[:n])
		if _, werr := client.Write(pass); err != nil || werr != nil || cut {
			return
		}
	}
}

// admit counts an answer and returns what of it may pass.
func (p *proxy) admit(number int, answer []byte) (pass []byte, cut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.left < 0 {
		return answer, !p.once
	}
	if p.record {
		p.chunks = append(p.chunks, chunk{number, append([]byte(nil), answer...)})
	}
	if int64(len(answer)) < p.left {
		p.left -= int64(len(answer))
		return answer, false
	}
	pass = answer[:p.left]
	p.left = -1
	return pass, true
}
