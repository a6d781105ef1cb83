package sftpfiles

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"path"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"guiji/connectors/files"
	"guiji/connectors/files/remote"
	"guiji/internal/address"
	"guiji/internal/fault"
)

// folder is a folder of a server, and how to come to it.
type folder struct {
	settings Settings
	host     *hostKey
	auth     []ssh.AuthMethod
	allowed  address.Guard
	links    atomic.Int64 // that the last list has met
}

func newFolder(settings Settings, dir string) (*folder, error) {
	f := &folder{settings: settings}
	f.allowed, _ = address.Parse(settings.Allow) // it was tried
	var err error
	if f.host, err = newHostKey(&settings, dir); err != nil {
		return nil, err
	}
	f.auth, err = methods(&settings)
	return f, err
}

// methods are the ways the account comes in.
func methods(s *Settings) ([]ssh.AuthMethod, error) {
	if s.PrivateKey == "" {
		answer := func(_, _ string, questions []string, _ []bool) ([]string, error) {
			out := make([]string, len(questions))
			for i := range out {
				out[i] = s.Password.Reveal()
			}
			return out, nil
		}
		return []ssh.AuthMethod{ssh.Password(s.Password.Reveal()), ssh.KeyboardInteractive(answer)}, nil
	}
	key, err := ssh.ParsePrivateKey([]byte(s.PrivateKey.Reveal()))
	if s.Passphrase != "" {
		key, err = ssh.ParsePrivateKeyWithPassphrase([]byte(s.PrivateKey.Reveal()), []byte(s.Passphrase.Reveal()))
	}
	if err != nil { // its text may hold a piece of the key
		return nil, fault.New(fault.Config, "sftpfiles.private_key").Try("sftpfiles.private_key.hint")
	}
	return []ssh.AuthMethod{ssh.PublicKeys(key)}, nil
}

// Name is how people and errors name it.
func (f *folder) Name() string {
	return "sftp://" + f.settings.at() + "/" + strings.TrimPrefix(path.Clean(f.settings.Path), "/")
}

// Connect begins a session.
func (f *folder) Connect(ctx context.Context) (remote.Session, error) {
	s, err := f.connect(ctx)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (f *folder) connect(ctx context.Context) (*session, error) {
	d := address.Dialer{Timeout: min(f.settings.Timeout, 15*time.Second), Judge: func(host string, a netip.Addr) error {
		if f.allowed.Allows(a) {
			return nil
		}
		return fault.New(fault.Config, "sftpfiles.address", host, a.String()).Try("sftpfiles.address.hint")
	}}
	wire, err := d.Dial(ctx, "tcp", f.settings.at())
	if err != nil {
		return nil, f.explain(ctx, err)
	}
	watched := &patient{Conn: wire, most: f.settings.Timeout}
	begun, cancel := context.WithTimeout(ctx, f.settings.Timeout)
	defer cancel()
	stop := context.AfterFunc(begun, func() { wire.Close() })
	defer stop()
	s, err := f.handshake(watched)
	if err != nil {
		wire.Close()
		return nil, f.explain(ctx, err)
	}
	return s, nil
}

// handshake lets the server prove itself, lets the account in, and starts SFTP.
func (f *folder) handshake(wire *patient) (*session, error) {
	var wrong error
	config := &ssh.ClientConfig{
		User: f.settings.User, Auth: f.auth, HostKeyAlgorithms: f.host.algorithms(wire.RemoteAddr()),
		HostKeyCallback: func(_ string, at net.Addr, key ssh.PublicKey) error {
			wrong = f.host.judge(at, key)
			return wrong
		},
	}
	conn, channels, requests, err := ssh.NewClientConn(wire, f.settings.at(), config)
	if wrong != nil {
		return nil, wrong
	}
	if err != nil {
		return nil, err
	}
	client := ssh.NewClient(conn, channels, requests)
	s := &session{folder: f, wire: wire, ssh: client, meter: &meter{}}
	if err := s.start(); err != nil {
		client.Close()
		return nil, err
	}
	return s, nil
}

// explain gives an error of the way to the server its kind.
func (f *folder) explain(ctx context.Context, err error) error {
	var own *fault.Error
	var algorithms *ssh.AlgorithmNegotiationError
	switch {
	case err == nil, errors.As(err, &own):
		return err
	case ctx.Err() != nil:
		return files.Interrupted(f.Name(), ctx.Err())
	case errors.As(err, &algorithms):
		return fault.New(fault.Config, "sftpfiles.algorithms", f.settings.at()).Because(err)
	case strings.Contains(err.Error(), "unable to authenticate"): // the library has no type for it
		return fault.New(fault.Refused, "sftpfiles.refused", f.settings.User, f.settings.at()).Try("sftpfiles.refused.hint")
	case strings.Contains(err.Error(), "subsystem request failed"):
		return fault.New(fault.Config, "sftpfiles.no_sftp", f.settings.at())
	}
	return fault.New(fault.Unreachable, "sftpfiles.unreachable", f.settings.at()).Because(err)
}

// patient ends a connection over which nothing has come for too long.
type patient struct {
	net.Conn
	most time.Duration
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.SetReadDeadline(time.Now().Add(p.most)); err != nil {
		return 0, err
	}
	return p.Conn.Read(b)
}

// start starts SFTP on the connection.
func (s *session) start() error {
	shell, err := s.ssh.NewSession()
	if err != nil {
		return err
	}
	to, err := shell.StdinPipe()
	if err != nil {
		return err
	}
	if s.meter.from, err = shell.StdoutPipe(); err != nil {
		return err
	}
	if err := shell.RequestSubsystem("sftp"); err != nil {
		return err
	}
	s.sftp, err = sftp.NewClientPipe(s.meter, to)
	return err
}

// meter counts what a list takes: a server can make one as long as it likes.
type meter struct {
	from io.Reader
	left atomic.Int64 // while counts is set
	on   atomic.Bool
}

// mostListed is how many bytes the list of one folder may have.
const mostListed = 64 << 20

var errLongList = errors.New("the list has no end")

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.from.Read(p)
	if m.on.Load() && m.left.Add(-int64(n)) < 0 {
		return n, errLongList
	}
	return n, err
}
