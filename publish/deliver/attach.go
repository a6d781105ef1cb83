package deliver

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"guiji/publish/mail"
	"guiji/quality/worklist"
)

// attachable are the files of a report that go to its owner: work lists and the letter,
// which office programs open. Encryption is the office formats' own (ECMA-376, AES), so
// that a password is all that is needed to open them.
func attachable(list []worklist.File) []string {
	var out []string
	for _, f := range list {
		if ext := filepath.Ext(f.Name); ext == ".xlsx" || ext == ".docx" {
			out = append(out, f.Name)
		}
	}
	return out
}

// weigh is the size of files in a folder, in bytes.
func weigh(dir string, names []string) (n int64, err error) {
	for _, name := range names {
		st, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			return 0, fmt.Errorf("report file %s: %w", name, err)
		}
		n += st.Size()
	}
	return n, nil
}

// seal encrypts files of a folder. Names say whose they are and of which release.
func seal(dir string, m Message, password string) ([]mail.File, error) {
	var out []mail.File
	for _, name := range m.Files {
		plain, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("report file %s: %w", name, err)
		}
		sealed, err := excelize.Encrypt(plain, &excelize.Options{Password: password})
		if err != nil {
			return nil, fmt.Errorf("encrypt %s: %w", name, err)
		}
		ext := filepath.Ext(name)
		out = append(out, mail.File{Name: fmt.Sprintf("%s-v%d-%s%s", m.To, m.Release, strings.TrimSuffix(name, ext), ext), Content: sealed})
	}
	return out, nil
}
