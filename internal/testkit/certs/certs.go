// Package certs makes certificates for the servers of tests. Tests and testkit alone import
// it.
package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority signs the certificates of a test's servers.
type Authority struct {
	File string // its certificate, PEM
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// NewAuthority makes an authority of the test's own, which is trusted for a day.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	a, err := newAuthority(filepath.Join(t.TempDir(), "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	a.t = t
	return a
}

func newAuthority(file string) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "guiji test authority"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &Authority{File: file, cert: cert, key: key}, write(file, "CERTIFICATE", der)
}

// sign makes a server's certificate, for addresses and names, until a time.
func (a *Authority) sign(until time.Time, hosts ...string) (der []byte, key *ecdsa.PrivateKey, err error) {
	if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, nil, err
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: hosts[0]}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			form.IPAddresses = append(form.IPAddresses, ip)
		} else {
			form.DNSNames = append(form.DNSNames, h)
		}
	}
	der, err = x509.CreateCertificate(rand.Reader, form, a.cert, key.Public(), a.key)
	return der, key, err
}

// Serve is what a server for an address or a name needs, until a time.
func (a *Authority) Serve(host string, until time.Time) *tls.Config {
	a.t.Helper()
	der, key, err := a.sign(until, host)
	if err != nil {
		a.t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// Files are PEM files of an authority and of a server it signed for.
type Files struct{ CA, Cert, Key string }

// Write makes an authority and the certificate of a server on this machine, valid for a
// day.
func Write(dir string) (Files, error) {
	out := Files{filepath.Join(dir, "ca.pem"), filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
	a, err := newAuthority(out.CA)
	if err != nil {
		return out, err
	}
	der, key, err := a.sign(time.Now().Add(24*time.Hour), "127.0.0.1", "localhost")
	if err != nil {
		return out, err
	}
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return out, err
	}
	if err := write(out.Cert, "CERTIFICATE", der); err != nil {
		return out, err
	}
	return out, write(out.Key, "PRIVATE KEY", plain)
}

func write(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
