// Package sftp runs a real SSH server (OpenSSH) on loopback that serves one folder over SFTP,
// with keys of its own. Nothing but tests and bench may import it.
package sftp

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"guiji/internal/testkit/process"
)

// Server is a running sshd that knows one account, which comes in with one key.
type Server struct {
	Address     string // 127.0.0.1:port
	User        string
	Key         string // the account's private key, PEM
	KnownHosts  string // a file that names the server and its key
	Fingerprint string // of the server's key: SHA256:…
	Dir         string // the folder to put files in; the account may read it

	home string
	cmd  *exec.Cmd
	done chan error
}

// Start runs a server that ends with the test. A machine without one fails the test.
func Start(t testing.TB) *Server {
	t.Helper()
	home, err := os.MkdirTemp("", "sshd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	s := &Server{home: home, Dir: filepath.Join(home, "drop"), User: process.User(), done: make(chan error, 1)}
	program, err := locate()
	if err == nil {
		err = s.prepare()
	}
	if err == nil {
		err = s.start(program)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func locate() (string, error) {
	tools, err := process.Tools("sftp")
	if err != nil {
		return "", err
	}
	for _, dir := range append([]string{"/usr/sbin"}, tools...) {
		if p, err := exec.LookPath(filepath.Join(dir, "sshd")); err == nil {
			return p, nil
		}
	}
	return "", errors.New("no sshd on this machine: run `make tools`, which unpacks one into a cache folder")
}

// prepare writes keys and settings.
func (s *Server) prepare() error {
	host, hostKey, err := newKey()
	if err != nil {
		return err
	}
	own, key, err := newKey()
	if err != nil {
		return err
	}
	port, err := process.FreePort()
	if err != nil {
		return err
	}
	s.Address, s.Key, s.Fingerprint = net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), key, ssh.FingerprintSHA256(host)
	s.KnownHosts = filepath.Join(s.home, "known_hosts")
	for name, content := range map[string]string{
		"host": hostKey, "authorized": string(ssh.MarshalAuthorizedKey(own)),
		"known_hosts": fmt.Sprintf("[127.0.0.1]:%d %s", port, ssh.MarshalAuthorizedKey(host)),
		"config": fmt.Sprintf("Port %d\nListenAddress 127.0.0.1\nHostKey %[2]s/host\nAuthorizedKeysFile %[2]s/authorized\nPidFile none\nStrictModes no\nUsePAM no\n"+
			"PasswordAuthentication no\nKbdInteractiveAuthentication no\nSubsystem sftp internal-sftp -R -d %[2]s\nMaxStartups 200\n", port, s.home),
	} {
		path := filepath.Join(s.home, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			return err
		}
		if err := process.Own(path); err != nil {
			return err
		}
	}
	if err := os.Mkdir(s.Dir, 0o755); err != nil {
		return err
	}
	return process.Own(s.home)
}

func newKey() (ssh.PublicKey, string, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, "", err
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		return nil, "", err
	}
	key, err := ssh.NewPublicKey(public)
	return key, string(pem.EncodeToMemory(block)), err
}

func (s *Server) start(program string) error {
	logged := filepath.Join(s.home, "log")
	out, err := os.Create(logged)
	if err != nil {
		return err
	}
	defer out.Close()
	s.cmd = process.Command(program, "-D", "-e", "-r", "-f", filepath.Join(s.home, "config"))
	s.cmd.Stdout, s.cmd.Stderr = out, out
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	go func() { s.done <- s.cmd.Wait() }()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-s.done:
			s.cmd = nil
			return fmt.Errorf("sshd ended at once (%w): %s", err, process.Tail(logged))
		case <-time.After(20 * time.Millisecond):
		}
		if c, err := net.Dial("tcp", s.Address); err == nil {
			return c.Close()
		}
	}
	s.Stop()
	return fmt.Errorf("sshd does not answer after 30 s: %s", process.Tail(logged))
}

// Stop ends the server; it is safe to call twice. Connections that are open end by themselves.
func (s *Server) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill() // its files are the test's
		<-s.done
		s.cmd = nil
	}
}

// Write puts a file into the folder, with its parents.
func (s *Server) Write(t testing.TB, name string, content []byte) {
	t.Helper()
	path := filepath.Join(s.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// NewKey is a private key, PEM.
func NewKey(t testing.TB) string {
	t.Helper()
	_, key, err := newKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}
