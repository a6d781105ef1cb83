package main

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// wire forwards to a server. It can cut every connection after so many bytes of
// answers, a number of times.
type wire struct {
	net.Listener
	limit atomic.Int64 // bytes of one connection's answers; 0: all
	cuts  atomic.Int64 // how many connections are cut yet
	pause atomic.Int64 // before every piece of an answer, ns
	done  sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// gone closes the port and every connection, as when a server is killed.
func (w *wire) gone() {
	w.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.Close()
	}
}

func newWire(t *testing.T, server string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{Listener: l}
	w.done.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			w.done.Go(func() { w.carry(client, server) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		w.done.Wait()
	})
	return w
}

// carry joins one client with the server until either ends, or the limit is met.
func (w *wire) carry(client net.Conn, server string) {
	defer client.Close()
	w.mu.Lock()
	w.conns = append(w.conns, client)
	w.mu.Unlock()
	up, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	w.done.Go(func() {
		_, _ = io.Copy(up, client) // ends with either side
		up.Close()
	})
	buf, n := make([]byte, 16<<10), int64(0)
	for {
		k, err := up.Read(buf)
		if n += int64(k); err != nil {
			return
		}
		if limit := w.limit.Load(); limit > 0 && n > limit && w.cuts.Add(-1) >= 0 {
			return
		}
		time.Sleep(time.Duration(w.pause.Load()))
		if _, err := client.Write(buf[:k]); err != nil {
			return
		}
	}
}
