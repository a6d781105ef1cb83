package secret

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"guiji/internal/fault"
)

// maxFile is the size of the largest file a reference may name.
const maxFile = 64 << 10

// Expand replaces ${NAME} by the environment variable and ${file:path} by the
// file's text without its last line end; a relative path starts at dir. "$${" is
// a plain "${". What cannot be resolved is an error of kind fault.Config that names
// the variable or the file, never a value. Nothing is expanded twice.
func Expand(s, dir string) (string, error) {
	var out strings.Builder
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			out.WriteString(s)
			return out.String(), nil
		}
		if i > 0 && s[i-1] == '$' {
			out.WriteString(s[:i-1] + "${")
			s = s[i+2:]
			continue
		}
		out.WriteString(s[:i])
		name, rest, ok := strings.Cut(s[i+2:], "}")
		if !ok {
			return "", fault.New(fault.Config, "catalog.secret.open")
		}
		v, err := resolve(name, dir)
		if err != nil {
			return "", err
		}
		out.WriteString(v)
		s = rest
	}
}

func resolve(name, dir string) (string, error) {
	if path, ok := strings.CutPrefix(name, "file:"); ok {
		return readFile(path, dir)
	}
	if !isVariable(name) {
		return "", fault.New(fault.Config, "catalog.secret.form")
	}
	v, ok := os.LookupEnv(name)
	if !ok || v == "" {
		return "", fault.New(fault.Config, "catalog.secret.env", name).Try("catalog.secret.env.hint", name)
	}
	return v, nil
}

func readFile(path, dir string) (string, error) {
	full := path
	if !filepath.IsAbs(full) {
		full = filepath.Join(dir, full)
	}
	st, err := os.Stat(full)
	if err != nil {
		return "", fault.New(fault.Config, "catalog.secret.file", path).Because(plain(err))
	}
	if !st.Mode().IsRegular() || st.Size() > maxFile {
		return "", fault.New(fault.Config, "catalog.secret.file.kind", path, maxFile>>10)
	}
	b, err := os.ReadFile(full)
	if err != nil {
		return "", fault.New(fault.Config, "catalog.secret.file", path).Because(plain(err))
	}
	v := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if v == "" {
		return "", fault.New(fault.Config, "catalog.secret.file.empty", path)
	}
	return v, nil
}

// plain drops the path from an error that the message names already.
func plain(err error) error {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// isVariable tells whether a name can be one of the environment's: a letter or _
// first, then letters, digits and _.
func isVariable(name string) bool {
	for i, c := range name {
		switch {
		case c == '_', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', i > 0 && c >= '0' && c <= '9':
		default:
			return false
		}
	}
	return name != ""
}
