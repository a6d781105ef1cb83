package deliver_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"guiji/catalog"
)

// Where the reports of a release have to be made anew they are made once, whatever the
// number of departments that get theirs, and nothing of them is left.
func TestReportsAreMadeOnce(t *testing.T) {
	made, removed := 0, 0
	l := newLab(t, func(l *lab) {
		for i := range l.project.Departments {
			l.project.Departments[i].Delivery.Attach = true
		}
		l.options.Reports = func(context.Context, uint64) (string, func() error, error) {
			made++
			dir := filepath.Join(t.TempDir(), "passing")
			if err := os.CopyFS(dir, os.DirFS(l.reports)); err != nil {
				return "", nil, err
			}
			return dir, func() error { removed++; return os.RemoveAll(dir) }, nil
		}
	})
	l.page("minzheng", map[string]any{"release": 12, "files": []map[string]any{{"name": "work-list.xlsx"}}})
	if err := os.WriteFile(filepath.Join(l.reports, "minzheng", "work-list.xlsx"), []byte("rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.tell(12)
	attached := 0
	for _, x := range l.mail.Letters() {
		_, _, _, files := x.Read(t)
		attached += len(files)
	}
	if attached != 2 || made != 1 || removed != 1 {
		t.Errorf("%d attachments, reports made %d times, removed %d times", attached, made, removed)
	}
	if err := l.again(); err != nil { // and nothing is sent
		t.Fatal(err)
	}
	if err := l.Close(); err != nil || made != 2 || removed != 2 {
		t.Errorf("made %d times, removed %d times: %v", made, removed, err)
	}
}

// A run that writes other reports into the folder meanwhile has them made anew.
func TestReportsChange(t *testing.T) {
	made := 0
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.To = nil
		l.project.Departments[0].Delivery = catalog.Receiver{Attach: true}
		l.options.Reports = func(context.Context, uint64) (string, func() error, error) {
			if made++; made > 1 {
				l.write(12)
			}
			return l.reports, func() error { return nil }, nil
		}
	})
	if err := l.again(); err != nil {
		t.Fatal(err)
	}
	l.write(13)
	l.send()
	if n := len(l.mail.Letters()); n != 1 || made != 2 {
		t.Errorf("%d letters, reports made %d times: %s", n, made, l.log)
	}
}
