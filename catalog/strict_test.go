package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/internal/secret"
)

// limits is shared by settings, as connectors write it.
type limits struct {
	MaxRows int `yaml:"max_rows"`
}

type inlined struct {
	Host    string            `yaml:"host"`
	Limits  limits            `yaml:",inline"`
	Wait    time.Duration     `yaml:"wait"`
	Token   secret.Secret     `yaml:"token"`
	Headers map[string]string `yaml:"headers"`
	Nested  *limits           `yaml:"nested"`
	Ratio   float64           `yaml:"ratio"`
	Bare    string
	hidden  string
	Skipped string `yaml:"-"`
}

func settings(t *testing.T, dir, body string) Connection {
	t.Helper()
	p, errs := load(tree(map[string]string{configFile: "name: a\nconnections:\n  c:\n    connector: x\n" + body}), dir)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return p.Config.Connections["c"]
}

func TestSettingsOfEveryForm(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pw"), []byte("a: {b}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GUIJI_TEST_ROWS", "42")
	c := settings(t, dir, `    host: |-
      ${file:pw}
    max_rows: ${GUIJI_TEST_ROWS}
    wait: 90s
    token: ${file:pw}
    headers: {any: "${GUIJI_TEST_ROWS}", Key: x}
    nested: {max_rows: 7}
    ratio: 1.50
    bare: 0402
`)
	var s inlined
	if err := c.Decode(&s, true); err != nil {
		t.Fatal(err)
	}
	// a secret that looks like YAML stays a text
	if s.Host != "a: {b}" || s.Token.Reveal() != "a: {b}" || s.Limits.MaxRows != 42 || s.Wait != 90*time.Second ||
		s.Headers["any"] != "42" || s.Headers["Key"] != "x" || s.Nested.MaxRows != 7 || s.Ratio != 1.5 || s.Bare != "0402" || s.hidden != "" {
		t.Errorf("settings are %+v", s)
	}
}

func TestSettingsAreStrict(t *testing.T) {
	cases := map[string][]string{
		"    hostt: a\n    nested: {rows: 1}\n":          {`guiji.yaml:5: unknown key "hostt"; known here: host, max_rows, wait`, `guiji.yaml:6: unknown key "rows"; known here: max_rows`},
		"    hidden: a\n":                                {`"hidden"`},
		"    Skipped: a\n":                               {`"Skipped"`},
		"    ratio: much\n":                              {"guiji.yaml:5: a number belongs here"},
		"    wait: soon\n":                               {"guiji.yaml"},
		"    headers: [a]\n":                             {"guiji.yaml:5: keys with values belong here"},
		"    nested: {max_rows: 99999999999999999999}\n": {"guiji.yaml:5"},
		"    host: ${file:gone}\n":                       {"connection c", "gone"},
		"    host: ${GUIJI_TEST_GONE}\n":                 {"connection c", "GUIJI_TEST_GONE"},
	}
	for body, want := range cases {
		err := settings(t, t.TempDir(), body).Decode(&inlined{}, true)
		if err == nil || fault.KindOf(err) != fault.Config {
			t.Errorf("%s gives %v", body, err)
			continue
		}
		for _, w := range want {
			if m := fault.Message("en", err); !strings.Contains(m, w) {
				t.Errorf("%s: message lacks %q:\n%s", body, w, m)
			}
		}
	}
	if err := (Connection{}).Decode(&inlined{}, true); err == nil {
		t.Error("a connection that was not loaded decodes")
	}
}
