package httpapi

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"

	"guiji/internal/fault"
)

// maxHeaderBytes is what an answer's headers may take.
const maxHeaderBytes = 256 << 10

// newClient makes a client that dials allowed addresses alone, takes no proxy from the
// environment and follows no redirect by itself.
func (s *Source) newClient() (*http.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.settings.CA != "" {
		path := s.settings.CA
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.env.Dir, path)
		}
		pem, err := os.ReadFile(path)
		if err != nil {
			return nil, fault.New(fault.Config, "httpapi.ca", s.settings.CA).Because(err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fault.New(fault.Config, "httpapi.ca", s.settings.CA)
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            s.dial,
			TLSClientConfig:        config,
			TLSHandshakeTimeout:    dialTimeout,
			MaxConnsPerHost:        4,
			MaxResponseHeaderBytes: maxHeaderBytes,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}
