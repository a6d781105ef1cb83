package deliver

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"guiji/internal/fault"
)

const signs = "ABCDEFGHJKMNPQRSTVWXYZ23456789" // none can be taken for another

// newPassword is 20 of the signs in four groups, 98 bits of crypto/rand.
func newPassword() string {
	var s strings.Builder
	for n, b := 0, make([]byte, 1); n < 20; {
		_, _ = rand.Read(b) // it never fails
		if int(b[0]) >= 256/len(signs)*len(signs) {
			continue // or some signs would come more often
		}
		if n > 0 && n%5 == 0 {
			s.WriteByte('-')
		}
		s.WriteByte(signs[int(b[0])%len(signs)])
		n++
	}
	return s.String()
}

// passwordFile keeps the password of a message until somebody was told.
func (d *Deliverer) passwordFile(id string) string {
	return filepath.Join(d.Passwords, strings.ReplaceAll(id, "/", "-")+passwordEnding)
}

const (
	passwordEnding = ".txt"
	passwordDraft  = ".new-" // one that is being written
)

// password is the one of a message's attachments; it is made where there is none, once
// for all processes of this machine.
func (d *Deliverer) password(id string) (string, error) {
	if p, err := d.kept(id); err != nil || p != "" {
		return p, err
	}
	if err := os.MkdirAll(d.Passwords, 0o700); err != nil {
		return "", fault.New(fault.Config, "deliver.password.folder").Because(err)
	}
	f, err := os.CreateTemp(d.Passwords, passwordDraft+"*")
	if err != nil {
		return "", fault.New(fault.Config, "deliver.password.folder").Because(err)
	}
	_, err = f.WriteString(newPassword())
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Link(f.Name(), d.passwordFile(id)) // who is first has made it
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = fault.New(fault.Config, "deliver.password.folder").Because(err)
	} else {
		err = nil
	}
	if err = errors.Join(err, os.Remove(f.Name())); err != nil {
		return "", err
	}
	return d.kept(id)
}

// kept is the password of a message's attachments; "" where this machine has none.
func (d *Deliverer) kept(id string) (string, error) {
	b, err := os.ReadFile(d.passwordFile(id))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read the password of %s: %w", id, err)
	}
	return string(b), nil
}

// forget removes a password that was told.
func (d *Deliverer) forget(id string) error {
	err := os.Remove(d.passwordFile(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
