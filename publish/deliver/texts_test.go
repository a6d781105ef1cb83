package deliver_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/publish/deliver"
)

// A project's own text takes the place of guiji's; what cannot be filled in is refused
// with its place, in branches too that are never taken.
func TestOwnTexts(t *testing.T) {
	for body, want := range map[string]string{
		"{{.Department}} 问题 {{.Problems}} 个\n详见 {{.Link}}{{range .Parts}}{{.Name}}{{end}}\n": "",
		"标题\n{{if .Never}}x{{end}}正文":                                           "report.tmpl:2: there is no field .Never",
		"标题\n正文{{if .Stale}}{{.Deprtment}}{{end}}":                              "report.tmpl:2: there is no field .Deprtment",
		"标题\n正文{{with $x := .Link}}{{$x.Foo}}{{end}}":                           "report.tmpl:2: there is no field .Foo",
		"标题\n{{range 1000000000000}}{{end}}正文":                                  "report.tmpl:2: range goes over .Parts",
		"标题\n{{define \"a\"}}{{template \"a\" .}}{{end}}{{template \"a\" .}}正文": "report.tmpl:2",
		"标题\n{{.Link":                  "report.tmpl:2",
		"标题":                           "first line",
		"\n\n":                         "first line",
		"{{.Department.Name}}\nx":      "report.tmpl:1",
		"标题\n{{printf \"%99999d\" 1}}": "64 KiB",
		"标题\n{{nosuch .Link}}":         "report.tmpl:2",
	} {
		l := newLab(t, nil)
		l.template("report.tmpl", body)
		err := errors.Join(deliver.Check(l.project)...)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", body, err)
		case want != "" && (err == nil || fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %s", body, err, want)
		}
		if _, err := deliver.New(l.options); (err == nil) != (want == "") {
			t.Errorf("%q: New says %v", body, err)
		}
	}
}

// template writes a template of the project's own.
func (l *lab) template(name, body string) {
	l.Helper()
	l.project.Config.Delivery.Templates = "texts"
	dir := filepath.Join(l.project.Dir, "texts")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		l.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
		l.Fatal(err)
	}
}

// A file no message has, one that leads out of the project, and one that is missing are
// refused.
func TestTextFiles(t *testing.T) {
	l := newLab(t, nil)
	l.template("reports.tmpl", "a\nb")
	if err := errors.Join(deliver.Check(l.project)...); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "reports.tmpl") {
		t.Error(err)
	}
	l = newLab(t, nil)
	l.template("x.txt", "")
	if err := os.Symlink("/etc/passwd", filepath.Join(l.project.Dir, "texts", "report.tmpl")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(deliver.Check(l.project)...); fault.KindOf(err) != fault.Config {
		t.Error(err)
	}
	l = newLab(t, nil)
	l.project.Config.Delivery.Templates = "not-there"
	if err := errors.Join(deliver.Check(l.project)...); fault.KindOf(err) != fault.Config {
		t.Error(err)
	}
	l = newLab(t, nil)
	l.project.Departments[0].Delivery.To = []catalog.Channel{{Webhook: &catalog.Webhook{URL: "http://127.0.0.1/", Template: "none.tmpl"}}}
	if err := errors.Join(deliver.Check(l.project)...); fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), "none.tmpl") {
		t.Error(err)
	}
}

// A webhook's template has to make JSON, whatever the fields hold.
func TestHookTexts(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"text": "{{.Text}}"}`:                         true,
		`{"n": {{.Problems}}, "at": "{{.Department}}"}`: true,
		`{"text": {{.Text}}}`:                           false,
		`{"text": "{{.Nothing}}"}`:                      false,
		`text={{.Text}}`:                                false,
		`{"a": "{{range .Parts}}{{.Name}},{{end}}"}`:    true,
	} {
		l := newLab(t, nil)
		if err := os.WriteFile(filepath.Join(l.project.Dir, "h.tmpl"), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		l.project.Departments[0].Delivery.To = []catalog.Channel{{Webhook: &catalog.Webhook{URL: "http://127.0.0.1/", Template: "h.tmpl"}}}
		if err := errors.Join(deliver.Check(l.project)...); (err == nil) != ok {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// Names with line ends make no headers, and a preview shows what would be sent and no
// secret.
func TestNamesAndPreview(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.options.Lang = text.EN
		d := &l.project.Departments[0]
		d.Name = "Bureau\r\nBcc: evil@example.test\r\n\r\nX" + strings.Repeat("长", 400)
		d.Delivery.Attach, d.Delivery.Password = true, []catalog.Channel{{DingTalk: l.robot("${KEY_DING}", "${SEC_DING}")}}
		l.project.Config.Delivery.To = nil
	})
	shown, err := l.Preview(t.Context(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{}, nil)
	if err != nil || len(shown) != 2 || len(l.mail.Letters())+len(l.web.Posts())+len(l.audited) > 0 {
		t.Fatal(len(shown), err)
	}
	if shown[0].Files[0] != "work-list.xlsx" || !strings.Contains(shown[1].Text, "*****") || strings.Contains(string(shown[1].Document), "t0ken") || strings.Contains(string(shown[1].Document), "sign") {
		t.Errorf("%+v", shown)
	}
	l.tell(12)
	got := l.mail.Letters()
	if len(got) != 1 {
		t.Fatal(l.log)
	}
	subject, _, header, _ := got[0].Read(t)
	if header.Get("Bcc") != "" || len(got[0].To) != 1 || strings.ContainsAny(subject, "\r\n") || len([]rune(subject)) > 250 {
		t.Errorf("%s %v", subject, header)
	}
	if subject != shown[0].Subject {
		t.Errorf("sent %s, shown %s", subject, shown[0].Subject)
	}
}
