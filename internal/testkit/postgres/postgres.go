// Package postgres runs a real PostgreSQL server on loopback with a data folder of
// its own, for tests and for bench. Nothing but those may import it.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"guiji/internal/testkit/certs"
	"guiji/internal/testkit/process"
)

// Server is a running server. The account postgres comes in over the socket without a
// password; all others over TCP with theirs.
type Server struct {
	Address string // 127.0.0.1:port
	CA      string // PEM file of the authority that signed the server's certificate, "" without TLS

	dir  string
	cmd  *exec.Cmd
	done chan error
	log  string
	mu   sync.Mutex // of conn
	conn *pgx.Conn
}

// Option changes how a server is started.
type Option func(*options)

type options struct {
	tls  bool
	args []string
}

// WithTLS gives the server a certificate for 127.0.0.1 and localhost from an authority
// made for it alone, and takes no account without TLS.
func WithTLS() Option { return func(o *options) { o.tls = true } }

// WithArgs adds settings: shared_buffers=1GB.
func WithArgs(args ...string) Option {
	return func(o *options) { o.args = append(o.args, args...) }
}

// Start runs a server that ends with the test. A machine without one fails the test.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	// t.TempDir would be deep and under a name the socket's 107 bytes cannot hold.
	dir, err := os.MkdirTemp("", "pg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s, err := Run(context.Background(), dir, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Run starts a server in dir, which it fills and the caller removes, and returns when it answers.
func Run(ctx context.Context, dir string, opts ...Option) (*Server, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	bin, err := locate()
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	s := &Server{dir: dir, log: filepath.Join(dir, "log"), done: make(chan error, 1)}
	args, err := s.arguments(o)
	if err != nil {
		return nil, err
	}
	if err := process.Own(dir); err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	initdb := process.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-N")
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make PostgreSQL's data folder: %w: %s", err, out)
	}
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte(hba(o.tls)), 0o600); err != nil {
		return nil, err
	}
	if err := process.Own(filepath.Join(data, "pg_hba.conf")); err != nil {
		return nil, err
	}
	return s, s.start(ctx, filepath.Join(bin, "postgres"), append([]string{"-D", data}, args...))
}

// hba says who comes in how.
func hba(secure bool) string {
	host := "host"
	if secure {
		host = "hostssl"
	}
	return "local all postgres trust\n" + host + " all all 127.0.0.1/32 scram-sha-256\n"
}

func (s *Server) arguments(o options) ([]string, error) {
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	s.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	settings := []string{"listen_addresses=127.0.0.1", "port=" + strconv.Itoa(port), "unix_socket_directories=" + s.dir,
		"fsync=off", "full_page_writes=off", "synchronous_commit=off", "jit=off", "autovacuum=off", "max_connections=60", "log_min_messages=warning"}
	if o.tls {
		files, err := certs.Write(s.dir)
		if err != nil {
			return nil, err
		}
		s.CA = files.CA
		settings = append(settings, "ssl=on", "ssl_cert_file="+files.Cert, "ssl_key_file="+files.Key)
		for _, f := range []string{files.Cert, files.Key} {
			if err := process.Own(f); err != nil {
				return nil, err
			}
		}
	}
	var args []string
	for _, a := range append(settings, o.args...) {
		args = append(args, "-c", a)
	}
	return args, nil
}

func (s *Server) start(ctx context.Context, server string, args []string) error {
	logFile, err := os.Create(s.log)
	if err != nil {
		return err
	}
	defer logFile.Close()
	s.cmd = process.Command(server, args...)
	s.cmd.Stdout, s.cmd.Stderr = logFile, logFile
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", server, err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	for deadline := time.Now().Add(60 * time.Second); ; {
		select {
		case err := <-s.done:
			s.cmd = nil
			return fmt.Errorf("postgres ended at once (%w): %s", err, process.Tail(s.log))
		case <-ctx.Done():
			return errors.Join(ctx.Err(), s.Stop())
		case <-time.After(50 * time.Millisecond):
		}
		if s.conn, err = s.Connect(ctx, "postgres"); err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("postgres does not answer after 60 s: %w: %s", err, process.Tail(s.log)), s.Stop())
		}
	}
}

// Stop ends the server; it is safe to call twice.
func (s *Server) Stop() error {
	if s.cmd == nil {
		return nil
	}
	if s.conn != nil {
		_ = s.conn.Close(context.Background()) // the server ends next
	}
	_ = s.cmd.Process.Signal(syscall.SIGINT) // its fast shutdown
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Signal(syscall.SIGQUIT)
		<-s.done
	}
	s.cmd = nil
	return nil
}

// Connect opens a connection of the account postgres to a database, over the socket.
func (s *Server) Connect(ctx context.Context, database string) (*pgx.Conn, error) {
	_, port, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, err
	}
	c, err := pgx.ParseConfig(fmt.Sprintf("host=%s port=%s user=postgres dbname=%s sslmode=disable", s.dir, port, database))
	if err != nil {
		return nil, err
	}
	return pgx.ConnectConfig(ctx, c)
}

// Exec runs statements as postgres and fails the test where they do; "\c name" goes to
// another database.
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range statements {
		if name, ok := strings.CutPrefix(q, `\c `); ok {
			c, err := s.Connect(context.Background(), name)
			if err != nil {
				t.Fatal(err)
			}
			_ = s.conn.Close(context.Background())
			s.conn = c
			continue
		}
		if _, err := s.conn.Exec(context.Background(), q); err != nil {
			t.Fatalf("%.200s: %v", q, err)
		}
	}
}

// Number answers a query of one number as postgres.
func (s *Server) Number(t testing.TB, query string) int {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	var n int
	if err := s.conn.QueryRow(context.Background(), query).Scan(&n); err != nil {
		t.Fatalf("%.200s: %v", query, err)
	}
	return n
}
