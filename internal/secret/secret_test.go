package secret

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"guiji/internal/fault"
)

const canary = "canary-7f3a-hunter2"

type settings struct {
	User     string `json:"user" yaml:"user"`
	Password Secret `json:"password" yaml:"password"`
	More     map[string]Secret
	Ptr      *Secret
}

type document struct{ Password Secret }

func TestSecretNeverPrints(t *testing.T) {
	s := Secret(canary)
	v := settings{User: "reader", Password: s, More: map[string]Secret{"a": s}, Ptr: &s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%U"} {
		fmt.Fprintf(&out, verb+"\n", s)
		fmt.Fprintf(&out, verb+"\n", v)
		fmt.Fprintf(&out, verb+"\n", []Secret{s})
	}
	fmt.Fprintln(&out, s, v, &v, s.String(), s.GoString())
	for _, marshal := range []func(any) ([]byte, error){json.Marshal, yaml.Marshal} {
		b, err := marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	b, err := xml.Marshal(document{s})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(b)
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		l := slog.New(h)
		l.Info("sign in", "password", s, "settings", v, "group", slog.GroupValue(slog.Any("p", s)))
	}
	if strings.Contains(out.String(), canary) || strings.Contains(out.String(), fmt.Sprintf("%x", canary)) {
		t.Errorf("the secret is in the output:\n%s", out.String())
	}
	if s.Reveal() != canary {
		t.Error("Reveal does not reveal")
	}
}

func TestSecretReadsFromYAML(t *testing.T) {
	for in, want := range map[string]string{"password: abc": "abc", "password: 12345": "12345", "password: \"0012\"": "0012"} {
		var v settings
		if err := yaml.Unmarshal([]byte(in), &v); err != nil {
			t.Fatal(err)
		}
		if v.Password.Reveal() != want {
			t.Errorf("%s is read as something else", in)
		}
	}
}

func TestExpand(t *testing.T) {
	dir := t.TempDir()
	write := func(name, body string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("pw", canary+"\n")
	write("crlf", canary+"\r\n")
	write("empty", "\n")
	write("nested", "${GUIJI_TEST_SECRET}")
	t.Setenv("GUIJI_TEST_SECRET", canary)
	t.Setenv("GUIJI_TEST_EMPTY", "")
	good := map[string]string{
		"plain":                   "plain",
		"${GUIJI_TEST_SECRET}":    canary,
		"a${GUIJI_TEST_SECRET}b$": "a" + canary + "b$",
		"${file:pw}":              canary,
		"${file:crlf}":            canary,
		"${file:" + dir + "/pw}":  canary,
		"${file:nested}":          "${GUIJI_TEST_SECRET}",
		"$${GUIJI_TEST_SECRET}":   "${GUIJI_TEST_SECRET}",
		"$1 and {x}":              "$1 and {x}",
		"${file:pw}/${file:pw}":   canary + "/" + canary,
	}
	for in, want := range good {
		got, err := Expand(in, dir)
		if err != nil || got != want {
			t.Errorf("Expand(%q): wrong text or error %v", in, err)
		}
	}
	bad := map[string]string{
		"${GUIJI_TEST_MISSING}": "GUIJI_TEST_MISSING",
		"${GUIJI_TEST_EMPTY}":   "GUIJI_TEST_EMPTY",
		"${file:none}":          "none",
		"${file:empty}":         "empty",
		"${file:.}":             ".",
		"${GUIJI_TEST_SECRET":   "",
		"${}":                   "",
		"${A B}":                "",
		"${GUIJI_TEST_SECRET}${GUIJI_TEST_MISSING}": "GUIJI_TEST_MISSING",
	}
	for in, name := range bad {
		got, err := Expand(in, dir)
		if err == nil {
			t.Errorf("Expand(%q) is accepted", in)
			continue
		}
		if fault.KindOf(err) != fault.Config || !strings.Contains(err.Error(), name) {
			t.Errorf("Expand(%q) = %v, want a configuration error that names %q", in, err, name)
		}
		if got != "" || strings.Contains(err.Error(), canary) {
			t.Errorf("Expand(%q) tells a value", in)
		}
	}
}

func FuzzExpand(f *testing.F) {
	f.Add("a${B}c")
	f.Add("$${x}${file:y}")
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "file:") {
			return
		}
		out, err := Expand(s, t.TempDir())
		if err == nil && !strings.Contains(s, "${") && out != s {
			t.Errorf("%q changed to %q without a reference", s, out)
		}
	})
}
