package sftpfiles

import (
	"crypto/ed25519"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"guiji/internal/fault"
)

// hostKey is how a server proves that it is the one that is meant.
type hostKey struct {
	at          string // host:port
	fingerprint string // of the key it must have; "" is that known says so
	known       ssh.HostKeyCallback
	file        string
}

func newHostKey(s *Settings, dir string) (*hostKey, error) {
	h := &hostKey{at: s.at(), fingerprint: s.Fingerprint, file: s.KnownHosts}
	if h.fingerprint != "" {
		return h, nil
	}
	path := s.KnownHosts
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	var err error
	if h.known, err = knownhosts.New(path); err != nil {
		if disk := (*os.PathError)(nil); errors.As(err, &disk) {
			err = disk.Err // the message names the file
		}
		return nil, fault.New(fault.Config, "sftpfiles.known_hosts", s.KnownHosts).Because(err)
	}
	return h, nil
}

// judge says why a server's key is not the right one.
func (h *hostKey) judge(remote net.Addr, key ssh.PublicKey) error {
	shown := ssh.FingerprintSHA256(key)
	if h.fingerprint != "" {
		if shown == h.fingerprint {
			return nil
		}
		return fault.New(fault.Refused, "sftpfiles.key_changed", h.at, shown, h.fingerprint).Try("sftpfiles.key_changed.hint")
	}
	err := h.known(h.at, remote, key)
	var wrong *knownhosts.KeyError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrong) && len(wrong.Want) == 0:
		return fault.New(fault.Refused, "sftpfiles.key_unknown", h.at, h.file, shown).Try("sftpfiles.key_unknown.hint")
	case errors.As(err, &wrong):
		return fault.New(fault.Refused, "sftpfiles.key_changed", h.at, shown, ssh.FingerprintSHA256(wrong.Want[0].Key)).Try("sftpfiles.key_changed.hint")
	}
	return fault.New(fault.Refused, "sftpfiles.key_revoked", h.at, shown).Because(err)
}

// algorithms are those of the keys the file names for the server: a server that has several
// is asked for one that can be compared. nil is any.
func (h *hostKey) algorithms(remote net.Addr) []string {
	if h.known == nil {
		return nil
	}
	nobody, err := ssh.NewPublicKey(make(ed25519.PublicKey, ed25519.PublicKeySize))
	if err != nil {
		return nil
	}
	var wrong *knownhosts.KeyError
	if !errors.As(h.known(h.at, remote, nobody), &wrong) {
		return nil
	}
	var out []string
	for _, w := range wrong.Want {
		names := []string{w.Key.Type()}
		if w.Key.Type() == ssh.KeyAlgoRSA { // the key is the same, its signatures are stronger
			names = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
		}
		for _, n := range names {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out
}
