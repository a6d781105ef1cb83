package deliver_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/publish/deliver"
)

// attaching is a lab in which gongan gets its work list.
func attaching(t *testing.T, password ...catalog.Channel) *lab {
	return newLab(t, func(l *lab) {
		l.project.Config.Delivery.To = nil
		l.project.Departments[0].Delivery.Attach, l.project.Departments[0].Delivery.Password = true, password
	})
}

// The work list goes to its owner's own address alone, encrypted, and the audit chain
// has it before; its password is shown once.
func TestAttachment(t *testing.T) {
	l := attaching(t)
	if _, err := l.Add(t.Context(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := l.Password(t.Context(), "gongan", 0); fault.KindOf(err) != fault.Config {
		t.Error("a password is shown before anything was sent", err)
	}
	l.send()
	got := l.mail.Letters()
	if len(got) != 1 || got[0].To[0] != "gongan@example.test" { // once, though to names the same address
		t.Fatalf("%d letters: %s", len(got), l.log)
	}
	_, body, _, files := got[0].Read(t)
	sealed := files["gongan-v12-work-list.xlsx"]
	if len(files) != 1 || sealed == nil || !strings.Contains(body, "加密附件") {
		t.Fatalf("%d files: %s", len(files), body)
	}
	if len(l.audited) != 1 || l.audited[0] != "deliver gongan release 12: work-list.xlsx " {
		t.Error(l.audited)
	}
	m, password, err := l.Password(t.Context(), "gongan", 0)
	if err != nil || m.Release != 12 || !regexp.MustCompile(`^([A-Z2-9]{5}-){3}[A-Z2-9]{5}$`).MatchString(password) {
		t.Fatal(m.Release, err)
	}
	if l.opens(sealed, password) != canary || l.opens(sealed, password[1:]) == canary || l.opens(sealed, "") == canary {
		t.Error("the password does not do what it is for")
	}
	if len(l.audited) != 2 || !strings.HasPrefix(l.audited[1], "deliver.password gongan") {
		t.Error(l.audited)
	}
	if _, _, err := l.Password(t.Context(), "gongan", 0); fault.KindOf(err) != fault.Config {
		t.Error("a password is shown twice", err)
	}
	for _, hidden := range []string{canary, password} {
		if bytes.Contains(got[0].Raw, []byte(hidden)) || strings.Contains(l.log.String(), hidden) {
			t.Error("the letter or the log holds what it must not")
		}
	}
	l.nowhere(canary, password)
}

// opens is the first cell of an encrypted book, "" where the password does not open it.
func (l *lab) opens(sealed []byte, password string) string {
	l.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(sealed), excelize.Options{Password: password})
	if err != nil {
		return ""
	}
	defer f.Close()
	v, err := f.GetCellValue("Sheet1", "A1")
	if err != nil {
		return ""
	}
	return v
}

// nowhere looks for texts in the store and in the folder of passwords.
func (l *lab) nowhere(texts ...string) {
	l.Helper()
	for o, err := range l.options.Objects.List(l.Context(), "") {
		if err != nil {
			l.Fatal(err)
		}
		body, _, err := l.options.Objects.Get(l.Context(), o.Key)
		if err != nil {
			l.Fatal(err)
		}
		var b bytes.Buffer
		_, err = b.ReadFrom(body)
		_ = body.Close()
		for _, x := range texts {
			if err != nil || strings.Contains(b.String(), x) || strings.Contains(o.Key, x) {
				l.Errorf("%s holds what it must not (%v)", o.Key, err)
			}
		}
	}
	err := filepath.WalkDir(l.options.Passwords, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			l.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		l.Fatal(err)
	}
}

// With a channel of its own the password goes there after the attachment has gone, in a
// message of its own, and is kept no longer.
func TestPasswordByAnotherWay(t *testing.T) {
	l := attaching(t, catalog.Channel{Mail: []string{"duty@example.test"}})
	l.mail.Unknown("gongan@")
	l.tell(12)
	if n := len(l.mail.Letters()); n != 0 {
		t.Fatalf("the password went before the attachment: %d letters", n)
	}
	l.mail.Unknown("")
	l.now = l.now.Add(time.Hour)
	l.send()
	got := l.mail.Letters()
	if len(got) != 2 {
		t.Fatalf("%d letters: %s", len(got), l.log)
	}
	_, body, _, files := got[0].Read(t)
	_, told, _, none := got[1].Read(t)
	password := regexp.MustCompile(`([A-Z2-9]{5}-){3}[A-Z2-9]{5}`).FindString(told)
	if got[1].To[0] != "duty@example.test" || len(none) > 0 || password == "" || strings.Contains(body, password) {
		t.Errorf("%v: %s", got[1].To, told)
	}
	if l.opens(files["gongan-v12-work-list.xlsx"], password) != canary {
		t.Error("the password does not open the attachment")
	}
	if strings.Contains(l.log.String(), password) {
		t.Error("the log holds the password")
	}
	l.nowhere(canary, password)
}

// Where an owner's address was mended, the attachment goes there and its password after it.
func TestMendedOwner(t *testing.T) {
	l := attaching(t, catalog.Channel{Mail: []string{"duty@example.test"}})
	l.mail.Unknown("gongan@")
	l.tell(12)
	l.mail.Unknown("")
	l.project.Departments[0].Contact.Email, l.project.Departments[0].Delivery.To = "owner@example.test", nil
	l.Deliverer = l.open("lab/1")
	for range 3 {
		l.now = l.now.Add(24 * time.Hour)
		l.send()
	}
	got := l.mail.Letters()
	if len(got) != 2 || got[0].To[0] != "owner@example.test" || got[1].To[0] != "duty@example.test" || l.state(first).State != deliver.Sent {
		t.Fatalf("%d letters: %s", len(got), l.log)
	}
	_, _, _, files := got[0].Read(t)
	_, told, _, _ := got[1].Read(t)
	if l.opens(files["gongan-v12-work-list.xlsx"], regexp.MustCompile(`([A-Z2-9]{5}-){3}[A-Z2-9]{5}`).FindString(told)) != canary {
		t.Error("the password does not open the attachment")
	}
}

// Another machine does not know the password of what the first one sent: it sends the
// attachment anew, with a password of its own.
func TestPasswordOfAnotherMachine(t *testing.T) {
	l := attaching(t, catalog.Channel{WeCom: nil, Mail: []string{"duty@example.test"}})
	l.mail.Unknown("duty@")
	l.tell(12)
	l.mail.Unknown("")
	l.options.Passwords = filepath.Join(t.TempDir(), "passwords")
	other := l.open("other/2")
	for range 3 {
		l.now = l.now.Add(time.Hour)
		if err := other.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	got := l.mail.Letters()
	if len(got) != 3 || l.state(first).State != deliver.Sent {
		t.Fatalf("%d letters: %s", len(got), l.log)
	}
	_, told, _, _ := got[2].Read(t)
	_, _, _, files := got[1].Read(t)
	if l.opens(files["gongan-v12-work-list.xlsx"], regexp.MustCompile(`([A-Z2-9]{5}-){3}[A-Z2-9]{5}`).FindString(told)) != canary {
		t.Error("the password is not of the attachment that was sent last")
	}
}

// What is larger than mail may carry is not attached: the message says so and has the
// link.
func TestTooLarge(t *testing.T) {
	l := attaching(t)
	l.project.Config.Delivery.MaxAttach = 1
	if err := os.WriteFile(filepath.Join(l.reports, "gongan", "work-list.xlsx"), make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	l.tell(12)
	got := l.mail.Letters()
	if len(got) != 1 {
		t.Fatalf("%d letters: %s", len(got), l.log)
	}
	if _, body, _, files := got[0].Read(t); len(files) > 0 || !strings.Contains(body, "超过邮件附件限制") || !strings.Contains(body, "https://") {
		t.Errorf("%s", body)
	}
	if len(l.audited) > 0 {
		t.Error(l.audited)
	}
}

// A large file is encrypted whole: office formats' containers change their form at 6.9 MB.
func TestLargeAttachment(t *testing.T) {
	l := attaching(t)
	plain := bytes.Repeat([]byte("0123456789abcdef-guiji-"), 340_000) // 7.8 MB
	if err := os.WriteFile(filepath.Join(l.reports, "gongan", "work-list.xlsx"), plain, 0o600); err != nil {
		t.Fatal(err)
	}
	l.tell(12)
	got := l.mail.Letters()
	if len(got) != 1 {
		t.Fatalf("%d letters: %s", len(got), l.log)
	}
	_, _, _, files := got[0].Read(t)
	_, password, err := l.Password(t.Context(), "gongan", 12)
	if err != nil {
		t.Fatal(err)
	}
	back, err := excelize.Decrypt(files["gongan-v12-work-list.xlsx"], &excelize.Options{Password: password})
	if err != nil || !bytes.HasPrefix(back, plain) {
		t.Errorf("%d bytes came back of %d: %v", len(back), len(plain), err)
	}
}
