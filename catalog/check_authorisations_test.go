package catalog

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

const authorised = `- id: SQ2026-01
  reason: 紧急
  approver: 区政府办公室
  document: 东昌政办字〔2026〕18号
  resource: gongan/resident
  items:
    - {name: contact, label: 紧急联系人电话, column: jjlxr, type: C(20)}
    - {name: stay, label: 集中安置点, type: C(50), privacy: quasi}
  expires: 2026-12-31
`

// authorising is the small project with an authorisation, edited.
func authorising(t *testing.T, edits ...string) map[string]string {
	t.Helper()
	body := authorised
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(body, edits[i]) {
			t.Fatalf("the authorisation does not hold %q", edits[i])
		}
		body = strings.Replace(body, edits[i], edits[i+1], 1)
	}
	changes := full(t, "")
	changes[authorisationsFile] = body
	return changes
}

func TestAuthorisationsAreJudged(t *testing.T) {
	for _, c := range []struct {
		edits    []string
		key      text.Key // "" is accepted
		line     string
		severity Severity
	}{
		{nil, "", "", ""},
		{[]string{"紧急\n", "特殊业务\n"}, "", "", ""},
		{[]string{"2026-12-31", "2026-11-22"}, "", "", ""},
		{[]string{"2026-12-31", "2026-11-21"}, "over", "9", Warning},
		{[]string{"2026-12-31", "明年"}, "expires", "9", Error},
		{[]string{"  expires: 2026-12-31\n", ""}, "expires", "1", Error},
		{[]string{"id: SQ2026-01", "id: ''"}, "id", "1", Error},
		{[]string{"- id: SQ2026-01\n  reason: 紧急", "- {id: SQ2026-01, reason: 紧急, approver: x, document: x, resource: minzheng/household, items: [{name: x, label: x, type: D}], expires: 2026-12-31}\n- id: SQ2026-01\n  reason: 紧急"}, "id", "2", Error},
		{[]string{"  approver: 区政府办公室\n", ""}, "missing", "1", Error},
		{[]string{"  document: 东昌政办字〔2026〕18号\n", ""}, "missing", "1", Error},
		{[]string{"  reason: 紧急\n", ""}, "missing", "1", Error},
		{[]string{"gongan/resident", "gongan/visitor"}, "resource", "5", Error},
		{[]string{"name: contact", "name: 联系人"}, "name", "7", Error},
		{[]string{"name: contact", "name: contact_raw"}, "name", "7", Error},
		{[]string{"name: contact", "name: rowid"}, "name", "7", Error},
		{[]string{"name: stay", "name: Contact"}, "name", "8", Error},
		{[]string{"label: 紧急联系人电话, ", ""}, "label", "7", Error},
		{[]string{", type: C(20)", ""}, "type", "7", Error},
		{[]string{"column: jjlxr", "column: XM"}, "inside", "7", Error},
		{[]string{"name: contact", "name: NAME"}, "inside", "7", Error},
		{[]string{"label: 集中安置点", "label: 姓名"}, "element", "8", Error},
		{[]string{"label: 集中安置点", "label: 姓　名"}, "element", "8", Error},
	} {
		_, vs := checked(t, authorising(t, c.edits...))
		vs = slices.DeleteFunc(vs, func(v Violation) bool { return v.Severity == Note })
		switch {
		case c.key == "" && len(vs) > 0, c.key != "" && len(vs) != 1:
			t.Errorf("%v: %s", c.edits, describe(vs))
		case c.key != "" && (vs[0].Key != "catalog.check.authorisation."+c.key || vs[0].At.String() != authorisationsFile+":"+c.line || vs[0].Severity != c.severity || vs[0].Basis != article+"第十七条第一款"):
			t.Errorf("%v: want %s at line %s, have %s", c.edits, c.key, c.line, describe(vs))
		}
	}
}

// What two authorisations of one resource name is named once.
func TestTwoAuthorisationsOfOneColumn(t *testing.T) {
	_, vs := checked(t, authorising(t, "- id", "- {id: SQ2026-00, reason: 特殊业务, approver: 区政府办公室, document: x, resource: gongan/resident, items: [{name: CONTACT, label: 电话, column: x, type: D}], expires: 2026-12-31}\n- id"))
	if len(vs) != 2 || vs[0].Key != "catalog.check.authorisation.name" || vs[0].At.Line != 8 {
		t.Error(describe(vs))
	}
}

// Until the last day the columns are items of their resource, kept out of everything
// but raw; on the next they are gone. The entry is judged as written either way.
func TestAuthorise(t *testing.T) {
	for today, want := range map[string]string{"2026-12-31": "contact jjlxr direct, stay stay quasi", "2027-01-01": ""} {
		p, _ := checked(t, authorising(t))
		p.Authorise(today)
		var got []string
		for _, it := range p.Resource("gongan/resident").Items[3:] {
			got = append(got, it.Name+" "+it.Column+" "+string(it.Privacy))
			if it.Role != RoleTemporary || !it.RawOnly() || it.Unfit != UnfitCell || it.LegalBasis == "" {
				t.Errorf("added as %+v", it)
			}
		}
		if have := strings.Join(got, ", "); have != want {
			t.Errorf("on %s reads %q, want %q", today, have, want)
		}
		if vs := p.Check(when); len(vs) != 1 || vs[0].Severity != Note {
			t.Errorf("the entry with what is authorised: %s", describe(vs))
		}
		if got := p.CollectOnce(when); len(got) != 0 {
			t.Errorf("refused: %+v", got)
		}
	}
}

// An element's other names are its names.
func TestAnAuthorisationOfAnAlias(t *testing.T) {
	changes := authorising(t, "label: 集中安置点", "label: 人员姓名")
	changes[elementsFile] = strings.Replace(project[elementsFile], "  entity: person\n", "  entity: person\n  aliases: [人员姓名]\n", 1)
	_, vs := checked(t, changes)
	if !slices.ContainsFunc(vs, func(v Violation) bool {
		return v.Key == "catalog.check.authorisation.element" && v.At.Line == 8 && v.Severity == Error
	}) {
		t.Error(describe(vs))
	}
}

// An authorisation never lifts a refusal: the refused item's column is in the catalogue.
func TestAnAuthorisationLiftsNoRefusal(t *testing.T) {
	changes := authorising(t, "gongan/resident", "minzheng/household", "column: jjlxr", "column: head_name")
	changes[household] = strings.Replace(second, "role: copy, ", "", 1)
	p, vs := checked(t, changes)
	if !slices.ContainsFunc(vs, func(v Violation) bool { return v.Key == "catalog.check.authorisation.inside" && v.Severity == Error }) {
		t.Error(describe(vs))
	}
	p.Authorise("2026-11-22")
	if got := p.CollectOnce(when); len(got) != 2 || got[0].Item != "head_name" || got[1].Item != "contact" {
		t.Errorf("refused: %+v", got)
	}
}

// No entry can call an item temporary by itself, and nothing an entry rests on may be one.
func TestTemporaryIsNoRoleToWrite(t *testing.T) {
	changes := full(t, household, "role: copy", "role: temporary")
	if _, errs := load(tree(changes), "dir"); len(errs) != 1 || !strings.Contains(errors.Join(errs...).Error(), "is not one of copy") {
		t.Errorf("loads with %v", errs)
	}
	changes = authorising(t)
	changes[resident] = strings.Replace(project[resident], "by: [citizen_id]", "by: [contact]", 1)
	p, _ := checked(t, changes)
	p.Authorise("2026-11-22")
	if vs := p.Check(when); !slices.ContainsFunc(vs, func(v Violation) bool { return v.Key == "catalog.check.item.none" }) {
		t.Error(describe(vs))
	}
}

func TestDecisionsAreReadStrictly(t *testing.T) {
	for file, want := range map[string]string{
		"decisions/authorizations.yaml": "is not read there", "decisions/2026/authorisations.yaml": "is not read there", "decisions/notes.txt": "is not read there",
		"decisions/README.md": "", "decisions/.draft.yaml": "",
	} {
		_, errs := load(tree(map[string]string{file: "[]\n"}), "dir")
		if got := errors.Join(errs...); want == "" && got != nil || want != "" && (got == nil || !strings.Contains(got.Error(), file+" "+want)) {
			t.Errorf("%s gives %v", file, got)
		}
	}
	for _, c := range []struct{ old, new, want string }{
		{"reason: 紧急", "reason: 方便", `:2: "方便" is not one of 特殊业务, 紧急`},
		{"expires", "expire", `:9: unknown key "expire"`},
		{"privacy: quasi", "element: DE0002", `:8: unknown key "element"`},
		{"type: C(20)", "type: varchar", `:7: type "varchar"`},
		{authorised, "id: SQ2026-01\n", ":1: "},
		{"column: jjlxr", "role: authorised", `:7: unknown key "role"`},
		{"approver: 区政府办公室", "approver: [a]", ":3: a text belongs here"},
	} {
		_, errs := load(tree(map[string]string{authorisationsFile: strings.Replace(authorised, c.old, c.new, 1)}), "dir")
		if got := errors.Join(errs...); got == nil || !strings.Contains(got.Error(), authorisationsFile+c.want) {
			t.Errorf("%s: %v", c.new, got)
		}
	}
}
