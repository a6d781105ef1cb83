package catalog

import (
	"errors"
	"testing"

	"github.com/goccy/go-yaml"

	"guiji/internal/fault"
	"guiji/internal/text"
)

func FuzzParseType(f *testing.F) {
	for _, s := range []string{"C(18)", "C", "N(12,2)", "N(20)", "D", "T", "Y", "F", "B", "C(", "N(5,)", "C()"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseType(s)
		if err != nil {
			return
		}
		again, err := ParseType(got.String())
		if err != nil || again != got {
			t.Errorf("%q is %+v, which is written %q and read as %+v, %v", s, got, got, again, err)
		}
		if got.Arrow() == nil {
			t.Errorf("%q has no Arrow type", s)
		}
	})
}

func FuzzParseKeepRule(f *testing.F) {
	for _, s := range []string{"first", "latest(a)", "earliest( b )", "latest()", "first()", "latest(a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := ParseKeepRule(s)
		if !ok {
			return
		}
		if again, ok := ParseKeepRule(got.String()); !ok || again != got {
			t.Errorf("%q is %+v, read again as %+v, %v", s, got, again, ok)
		}
		if (got.Item == "") != (got.Fn == "first") {
			t.Errorf("%q is %+v", s, got)
		}
	})
}

func FuzzParseRate(f *testing.F) {
	for _, s := range []string{"5%", "0.05", "NaN", "-1%", "1e-3", "100%", "inf"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, ok := ParseRate(s); ok && !(r >= 0 && r <= 1) {
			t.Errorf("%q is %v", s, float64(r))
		}
	})
}

func FuzzCheckSpec(f *testing.F) {
	for _, s := range []string{"not_null", "{length: {min: 2}}", "{unique: [a, b], severity: warning}", "{sql: x, title: ~}", "{title: a}", "[a]", "{in_codes: }", "{? a : b}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := parseDocument("check.yaml", []byte(s))
		if err != nil || d.body == nil {
			return
		}
		var spec CheckSpec
		if err := d.decode(d.body, &spec); err != nil {
			return
		}
		if spec.Severity != "error" && spec.Severity != "warning" {
			t.Errorf("%q has severity %q", s, spec.Severity)
		}
		for _, into := range []any{new(string), new([]string), new(map[string]string), &struct {
			Min int `yaml:"min"`
		}{}} {
			_ = spec.Decode(into) // any of them may refuse, none may panic
		}
		var step StepSpec
		_ = d.decode(d.body, &step)
	})
}

// Whatever the files hold, a project or a list of errors comes back, and a project
// can be judged.
func FuzzLoad(f *testing.F) {
	for name := range project {
		f.Add(name, project[name])
	}
	f.Add(resident, "items: [{name: &a x}]")
	f.Add(elementsFile, "- {authority: [[]]}")
	f.Add(departmentsFile, "- {id: a, parent: b}\n- {id: b, parent: a}\n- {id: c, parent: a}")
	f.Add(entitiesFile, "? [a]\n: b")
	f.Add(elementsFile, "- {code: DE0002, replaces: ['', DE0001, DE0002], survivorship: list, domain: {min: x, pattern: '('}, fallback: [a/b.c, a/b.c]}\n- {code: a, replaces: [DE0002]}")
	f.Add(authorisationsFile, authorised)
	f.Add(authorisationsFile, "- {}\n- {resource: gongan/resident, items: [{}, {name: id}]}")
	f.Fuzz(func(t *testing.T, name, body string) {
		if _, ok := project[name]; !ok && name != authorisationsFile || body == "" {
			return
		}
		p, errs := load(tree(map[string]string{name: body}), "dir")
		if len(errs) > 0 {
			_ = fault.Message(text.ZH, errors.Join(errs...))
			for _, err := range errs {
				if fault.KindOf(err) != fault.Config {
					t.Errorf("an error of another kind: %v", err)
				}
			}
			return
		}
		for _, v := range p.Check(when) {
			_ = v.Message(text.ZH)
		}
		p.CollectOnce(when)
		p.Authorise("2026-11-22")
		p.CleanUps(when, "")
		p.Register(when)
		p.Check(when)
		for _, c := range p.Config.Connections {
			_ = c.Decode(&mysqlSettings{}, false)
		}
	})
}

func FuzzBasisKinds(f *testing.F) {
	f.Add("《中华人民共和国居民身份证法》第十九条")
	f.Add("《》（")
	f.Fuzz(func(_ *testing.T, s string) { BasisKinds(s) })
}

// A written type survives a round trip through YAML.
func TestWrittenFormsRoundTrip(t *testing.T) {
	type all struct {
		T Type     `yaml:"t"`
		R Rate     `yaml:"r"`
		K KeepRule `yaml:"k"`
	}
	want := all{Type{Kind: Number, Precision: 12, Scale: 2}, 0.05, KeepRule{"latest", "updated_at"}}
	b, err := yaml.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got all
	if err := yaml.Unmarshal(b, &got); err != nil || got != want {
		t.Errorf("%s is read as %+v, %v", b, got, err)
	}
}
