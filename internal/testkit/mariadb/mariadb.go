// Package mariadb runs a real MariaDB server on loopback with a data folder of
// its own, for tests and for bench. Nothing but those may import it.
package mariadb

import (
	"context"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"guiji/internal/testkit/certs"
	"guiji/internal/testkit/process"
)

// Server is a running mariadbd.
type Server struct {
	Address string // 127.0.0.1:port
	Socket  string // unix socket
	Client  string // path of the command line client, "" if there is none
	CA      string // PEM file of the authority that signed the server's certificate, "" without TLS

	cmd  *exec.Cmd
	done chan error
	log  string
	db   *sql.DB
}

// Option changes how a server is started.
type Option func(*options)

type options struct {
	tls  bool
	kept bool // it ends with this process, not by Stop
	args []string
}

// WithTLS gives the server a certificate for 127.0.0.1 and localhost from an authority
// made for it alone.
func WithTLS() Option { return func(o *options) { o.tls = true } }

// WithArgs adds arguments to mariadbd: --log-bin, --innodb-buffer-pool-size=1G.
func WithArgs(args ...string) Option {
	return func(o *options) { o.args = append(o.args, args...) }
}

// Start runs a server that ends with the test. A machine without one fails the test.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	// t.TempDir would be deep and under a name the socket's 107 bytes cannot hold.
	dir, err := os.MkdirTemp("", "mdb")
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

// Shared is one server for all tests of a package that keep to databases and accounts of
// their own: to start one takes longer than most of them. It ends with the process.
func Shared(t testing.TB) *Server {
	t.Helper()
	s, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var shared = sync.OnceValues(func() (*Server, error) {
	dir, err := os.MkdirTemp("", "mdb")
	if err != nil {
		return nil, err
	}
	s, err := Run(context.Background(), dir, WithArgs("--max-connections=400"), func(o *options) { o.kept = true })
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
})

// Run starts a server in dir, which it fills and the caller removes, and returns when it answers.
func Run(ctx context.Context, dir string, opts ...Option) (*Server, error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	f, err := locate()
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, err
	}
	base := f.base(dir)
	if err := f.bootstrap(ctx, base, dir); err != nil {
		return nil, err
	}
	s := &Server{Socket: filepath.Join(dir, "sock"), Client: f.client, log: filepath.Join(dir, "log"), done: make(chan error, 1)}
	args := append(base[:len(base):len(base)], "--socket="+s.Socket, "--bind-address=127.0.0.1", "--pid-file="+filepath.Join(dir, "pid"),
		"--innodb-flush-log-at-trx-commit=0", "--innodb-doublewrite=0", "--skip-name-resolve", "--max-allowed-packet=256M")
	if o.tls {
		files, err := certs.Write(dir)
		if err != nil {
			return nil, err
		}
		s.CA = files.CA
		args = append(args, "--ssl-cert="+files.Cert, "--ssl-key="+files.Key, "--ssl-ca="+files.CA)
	}
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	s.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	args = append(args, "--port="+strconv.Itoa(port))
	args = append(args, o.args...)
	if o.kept {
		if s.cmd, _, err = process.Kept(dir, f.server, args...); err != nil { // no test ends it
			return nil, err
		}
	} else {
		s.cmd = exec.Command(f.server, args...)
		// The server ends with its parent, even when that is killed.
		s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	}
	return s, s.start(ctx)
}

func (s *Server) start(ctx context.Context) error {
	logFile, err := os.Create(s.log)
	if err != nil {
		return err
	}
	defer logFile.Close()
	s.cmd.Stdout, s.cmd.Stderr = logFile, logFile
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start MariaDB: %w", err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	if s.db, err = s.open(s.Config()); err != nil {
		return err
	}
	deadline := time.Now().Add(60 * time.Second)
	for {
		select {
		case err := <-s.done:
			return fmt.Errorf("mariadbd ended at once (%w): %s", err, process.Tail(s.log))
		case <-ctx.Done():
			return errors.Join(ctx.Err(), s.Stop())
		case <-time.After(50 * time.Millisecond):
		}
		if s.db.PingContext(ctx) == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.Join(fmt.Errorf("mariadbd does not answer after 60 s: %s", process.Tail(s.log)), s.Stop())
		}
	}
}

// Stop ends the server; it is safe to call twice.
func (s *Server) Stop() error {
	if s.cmd == nil {
		return nil
	}
	if s.db != nil {
		_ = s.db.Close() // the server ends next
	}
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(30 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.done
	}
	s.cmd = nil
	return nil
}

// PID is the server's process, for figures of memory and CPU.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Config is a driver's configuration for the account root over the socket.
func (s *Server) Config() *mysql.Config {
	c := mysql.NewConfig()
	c.User, c.Net, c.Addr = "root", "unix", s.Socket
	c.MultiStatements = true
	c.MaxAllowedPacket = 256 << 20
	c.Logger = &mysql.NopLogger{}
	return c
}

// DB is an open pool for the account root, closed by Stop. It takes several statements at once.
func (s *Server) DB() *sql.DB { return s.db }

func (s *Server) open(c *mysql.Config) (*sql.DB, error) {
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// Exec runs statements as root and fails the test where they do.
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	for _, q := range statements {
		if _, err := s.db.Exec(q); err != nil {
			t.Fatalf("%.200s: %v", q, err)
		}
	}
}

// Pool is the certificate pool of a server started WithTLS.
func (s *Server) Pool() (*x509.CertPool, error) {
	pem, err := os.ReadFile(s.CA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", s.CA)
	}
	return pool, nil
}

// account is what --user needs when the tests run as root: mariadbd refuses root by default.
func account() string {
	u, err := user.Current()
	if err != nil {
		return strconv.Itoa(os.Getuid())
	}
	return u.Username
}
