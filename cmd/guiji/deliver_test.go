package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"guiji/internal/testkit/listener"
	"guiji/internal/testkit/postoffice"
)

// bureau is a project made by guiji init, with a mail server and a place where robots'
// messages come in.
type bureau struct {
	*testing.T
	dir    string
	office *postoffice.Office
	web    *listener.Listener
	said   bytes.Buffer // all that commands printed
}

// The values of persons that no channel may carry.
func personalCanaries() []string {
	return []string{"371502198801010025", "朱雀玄武", "371502199909090099", "青龙白虎", "J371502-CANARY-1"}
}

func newBureau(t *testing.T) *bureau {
	b := &bureau{T: t, dir: filepath.Join(t.TempDir(), "p"), office: postoffice.Open(t, nil, false), web: listener.Open(t)}
	b.web.Say(`{"errcode":0,"code":0}`, 200)
	b.guiji(0, "init", b.dir)
	b.edit("guiji.yaml", "max_failure_rate: 10%", "max_failure_rate: 90%")
	b.add("drop/gongan/resident.csv", "6,371502198801010025,朱雀玄武,9,2026-01-05 08:00:00\n7,371502199909090099,青龙白虎,1,2026-01-05 08:00:00\n")
	b.add("drop/minzheng/marriage.csv", "J371502-CANARY-1,371502198801010025,朱雀玄武武,99\n")
	return b
}

// edit replaces a text of a file of the project; it must be there.
func (b *bureau) edit(name string, edits ...string) {
	b.Helper()
	path := filepath.Join(b.dir, name)
	body, err := os.ReadFile(path)
	s := string(body)
	for i := 0; i+1 < len(edits) && err == nil; i += 2 {
		if !strings.Contains(s, edits[i]) {
			b.Fatalf("%s does not say %q", name, edits[i])
		}
		s = strings.Replace(s, edits[i], edits[i+1], 1)
	}
	if err == nil {
		err = os.WriteFile(path, []byte(s), 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}

// configured turns delivery on, by every channel there is.
func (b *bureau) configured() {
	b.Helper()
	robot := `base: "` + b.web.URL + `"}`
	b.add("guiji.yaml", "\nmail: {server: \""+b.office.Address+"\", from: guiji@example.test, tls: off}\ndelivery:\n  link: https://reports.example.test/guiji\n"+
		"  to: [{mail: [bureau@example.test]}, {wecom: {token: \"${ROBOT_KEY}\", "+robot+"}]\n  hosts: [127.0.0.1]\n  remind: {before: 3, parent: 10}\n")
	b.edit("departments.yaml",
		"email: kxk@example.test}", "email: kxk@example.test}\n  delivery: {attach: true, to: [{dingtalk: {token: \"${ROBOT_KEY}\", secret: \"${ROBOT_SECRET}\", "+robot+"}, {webhook: {url: \""+b.web.URL+"/hook\", template: hook.tmpl}}]}",
		"email: bgs@example.test}", "email: bgs@example.test}\n  delivery: {attach: true, password: [{feishu: {token: \"${ROBOT_KEY}\", secret: \"${ROBOT_SECRET}\", "+robot+"}], to: [{mail: [bgs@example.test, other@example.test]}]}")
	b.add("hook.tmpl", `{"title": "{{.Subject}}", "text": "{{.Text}}"}`)
}

// add appends to a file of the project.
func (b *bureau) add(name, text string) {
	b.Helper()
	f, err := os.OpenFile(filepath.Join(b.dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	_, err = f.WriteString(text)
	if cerr := f.Close(); err != nil || cerr != nil {
		b.Fatal(err, cerr)
	}
}

func (b *bureau) command(args ...string) *exec.Cmd {
	if args[0] != "init" {
		args = append(args, "-C", b.dir)
	}
	cmd := exec.Command("guiji", append(args, "--lang", "zh")...)
	cmd.Env = append(os.Environ(), "ROBOT_KEY=c4nary-robot-key", "ROBOT_SECRET=c4nary-robot-secret")
	return cmd
}

// guiji runs the program, which has to end with a code, and returns what it printed.
func (b *bureau) guiji(code int, args ...string) string {
	b.Helper()
	cmd := b.command(args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &b.said
	err := cmd.Run()
	b.said.Write(out.Bytes())
	if got := cmd.ProcessState.ExitCode(); got != code {
		b.Fatalf("guiji %v: exit code %d, want %d (%v)\n%s", args, got, code, err, b.said.String())
	}
	return out.String()
}

// After a run with delivery on, what every channel got, what every command printed, the
// outbox and the audit chain hold no value of any record: only the encrypted
// attachments do, each of its own department.
func TestDeliverCanaries(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.configured()
	b.guiji(0, "catalog", "check")
	b.guiji(0, "run")
	b.guiji(0, "deliver", "--dry-run")
	b.guiji(0, "deliver", "status")
	b.guiji(0, "deliver", "--department", "gongan", "--again")
	password := regexp.MustCompile(`([A-Z2-9]{5}-){3}[A-Z2-9]{5}`).FindString(b.guiji(0, "deliver", "password", "gongan"))
	letters := b.office.Letters()
	if len(letters) != 5 || !strings.Contains(b.web.Heard(), "/hook") || strings.Count(b.web.Heard(), "/open-apis/") != 1 {
		t.Fatalf("%d letters\n%s\n%s", len(letters), b.web.Heard(), b.said.String())
	}
	var sent bytes.Buffer
	opened := 0
	for _, l := range letters {
		subject, body, _, files := l.Read(t)
		sent.WriteString(subject + body)
		sent.Write(l.Raw)
		for name, sealed := range files {
			if owner := strings.SplitN(name, "-", 2)[0]; l.To[0] != map[string]string{"gongan": "kxk@example.test", "minzheng": "bgs@example.test"}[owner] || len(l.To) != 1 {
				t.Errorf("%s went to %v", name, l.To)
			}
			sent.WriteString(name)
			sent.Write(sealed)
			if f, err := excelize.OpenReader(bytes.NewReader(sealed), excelize.Options{Password: password}); err == nil {
				opened++
				b.holds(f)
			}
		}
	}
	if opened != 1 {
		t.Errorf("the password opens %d attachments", opened)
	}
	b.nothing("what was sent", sent.String()+b.web.Heard(), append(personalCanaries(), password))
	b.nothing("what was printed", strings.ReplaceAll(b.said.String(), password, ""), append(personalCanaries(), "c4nary"))
	for _, dir := range []string{"lake/delivered", "state"} {
		err := filepath.WalkDir(filepath.Join(b.dir, dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			body, err := os.ReadFile(path)
			b.nothing(path, string(body)+e.Name(), append(personalCanaries(), password, "c4nary"))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// What was erased goes out with no attachment: not with one of a message that waits either,
// on a machine whose reports are of before.
func TestDeliverAfterErasure(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.configured()
	b.office.Refuse(451)
	b.guiji(0, "run")
	reports, old := filepath.Join(b.dir, "reports"), filepath.Join(t.TempDir(), "reports")
	if err := os.CopyFS(old, os.DirFS(reports)); err != nil {
		t.Fatal(err)
	}
	b.guiji(0, "erase", "--resource", "gongan/resident", "--key", "6", "--reason", "request 1")
	if err := errors.Join(os.RemoveAll(reports), os.CopyFS(reports, os.DirFS(old))); err != nil {
		t.Fatal(err)
	}
	b.office.Refuse(0)
	b.guiji(0, "deliver", "--release", "1", "--department", "gongan")
	letters := b.office.Letters()
	if len(letters) != 1 || letters[0].To[0] != "kxk@example.test" {
		t.Fatalf("%d letters\n%s", len(letters), b.said.String())
	}
	password := regexp.MustCompile(`([A-Z2-9]{5}-){3}[A-Z2-9]{5}`).FindString(b.guiji(0, "deliver", "password", "gongan"))
	_, _, _, files := letters[0].Read(t)
	for name, sealed := range files {
		if !strings.HasSuffix(name, ".xlsx") {
			continue
		}
		f, err := excelize.OpenReader(bytes.NewReader(sealed), excelize.Options{Password: password})
		if err != nil {
			t.Fatal(err)
		}
		b.holds(f)
		b.nothing(name, cells(t, f), []string{"371502198801010025", "朱雀玄武"})
	}
}

// holds looks for the values in an attachment that was opened: they are there for their
// owner.
func (b *bureau) holds(f *excelize.File) {
	b.Helper()
	if !strings.Contains(cells(b, f), "371502199909090099") {
		b.Error("the owner's own list has no value: nothing was looked for")
	}
}

// cells is all that a workbook says.
func cells(t testing.TB, f *excelize.File) string {
	t.Helper()
	var all strings.Builder
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			all.WriteString(strings.Join(r, " "))
		}
	}
	return all.String()
}

func (b *bureau) nothing(what, text string, canaries []string) {
	b.Helper()
	for _, c := range canaries {
		if c != "" && strings.Contains(text, c) {
			b.Errorf("%s holds %q", what, c)
		}
	}
}

// A release whose messages were never written, as somebody died, is told of by the
// daemon; a mail server that is down then is tried again, and by hand at once.
func TestDeliverByDaemon(t *testing.T) {
	t.Parallel()
	b := newBureau(t)
	b.guiji(0, "run")
	b.guiji(0, "erase", "--resource", "gongan/resident", "--key", "6", "--reason", "request 1") // a release of its own, which is no news
	b.guiji(2, "deliver")
	if len(b.office.Letters()) != 0 {
		t.Fatal("sent without delivery in guiji.yaml")
	}
	b.configured()
	b.office.Unknown("bgs@")
	cmd := b.command("schedule", "run")
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for end := time.Now().Add(30 * time.Second); len(b.office.Letters()) < 3; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			said, _ := os.ReadFile(log.Name())
			t.Fatalf("%d letters\n%s", len(b.office.Letters()), said)
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was told to end
	if s := b.guiji(0, "deliver", "status"); !strings.Contains(s, "失败，将重试") || !strings.Contains(s, "不接受该收件地址") || !strings.Contains(s, "minzheng: delivery.attach") {
		t.Error(s)
	}
	b.office.Unknown("")
	b.guiji(0, "deliver")
	if n := len(b.office.Letters()); n != 4 {
		t.Errorf("%d letters in the end", n)
	}
}
