package sftpfiles_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"golang.org/x/crypto/ssh"

	"guiji/connectors"
	"guiji/connectors/sftpfiles"
	"guiji/internal/fault"
	"guiji/internal/secret"
	"guiji/internal/testkit/sftp"
)

// Whoever is not the one that is meant, on either side, is refused, and no secret is told.
func TestRefused(t *testing.T) {
	l := newLab(t)
	other := sftp.Start(t)
	l.Write(t, "a.csv", []byte("id\n1\n"))
	for name, tt := range map[string]struct {
		set  func(*sftpfiles.Settings)
		kind fault.Kind
		says string
	}{
		"another account's key":        {func(s *sftpfiles.Settings) { s.PrivateKey = secret.Secret(other.Key) }, fault.Refused, "does not let"},
		"a wrong account":              {func(s *sftpfiles.Settings) { s.User = "root" }, fault.Refused, "root"},
		"a password":                   {func(s *sftpfiles.Settings) { s.PrivateKey, s.Password = "", "canary-4711" }, fault.Refused, "does not let"},
		"another server's fingerprint": {func(s *sftpfiles.Settings) { s.Fingerprint = other.Fingerprint }, fault.Refused, l.Fingerprint},
		"another server's known hosts": {func(s *sftpfiles.Settings) { s.Fingerprint, s.KnownHosts = "", other.KnownHosts }, fault.Refused, "is not in"},
		"a key that changed":           {func(s *sftpfiles.Settings) { s.Fingerprint, s.KnownHosts = "", changed(t, l, other) }, fault.Refused, "is not the server it was"},
		"no such file of hosts":        {func(s *sftpfiles.Settings) { s.Fingerprint, s.KnownHosts = "", "/nowhere" }, fault.Config, "known_hosts"},
		"what is no key":               {func(s *sftpfiles.Settings) { s.PrivateKey = "canary-4711" }, fault.Config, "private_key"},
		"an address of nobody's":       {func(s *sftpfiles.Settings) { s.Allow = nil }, fault.Config, "127.0.0.1"},
		"an address that is open wide": {func(s *sftpfiles.Settings) { s.Allow = []string{"0.0.0.0/0"} }, fault.Config, "127.0.0.1"},
		"no server":                    {func(s *sftpfiles.Settings) { s.Address = "127.0.0.1:1" }, fault.Unreachable, "127.0.0.1:1"},
		"no folder":                    {func(s *sftpfiles.Settings) { s.Path = "nowhere" }, fault.Config, "nowhere"},
		"a file for a folder":          {func(s *sftpfiles.Settings) { s.Path = "drop/a.csv" }, fault.Config, "a.csv"},
	} {
		one := l
		tt.set(&one.settings)
		_, err := one.read(t, "a.csv", "id")
		if fault.KindOf(err) != tt.kind || err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
	l.settings.Fingerprint, l.settings.KnownHosts = "", l.KnownHosts
	if got, err := l.read(t, "a.csv", "id"); err != nil || len(got.rows) != 1 {
		t.Errorf("by known_hosts: %d rows, %v", len(got.rows), err)
	}
}

// changed is a file of known hosts in which the lab's server has another one's key.
func changed(t *testing.T, l lab, other *sftp.Server) string {
	text, err := os.ReadFile(other.KnownHosts)
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Address)
	_, theirs, _ := net.SplitHostPort(other.Address)
	path := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte(":"+theirs+" "), []byte(":"+port+" ")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSettings(t *testing.T) {
	good := *sftpfiles.DefaultSettings()
	good.Address, good.User, good.Password, good.Fingerprint = "drop.example.test", "guiji", "x", "SHA256:x"
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, set := range map[string]func(*sftpfiles.Settings){
		"address": func(s *sftpfiles.Settings) { s.Address = "" }, "port": func(s *sftpfiles.Settings) { s.Address = "a:99999" },
		"user": func(s *sftpfiles.Settings) { s.User = "" }, "account": func(s *sftpfiles.Settings) { s.Password = "" },
		"both": func(s *sftpfiles.Settings) { s.PrivateKey = "x" }, "passphrase": func(s *sftpfiles.Settings) { s.Passphrase = "x" },
		"host": func(s *sftpfiles.Settings) { s.Fingerprint = "" }, "hosts": func(s *sftpfiles.Settings) { s.KnownHosts = "x" },
		"fingerprint": func(s *sftpfiles.Settings) { s.Fingerprint = "MD5:00" }, "path": func(s *sftpfiles.Settings) { s.Path = "" },
		"timeout": func(s *sftpfiles.Settings) { s.Timeout = 0 }, "limit": func(s *sftpfiles.Settings) { s.Limit = 0 },
		"allow": func(s *sftpfiles.Settings) { s.Allow = []string{"here"} }, "format": func(s *sftpfiles.Settings) { s.Format = "dbf" },
		"csv": func(s *sftpfiles.Settings) { s.CSV.Path = "x" }, "encoding": func(s *sftpfiles.Settings) { s.CSV.Encoding = "big5" },
	} {
		one := good
		set(&one)
		if err := one.Validate(); fault.KindOf(err) != fault.Config || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Names are whatever a department gives its files; links lead nowhere; empty files are told.
func TestNames(t *testing.T) {
	l := newLab(t)
	for i, name := range []string{"一 二.csv", "a'b\"c.csv", "-rf.csv", "%s.csv", "$(x).csv", "#1.csv"} {
		l.Write(t, "names/"+name, fmt.Appendf(nil, "id\n%d\n", i))
	}
	if got, err := l.read(t, "names", "id"); err != nil || len(got.rows) != 6 {
		t.Errorf("%d rows, %v", len(got.rows), err)
	}
	if got, err := l.read(t, "names/#1.csv", "id"); err != nil || len(got.rows) != 1 {
		t.Errorf("a mark in a name: %d rows, %v", len(got.rows), err)
	}
	secretFile := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(secretFile, []byte("id\nsecret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"names/link.csv": secretFile, "names/up": "/", "names/loop": "."} {
		if err := os.Symlink(to, filepath.Join(l.Dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := l.read(t, "names", "id"); err != nil || len(got.rows) != 6 {
		t.Errorf("beside links: %d rows, %v", len(got.rows), err)
	}
	for _, table := range []string{"names/link.csv", "names/up/etc", "../drop/names", "/etc", "names/../../x"} {
		if got, err := l.read(t, table, "id"); fault.KindOf(err) != fault.Config || err == nil || len(got.rows) > 0 {
			t.Errorf("%s: %d rows, %v", table, len(got.rows), err)
		}
	}
	l.Write(t, "empty/a.csv", nil)
	if _, err := l.read(t, "empty", "id"); fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "a.csv") {
		t.Errorf("an empty file: %v", err)
	}
	for _, name := range []string{"two\nlines.csv", "bell\a.csv", "\xd6\xd0.csv"} { // the last is GBK
		l.Write(t, "bad/"+name, []byte("id\n1\n"))
		if _, err := l.read(t, "bad", "id"); fault.KindOf(err) != fault.Data || strings.Contains(err.Error(), "\a") || strings.Contains(err.Error(), "two\n") {
			t.Errorf("%q: %v", name, err)
		}
		if err := os.RemoveAll(filepath.Join(l.Dir, "bad")); err != nil {
			t.Fatal(err)
		}
	}
}

// A folder with more than it may have is told, not read into memory.
func TestHugeFolder(t *testing.T) {
	l := newLab(t)
	if err := os.Mkdir(filepath.Join(l.Dir, "many"), 0o755); err != nil {
		t.Fatal(err)
	}
	first := filepath.Join(l.Dir, "many", "0.csv")
	l.Write(t, "many/0.csv", []byte("id\n1\n"))
	for i := range 5_000 {
		if err := os.Link(first, filepath.Join(l.Dir, "many", fmt.Sprintf("%d.tmp", i))); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := l.read(t, "many", "id"); err != nil || len(got.rows) != 1 {
		t.Errorf("among 5 000 others: %d rows, %v", len(got.rows), err)
	}
	l.settings.Limit = 1
	l.Write(t, "large.csv", bytes.Repeat([]byte("id\n"), 1<<19))
	if _, err := l.read(t, "large.csv", "id"); fault.KindOf(err) != fault.Data || !strings.Contains(err.Error(), "limit_mb") {
		t.Errorf("more than the limit: %v", err)
	}
}

// between passes bytes on to the server, and cuts each connection after so many of them; the
// limit is asked for anew for each. It returns the address.
func (l lab) between(t *testing.T, limit func(connection int) int64, while func(passed int64)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	var count atomic.Int64
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", l.Address)
			if err != nil {
				client.Close()
				continue
			}
			go func() { _, _ = io.Copy(server, client) }()
			go func() {
				defer client.Close()
				defer server.Close()
				_, _ = io.Copy(&passing{to: client, left: limit(int(count.Add(1))), while: while}, server)
			}()
		}
	}()
	return listener.Addr().String()
}

type passing struct {
	to     io.Writer
	left   int64
	passed int64
	while  func(passed int64)
}

func (p *passing) Write(b []byte) (int, error) {
	if int64(len(b)) > p.left {
		_, _ = p.to.Write(b[:p.left])
		return 0, io.ErrShortWrite
	}
	n, err := p.to.Write(b)
	p.left -= int64(n)
	p.passed += int64(n)
	if p.while != nil {
		p.while(p.passed)
	}
	return n, err
}

// A connection that is cut in the middle of a file is made again, and the file goes on where
// it stopped; one that is cut each time gives nothing.
func TestCutMidFile(t *testing.T) {
	l := newLab(t)
	var content bytes.Buffer
	content.WriteString("id\n")
	for i := range 200_000 {
		fmt.Fprintln(&content, i)
	}
	l.Write(t, "a.csv", content.Bytes())
	for _, at := range []int64{20_000, 60_000, 300_000, 700_000, 1_200_000} {
		cut := func(connection int) int64 { // the first one is that of Open
			if connection == 2 {
				return at
			}
			return 1 << 40
		}
		again := l
		again.settings.Address = l.between(t, cut, nil)
		got, err := again.read(t, "a.csv", "id")
		if err != nil || len(got.rows) != 200_000 || got.rows[0] != "0" || got.rows[199_999] != "199999" {
			t.Errorf("cut once after %d bytes: %d rows, %v", at, len(got.rows), err)
		}
		never := l
		never.settings.Address = l.between(t, func(connection int) int64 { return map[bool]int64{true: 1 << 40, false: 20_000}[connection == 1] }, nil)
		if got, err := never.read(t, "a.csv", "id"); fault.KindOf(err) != fault.Unreachable || len(got.rows) > 0 {
			t.Errorf("cut always: %d rows, %v", len(got.rows), err)
		}
	}
}

// A server that falls silent, at any time, is out of reach; who waits for it can stop.
func TestSilence(t *testing.T) {
	l := newLab(t)
	l.Write(t, "a.csv", bytes.Repeat([]byte("id\n"), 100_000))
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	for _, at := range []int64{0, 30, 1500, 30_000} {
		silent := l
		silent.settings.Timeout = time.Second
		silent.settings.Address = l.between(t, func(int) int64 { return 1 << 40 }, func(passed int64) {
			if passed > at {
				<-hang
			}
		})
		began := time.Now()
		if _, err := silent.read(t, "a.csv", "id"); fault.KindOf(err) != fault.Unreachable || time.Since(began) > 20*time.Second {
			t.Errorf("silent after %d bytes: %v after %s", at, err, time.Since(began))
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	l.settings.Address = l.between(t, func(int) int64 { return 1 << 40 }, func(passed int64) { <-hang })
	began := time.Now()
	_, err := sftpfiles.Open(ctx, l.settings, connectors.Env{Alloc: memory.DefaultAllocator, Scratch: l.scratch})
	if fault.KindOf(err) != fault.Interrupted || time.Since(began) > 2*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

// A file that becomes another one while it is fetched is not read.
func TestChangedMeanwhile(t *testing.T) {
	l := newLab(t)
	for name, change := range map[string]func(path string) error{
		"longer":  func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("id\n"), 400_000), 0o644) },
		"shorter": func(path string) error { return os.Truncate(path, 600_000) },
		"newer":   func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) },
	} {
		l.Write(t, "a.csv", bytes.Repeat([]byte("id\n"), 300_000))
		done := false
		meanwhile := l
		meanwhile.settings.Address = l.between(t, func(int) int64 { return 1 << 40 }, func(passed int64) {
			if passed > 200_000 && !done {
				done = true
				if err := change(filepath.Join(l.Dir, "a.csv")); err != nil {
					t.Error(err)
				}
			}
		})
		if got, err := meanwhile.read(t, "a.csv", "id"); fault.KindOf(err) != fault.Changed || !done {
			t.Errorf("%s: %d rows, %v", name, len(got.rows), err)
		}
	}
}

// An account may come in by password, or by answers to what the server asks.
func TestPassword(t *testing.T) {
	for _, way := range []string{"password", "keyboard-interactive"} {
		address, fingerprint := passwordServer(t, way)
		s := *sftpfiles.DefaultSettings()
		s.Address, s.User, s.Fingerprint, s.Allow = address, "guiji", fingerprint, []string{"127.0.0.1"}
		for password, kind := range map[string]fault.Kind{"right": fault.Config, "canary": fault.Refused} { // it has no SFTP
			s.Password = secret.Secret(password)
			if _, err := sftpfiles.Open(t.Context(), s, connectors.Env{}); fault.KindOf(err) != kind || err == nil || strings.Contains(err.Error(), "canary") {
				t.Errorf("%s: %v", way, err)
			}
		}
	}
}

// passwordServer is an SSH server that knows one password and has no SFTP. OpenSSH would
// need an account of the system's.
func passwordServer(t *testing.T, way string) (address, fingerprint string) {
	key, err := ssh.ParsePrivateKey([]byte(sftp.NewKey(t)))
	if err != nil {
		t.Fatal(err)
	}
	judge := func(password string) (*ssh.Permissions, error) {
		if password != "right" {
			return nil, fmt.Errorf("no")
		}
		return nil, nil
	}
	config := &ssh.ServerConfig{}
	if way == "password" {
		config.PasswordCallback = func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) { return judge(string(password)) }
	} else {
		config.KeyboardInteractiveCallback = func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password: "}, []bool{false})
			if err != nil || len(answers) != 1 {
				return nil, fmt.Errorf("no")
			}
			return judge(answers[0])
		}
	}
	config.AddHostKey(key)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(conn, config)
		}
	}()
	return listener.Addr().String(), ssh.FingerprintSHA256(key.PublicKey())
}

// answer lets who has the password in, and to nothing.
func answer(conn net.Conn, config *ssh.ServerConfig) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		_, inner, err := c.Accept()
		if err != nil {
			return
		}
		go ssh.DiscardRequests(inner)
	}
}
