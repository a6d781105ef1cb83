package command

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"guiji/internal/secret"
)

// tail keeps the end of what a program says on its standard error.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const mostTail = 4096

// Write takes it all and keeps the end.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - mostTail; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(p), nil
}

// last is the last line, at most 300 characters, without what the project gave the
// program in secret.
func (t *tail) last(secrets map[string]secret.Secret) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := bytes.Split(bytes.TrimSpace(t.text), []byte{'\n'})
	line := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}, string(lines[len(lines)-1]))
	for _, s := range secrets {
		if v := s.Reveal(); v != "" {
			line = strings.ReplaceAll(line, v, "***")
		}
	}
	if runes := []rune(line); len(runes) > 300 {
		line = string(runes[:300]) + "…"
	}
	return line
}
