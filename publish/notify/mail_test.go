package notify_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"encoding/base64"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"guiji/catalog"
)

const mailPassword = "c4nary-mail-5512"

// authority signs the certificates of the tests' servers.
type authority struct {
	*testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // PEM
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{T: t}
	a.key = a.newKey()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lab"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *authority) newKey() *ecdsa.PrivateKey {
	a.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.Fatal(err)
	}
	return k
}

// serve is a server's certificate, for 127.0.0.1 or another host, until a time.
func (a *authority) serve(host string, until time.Time) *tls.Config {
	a.Helper()
	key := a.newKey()
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until}
	if ip := net.ParseIP(host); ip != nil {
		tmpl.IPAddresses = []net.IP{ip}
	} else {
		tmpl.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// post office: a real SMTP server on loopback.
type office struct {
	address string
	mu      sync.Mutex
	got     []letter
	refuse  int // status to answer with; 0: takes it
}

type letter struct {
	from, user string
	to         []string
	raw        []byte
}

func newOffice(t *testing.T, conf *tls.Config, implicit bool) *office {
	t.Helper()
	o := &office{}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &counter{office: o}, nil }))
	s.Domain, s.TLSConfig, s.AllowInsecureAuth, s.ErrorLog = "lab", conf, false, quiet{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.address = l.Addr().String()
	if implicit {
		l = tls.NewListener(l, conf)
	}
	done := make(chan struct{})
	go func() { _ = s.Serve(l); close(done) }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return o
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (o *office) letters() []letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]letter{}, o.got...)
}

// counter is one session.
type counter struct {
	office *office
	l      letter
}

func (c *counter) AuthMechanisms() []string { return []string{sasl.Plain} }
func (c *counter) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != mailPassword {
			return errors.New("no")
		}
		c.l.user = user
		return nil
	}), nil
}
func (c *counter) Mail(from string, _ *smtp.MailOptions) error { c.l.from = from; return nil }
func (c *counter) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.l.to = append(c.l.to, to)
	return nil
}
func (c *counter) Data(r io.Reader) error {
	c.office.mu.Lock()
	defer c.office.mu.Unlock()
	if c.office.refuse != 0 {
		return &smtp.SMTPError{Code: c.office.refuse, Message: "no " + mailPassword}
	}
	var err error
	c.l.raw, err = io.ReadAll(r)
	c.office.got = append(c.office.got, c.l)
	return err
}
func (c *counter) Reset()        { c.l = letter{user: c.l.user} }
func (c *counter) Logout() error { return nil }

// read is a letter as a person reads it.
func (l letter) read(t *testing.T) (subject, body string, header mail.Header) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(l.raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return subject, string(b), m.Header
}

// A mail goes out by a server that proves who it is, and by no other.
func TestMailTLS(t *testing.T) {
	ca := newAuthority(t)
	hour := time.Now().Add(time.Hour)
	for _, c := range []struct {
		name     string
		conf     *tls.Config
		implicit bool
		mode, ca string
		sent     bool
	}{
		{"tls", ca.serve("127.0.0.1", hour), true, "", ca.file, true},
		{"tls, said", ca.serve("127.0.0.1", hour), true, "verify", ca.file, true},
		{"starttls", ca.serve("127.0.0.1", hour), false, "starttls", ca.file, true},
		{"expired", ca.serve("127.0.0.1", time.Now().Add(-time.Hour)), true, "", ca.file, false},
		{"expired, starttls", ca.serve("127.0.0.1", time.Now().Add(-time.Hour)), false, "starttls", ca.file, false},
		{"wrong host", ca.serve("mail.example.test", hour), true, "", ca.file, false},
		{"wrong host, starttls", ca.serve("mail.example.test", hour), false, "starttls", ca.file, false},
		{"unknown authority", ca.serve("127.0.0.1", hour), true, "", "", false},
		{"no starttls offered", nil, false, "starttls", ca.file, false},
		{"plain where tls is wanted", nil, false, "", ca.file, false},
		{"plain", nil, false, "off", "", true},
	} {
		o := newOffice(t, c.conf, c.implicit)
		d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Mail: []string{"a@example.test", "b@example.test"}}}})
		d.Mail = catalog.Mail{Server: o.address, From: "guiji@example.test", TLS: c.mode, CA: c.ca}
		if c.sent && c.conf != nil {
			d.Mail.User, d.Mail.Password = "robot", "${MAIL_PASSWORD}"
			t.Setenv("MAIL_PASSWORD", mailPassword)
		}
		d.Tell(t.Context(), failure())
		got := o.letters()
		if c.sent != (len(got) == 1) {
			t.Errorf("%s: %d letters; %s", c.name, len(got), d.log.String())
			continue
		}
		if c.sent && (strings.Join(got[0].to, " ") != "a@example.test b@example.test" || got[0].from != "guiji@example.test" || (c.conf != nil) != (got[0].user == "robot")) {
			t.Errorf("%s: %+v", c.name, got[0])
		}
		if strings.Contains(d.log.String(), mailPassword) || strings.Contains(d.log.String(), "example.test") {
			t.Errorf("%s: the log tells too much: %s", c.name, d.log.String())
		}
	}
}

// Plain mail to another machine is refused, whatever the settings' check let through.
func TestMailPlainStaysHere(t *testing.T) {
	d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Mail: []string{"a@example.test"}}}})
	d.Mail = catalog.Mail{Server: "203.0.113.7:25", From: "guiji@example.test", TLS: "off"}
	d.Tell(t.Context(), failure())
	if !strings.Contains(d.log.String(), "kind=config") {
		t.Error(d.log.String())
	}
}

// What an office reads: in Chinese, with counts, dates and names.
func TestMailText(t *testing.T) {
	o := newOffice(t, nil, false)
	d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Mail: []string{"a@example.test"}}}, OnMissed: []catalog.Hook{{Mail: []string{"a@example.test"}}}})
	d.Mail = catalog.Mail{Server: o.address, From: "guiji@example.test", TLS: "off"}
	for _, e := range eventsOfAllKinds() {
		d.Tell(t.Context(), e)
	}
	got := o.letters()
	if len(got) != 4 {
		t.Fatalf("%d letters: %s", len(got), d.log.String())
	}
	for i, want := range [][]string{
		{"【归集告警】示例区：任务 nightly 运行部分完成", "批次：2026-11-22 22:00", "房屋信息（gongan/house，示例区公安局）失败: 无法连接来源", "共 9 个，其中 1 个", "系统将自动重试", "guiji runs show 20261122T220003-7f3a2b", "不含数据内容"},
		{"运行失败", "未产生新版本", "自动重试次数已用完"},
		{"未按时启动", "未启动批次：3 个", "调度服务未运行", "正在补跑"},
		{"房屋信息 (gongan/house)逾期未归集", "更新周期：每日", "最近归集：2026-11-20 22:00"},
	} {
		subject, body, header := got[i].read(t)
		for _, w := range want {
			if !strings.Contains(subject+"\n"+body, w) {
				t.Errorf("letter %d lacks %s:\n%s\n%s", i, w, subject, body)
			}
		}
		if ct := header.Get("Content-Type"); !strings.HasPrefix(ct, "text/plain") || header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("letter %d: %s", i, ct)
		}
	}
}
