// Package secret keeps passwords and keys out of everything that is printed: the
// type Secret masks itself in every form, and Expand resolves the references
// (${ENV}, ${file:path}) a project file holds instead of the secret itself. Any
// room may import it.
package secret

import (
	"fmt"
	"log/slog"
)

const mask = "***"

// Secret is a text that never prints. It is no key of a map: encoding/json writes
// keys of string kind as they are. The zero value is "no secret" and prints
// masked too, so that a log does not tell which of two accounts has a password.
type Secret string

// Reveal is the text itself, for the one call that signs in with it.
func (s Secret) Reveal() string { return string(s) }

// String masks.
func (s Secret) String() string { return mask }

// GoString masks %#v.
func (s Secret) GoString() string { return mask }

// Format masks every verb, %x, %q and %d too.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(mask)) }

// LogValue masks in slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalJSON masks.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// MarshalYAML masks.
func (s Secret) MarshalYAML() (any, error) { return mask, nil }

// MarshalText masks in XML, in map keys and wherever else text is asked for.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }
