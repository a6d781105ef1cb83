package catalog

import (
	"errors"
	"os"
	"strings"
	"testing"

	"guiji/internal/fault"
	"guiji/internal/text"
)

func TestLoadTellsWhatIsWrong(t *testing.T) {
	long := "name: " + strings.Repeat("a", maxDocument)
	cases := []struct {
		name  string
		files map[string]string
		want  []string // parts of the message in English
	}{
		{"unknown key", map[string]string{resident: "code: 1\nnane: x\n"}, []string{resident + `:2: unknown key "nane"; known here: code, name, version`, "  2 | nane: x\n      ^"}},
		{"several unknown keys", map[string]string{departmentsFile: "- {id: a, x: 1, y: 2}\n- {z: 3}\n"}, []string{`"x"`, `"y"`, `departments.yaml:2: unknown key "z"`}},
		{"unknown key within", map[string]string{resident: "share: {clas: 无条件}\n"}, []string{`:1: unknown key "clas"; known here: class, condition`}},
		{"unknown key in an item", map[string]string{resident: "items:\n  - {name: a, typ: D}\n"}, []string{`:2: unknown key "typ"`}},
		{"unknown key of a copy's term", map[string]string{elementsFile: "- {code: a, authority: [{itm: a/b.c}]}"}, []string{`elements.yaml:1: unknown key "itm"`}},
		{"not YAML", map[string]string{entitiesFile: "- {id: person\n"}, []string{"entities.yaml:"}},
		{"text for a list", map[string]string{resident: "category: 基础\n"}, []string{":1: a list belongs here"}},
		{"list for a text", map[string]string{resident: "name: [a]\n"}, []string{":1: a text belongs here"}},
		{"text for a number", map[string]string{resident: "version: one\n"}, []string{":1: a whole number belongs here"}},
		{"text for a map", map[string]string{resident: "share: 无条件\n"}, []string{":1: keys with values belong here"}},
		{"map for a list", map[string]string{resident: "items: {a: 1}\n"}, []string{":1: a list belongs here"}},
		{"text for a yes", map[string]string{resident: "source: {delete_detection: maybe}\n"}, []string{":1: true or false belongs here"}},
		{"a type", map[string]string{resident: "items:\n  - {name: a, type: C(x)}\n"}, []string{`:2: type "C(x)" is none`}},
		{"a status", map[string]string{resident: "status: publishd\n"}, []string{`:1: "publishd" is not one of draft, submitted`}},
		{"a privacy", map[string]string{resident: "items: [{name: a, privacy: secret}]\n"}, []string{`"secret" is not one of direct, quasi, sensitive`}},
		{"a role", map[string]string{resident: "items: [{name: a, role: master}]\n"}, []string{`"master" is not one of copy`}},
		{"a rate", map[string]string{resident: "gate: {max_failure_rate: 120%}\n"}, []string{`"120%" is no share`}},
		{"a bare number as a rate", map[string]string{resident: "gate: {max_failure_rate: 5}\n"}, []string{`"5" is no share: write 5% or 0.05`}},
		{"a keep rule", map[string]string{resident: "vote: newest(a)\n"}, []string{`"newest(a)" is no rule`}},
		{"a check with two names", map[string]string{resident: "checks: [{unique: [a], range: {min: 1}}]\n"}, []string{`"range" beside check "unique"`}},
		{"a check without a name", map[string]string{resident: "checks: [{title: x}]\n"}, []string{"write a check's name"}},
		{"a check's severity", map[string]string{resident: "checks: [{unique: [a], severity: fatal}]\n"}, []string{`"fatal" is not one of error, warning`}},
		{"a check's on_fail", map[string]string{resident: "checks: [{unique: [a], on_fail: stop}]\n"}, []string{`"stop" is not one of warn, quarantine, block`}},
		{"a step with two names", map[string]string{resident: "items: [{name: a, standardize: [{trim: a, upper: b}]}]\n"}, []string{"write a step's name"}},
		{"an authority", map[string]string{elementsFile: "- {code: a, authority: {item: a/b.c}}"}, []string{"write department/resource.item, or a list"}},
		{"a connection without connector", map[string]string{configFile: "connections:\n  a: {address: b}\n"}, []string{"guiji.yaml:2: the connection names no connector"}},
		{"an anchor", map[string]string{entitiesFile: "- &a {id: person}\n- *a\n"}, []string{"entities.yaml:1: anchors, aliases"}},
		{"a merge key", map[string]string{resident: "share:\n  <<: {class: x}\n"}, []string{resident + ":"}},
		{"a tag", map[string]string{resident: "name: !!str 1\n"}, []string{"anchors, aliases"}},
		{"a key twice", map[string]string{resident: "name: a\nname: b\n"}, []string{resident + ":"}},
		{"two documents", map[string]string{resident: "name: a\n---\nname: b\n"}, []string{"no second after ---"}},
		{"too large", map[string]string{entitiesFile: long}, []string{"entities.yaml is larger than 4 MiB"}},
		{"a stray entry", map[string]string{"catalog/resident.yaml": "name: a\n"}, []string{"catalog/resident.yaml is not read there"}},
		{"another ending", map[string]string{"catalog/gongan/x.yml": "name: a\n"}, []string{"catalog/gongan/x.yml is not read there"}},
		{"a deep entry", map[string]string{"catalog/gongan/a/b.yaml": "name: a\n"}, []string{"catalog/gongan/a/b.yaml is not read there"}},
		{"a stray table", map[string]string{"codes/a.xlsx": "x"}, []string{"codes/a.xlsx is not read there"}},
		{"codes without a head", map[string]string{"codes/a.csv": "1,男\n"}, []string{`codes/a.csv: column "1" is unknown`}},
		{"codes without code", map[string]string{"codes/a.csv": "name\n男\n"}, []string{"codes/a.csv: the first row must name the columns"}},
		{"an empty table of codes", map[string]string{"codes/a.csv": "\n"}, []string{"codes/a.csv: the first row must name the columns"}},
		{"a code missing", map[string]string{"codes/a.csv": "code,name\n1,男\n,女\n"}, []string{"codes/a.csv:3: the code is empty"}},
		{"dates of a code", map[string]string{"codes/a.csv": "code,valid_from\n1,2020\n"}, []string{"codes/a.csv:2: valid_from"}},
		{"a short row of codes", map[string]string{"codes/a.csv": "code,name\n1\n"}, []string{"codes/a.csv:2 is no valid CSV"}},
		{"no project", map[string]string{configFile: ""}, []string{"guiji.yaml is missing", "guiji init"}},
		{"all files at once", map[string]string{departmentsFile: "a", entitiesFile: "b", resident: "c: d", "codes/a.csv": "e"},
			[]string{"departments.yaml:1", "entities.yaml:1", resident + ":1", "codes/a.csv"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, errs := load(tree(c.files), "dir")
			err := errors.Join(errs...)
			if err == nil || fault.KindOf(err) != fault.Config {
				t.Fatalf("error is %v, want one of configuration", err)
			}
			for _, want := range c.want {
				if m := fault.Message(text.EN, err); !strings.Contains(m, want) {
					t.Errorf("message lacks %q:\n%s", want, m)
				}
			}
			for _, lang := range []text.Lang{text.EN, text.ZH} {
				if m := fault.Message(lang, err); strings.Contains(m, "%!") {
					t.Errorf("message in %s is not whole:\n%s", lang, m)
				}
			}
		})
	}
}

// What is wrong in guiji.yaml is told without its values: they may be secrets
// that someone wrote down, under a key that is misspelt.
func TestLoadNeverQuotesSecrets(t *testing.T) {
	const canary = "canary-7f3a"
	for _, body := range []string{
		"store_auth: {secret_ky: " + canary + "}\n",
		"store_auth:\n  secret_key: [" + canary + "]\n",
		"store_auth: " + canary + "\n",
		"pasword: " + canary + "\n",
		"connections:\n  a: {connector: [x], password: " + canary + "}\n",
		"connections:\n  a: {password: " + canary + "}\n",
		"connections:\n  a: " + canary + "\n",
		"connections:\n  a: {connector: mysql, password: \"" + canary + "}\n",
		"defaults: {parts: " + canary + "}\n",
		"password:\n  " + canary + ":\n x\n",
		"store_auth: {secret_key: &a " + canary + "}\n",
	} {
		_, errs := load(tree(map[string]string{configFile: body}), "dir")
		if len(errs) == 0 {
			t.Errorf("accepted: %s", strings.ReplaceAll(body, canary, "…"))
		}
		if m := fault.Message(text.EN, errors.Join(errs...)); strings.Contains(m, canary) {
			t.Errorf("the secret is in the message:\n%s", m)
		}
	}
	p, errs := load(tree(map[string]string{configFile: "connections:\n  a: {connector: mysql, adress: x, pasword: " + canary + "}\n"}), "dir")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	err := p.Config.Connections["a"].Decode(&mysqlSettings{}, true)
	if err == nil || !strings.Contains(err.Error(), `"pasword"`) || strings.Contains(err.Error(), canary) {
		t.Errorf("settings with unknown keys give %v", err)
	}
}

func TestNumbersAreDecimal(t *testing.T) {
	p, errs := load(tree(map[string]string{resident: "version: 010\n"}), "dir")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := p.Resource("gongan/resident").Version; got != 10 {
		t.Errorf("version: 010 is %d, want 10", got)
	}
}

// Scalars stay as written: YAML would make 258 of 0402 and 1.1 of 1.10.
func TestScalarsStayAsWritten(t *testing.T) {
	p, errs := load(tree(map[string]string{departmentsFile: "- {id: 007, name: 1.10, code: 0x1F, parent: 1_000, contact: {name_of_office: True, phone: 06358430001, email: 12345678901234567890}}\n"}), "dir")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	d := p.Departments[0]
	if got, want := []string{d.ID, d.Name, d.Code, d.Parent, d.Contact.Office, d.Contact.Phone, d.Contact.Email},
		[]string{"007", "1.10", "0x1F", "1_000", "True", "06358430001", "12345678901234567890"}; strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoadReadsADirectory(t *testing.T) {
	dir := t.TempDir()
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("an empty folder gives %v", err)
	}
	if err := os.WriteFile(dir+"/guiji.yaml", []byte("name: a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := Load(dir)
	if err != nil || p.Dir != dir || p.Config.Name != "a" || p.Config.Store != DefaultConfig().Store {
		t.Errorf("the smallest project gives %+v, %v", p, err)
	}
}
