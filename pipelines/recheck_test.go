package pipelines_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"guiji/connectors"
	"guiji/internal/fault"
	"guiji/internal/state"
	"guiji/internal/testkit/mariadb"
	"guiji/lake"
	"guiji/pipelines"
	"guiji/quality/orders"
)

// recheck applies today's rules to what is stored; a source that is opened fails the test.
func (p *testProject) recheck(t *testing.T, dry bool) (*lake.RunRecord, pipelines.Rechecked, error) {
	t.Helper()
	r := p.runner(t)
	r.OpenSource = func(context.Context, string, connectors.Env) (connectors.Source, error) {
		t.Error("a source was opened")
		return nil, fault.New(fault.Unreachable, "test")
	}
	rec, told, err := r.Recheck(t.Context(), pipelines.Request{Pipeline: "nightly"}, dry)
	if len(told) != 1 {
		t.Fatalf("%d resources rechecked: %v", len(told), err)
	}
	return rec, told[0], err
}

// rule finds one rule of a recheck.
func rule(t *testing.T, told pipelines.Rechecked, id string) pipelines.RecheckedRule {
	t.Helper()
	for _, r := range told.Rules {
		if r.Rule == id {
			return r
		}
	}
	t.Fatalf("no rule %s", id)
	return pipelines.RecheckedRule{}
}

const (
	failuresQuery = "SELECT id, rule, version FROM {} ORDER BY ALL"
	metricsQuery  = "SELECT * EXCLUDE (past, observed) FROM {} ORDER BY rule"
	standardQuery = "SELECT * FROM {} ORDER BY id"
)

// checked is all that checks decide of the residents.
func (p *testProject) checked(t *testing.T) map[string][][]any {
	t.Helper()
	out := map[string][][]any{}
	for name, query := range map[string]string{
		"quality/gongan/resident/failures": failuresQuery, "quality/gongan/resident/metrics": metricsQuery,
		"quality/gongan/resident/duplicates": standardQuery, "standard/gongan/resident": standardQuery,
		"quality/gongan/resident/quarantine": "SELECT * FROM {} ORDER BY ALL", "raw/gongan/resident": standardQuery,
		"entity/person": "SELECT * EXCLUDE (golden_id) FROM {} ORDER BY entity_key",
	} {
		out[name] = p.rows(t, name, query)
	}
	return out
}

// strict changes rules of every kind: parameters, action, a new one, one less, one that
// brings other standardising steps with it, a code table.
func strict(t *testing.T, p *testProject) {
	p.edit(t, "catalog/gongan/resident.yaml", "checks: [not_null, {length: {min: 2, max: 50}}]", "checks: [not_null, {length: {min: 3, max: 50}, on_fail: quarantine}]")
	p.edit(t, "catalog/gongan/resident.yaml", "checks: [not_null, citizen_id]", "checks: [citizen_id, {unique: , on_fail: warn}]")
	p.edit(t, "catalog/gongan/resident.yaml", "checks: [{range: {min: 1900-01-01, max: today}}]", "checks: [not_null]")
	p.edit(t, "codes/gbt2261_1.csv", "9,", "7,另一种,\n9,")
}

// What a recheck makes is what a full read would make of the same source.
func TestARecheckIsWhatAFullReadWouldFind(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, ", delete_detection: true")
	p.edit(t, "guiji.yaml", "90%", "100%")
	first := p.pull(t, pipelines.Request{})
	strict(t, p)
	server.Exec(t, "RENAME TABLE hukou.t_person TO hukou.away")
	before := p.release(t)
	_, dry, err := p.recheck(t, true)
	if err != nil || p.release(t).Version != before.Version {
		t.Fatalf("a dry recheck: %v, release %d", err, p.release(t).Version)
	}
	rec, told, err := p.recheck(t, false)
	if err != nil || rec.Release != before.Version+1 || !reflect.DeepEqual(dry, told) {
		t.Fatalf("%v: %+v\n%+v", err, dry, told)
	}
	for id, want := range map[string]string{
		"citizen_id.citizen_id": " fail 1 fail 1", "citizen_id.unique": "new  0 fail 2", "name.length": "changed pass 0 fail 5",
		"sex.in_codes": "changed fail 1 pass 0", "birth.not_null": "new  0 pass 0", "birth.range": "gone pass 0  0",
	} {
		r := rule(t, told, id)
		if got := fmt.Sprintf("%s %s %d %s %d", r.Change, r.StatusWas, r.FailedWas, r.Status, r.Failed); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
	state := rec.Resources[residents].Resource
	if state.Mode != "recheck" || state.Cursor != first.Cursor || !state.Full.Equal(first.Full) || !state.Pulled.Equal(first.Pulled) || state.Slot != first.Slot ||
		len(state.Columns) != len(first.Columns) || state.Entry != first.Entry || state.Fetched != first.Fetched {
		t.Errorf("%+v\nwas %+v", state, first)
	}
	rechecked := p.checked(t)
	server.Exec(t, "RENAME TABLE hukou.away TO hukou.t_person")
	p.pull(t, pipelines.Request{Full: true})
	for name, rows := range p.checked(t) {
		if !reflect.DeepEqual(rechecked[name], rows) {
			t.Errorf("%s:\nrechecked %v\nin full   %v", name, rechecked[name], rows)
		}
	}
}

// An increment goes on after a recheck where nothing but rules changed.
func TestAnIncrementGoesOnAfterARecheck(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	p.edit(t, "guiji.yaml", "90%", "100%")
	first := p.pull(t, pipelines.Request{})
	p.edit(t, "catalog/gongan/resident.yaml", "{min: 2, max: 50}", "{min: 3, max: 50}")
	if rec, _, err := p.recheck(t, false); err != nil || rec.Resources[residents].Resource.Image != first.Image {
		t.Fatalf("%v: %+v", err, rec)
	}
	server.Exec(t, person(7, id1, "钱七七", "2026-01-02 09:00:00"), person(4, id3, "王六六", "2026-01-02 10:00:00"))
	if got := p.pull(t, pipelines.Request{}); got.Mode != "incremental" || got.Read != 7 {
		t.Errorf("%+v", got)
	}
	p.sameAsFull(t)
}

// What is not stored, or not as today's catalogue would have it, is not evaluated.
func TestARecheckSaysWhatItCannotTell(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	p.edit(t, "guiji.yaml", "90%", "100%")
	p.pull(t, pipelines.Request{})
	p.edit(t, "catalog/gongan/resident.yaml", "duplicates:", "  - {name: again, label: 又, column: xb, type: C(4), checks: [not_null]}\nduplicates:")
	p.edit(t, "catalog/gongan/resident.yaml", "column: csrq, type: D", "column: gxsj, type: D")
	rec, told, err := p.recheck(t, false)
	if err != nil {
		t.Fatal(err)
	}
	for id, item := range map[string]string{"again.not_null": "again", "birth.range": "birth"} {
		r := rule(t, told, id)
		if r.Status != "not_evaluated" || !strings.Contains(r.Reason, item) {
			t.Errorf("%s: %+v", id, r)
		}
	}
	p.same(t, "standard/gongan/resident", "SELECT birth FROM {} WHERE id = 1", [][]any{{"1990-01-01 00:00:00 +0000 UTC"}})
	if got := rec.Resources[residents].Resource; got.Image != "" {
		t.Errorf("an increment could be merged into %q", got.Image)
	}
	if got := p.pull(t, pipelines.Request{}); got.Mode != "full" {
		t.Errorf("%+v", got)
	}
	p.edit(t, "catalog/gongan/resident.yaml", "key: [id]", "key: [id, sex]")
	if _, err := p.runner(t).Run(t.Context(), pipelines.Request{Pipeline: "nightly"}); err != nil {
		t.Fatal(err)
	}
	p.edit(t, "catalog/gongan/resident.yaml", "key: [id, sex]", "key: [id]")
	if _, _, err := p.runner(t).Recheck(t.Context(), pipelines.Request{Pipeline: "nightly"}, false); fault.KindOf(err) != fault.Config {
		t.Errorf("another key: %v", err)
	}
}

// A gate that a rule shut opens when the rule is softened, over the image it held back.
func TestARecheckOpensAGate(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	incremental(t, p, "")
	first := p.pull(t, pipelines.Request{})
	p.edit(t, "catalog/gongan/resident.yaml", "{min: 2, max: 50}}", "{min: 3, max: 50}, on_fail: block}")
	server.Exec(t, person(7, id4, "钱七七", "2026-01-02 09:00:00"))
	if _, err := p.run(t, pipelines.Request{Pipeline: "nightly"}); fault.KindOf(err) != fault.Gate {
		t.Fatal(err)
	}
	p.same(t, "standard/gongan/resident", "SELECT count(*) FROM {} WHERE id = 7", [][]any{{"0"}})
	if rec, told, err := p.recheck(t, true); rec != nil || fault.KindOf(err) != fault.Gate || told.Gate == "" || told.GateWas == "" {
		t.Fatalf("a dry recheck of a gate that stays shut: %v, %+v", err, told)
	}
	if _, told, err := p.recheck(t, false); fault.KindOf(err) != fault.Gate || told.Gate == "" || told.GateWas == "" {
		t.Fatalf("the gate stays shut: %v, %+v", err, told)
	}
	if got := p.release(t).Resources[residents]; got.Cursor != first.Cursor || got.Since != 1 {
		t.Errorf("%+v", got)
	}
	p.edit(t, "catalog/gongan/resident.yaml", "on_fail: block", "on_fail: warn")
	rec, told, err := p.recheck(t, false)
	if err != nil || told.Gate != "" || told.GateWas == "" {
		t.Fatalf("%v: %+v", err, told)
	}
	p.same(t, "standard/gongan/resident", "SELECT name FROM {} WHERE id = 7", [][]any{{"钱七七"}})
	if got := rec.Resources[residents].Resource; got.Cursor != "" {
		t.Errorf("%+v", got)
	}
	if _, there := p.release(t).Datasets["quality/gongan/resident/held"]; there {
		t.Error("what was held back still is")
	}
	if got := p.pull(t, pipelines.Request{}); got.Mode != "full" {
		t.Errorf("%+v", got)
	}
	p.sameAsFull(t)
}

// Without a key records keep the names they have.
func TestARecheckWithoutAKey(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	keyless(t, p, server)
	p.pull(t, pipelines.Request{})
	was := p.rows(t, "standard/gongan/resident", "SELECT _key, name FROM {} ORDER BY _key")
	p.edit(t, "catalog/gongan/resident.yaml", "column: xm, type", "column: xm, standardize: [trim], type")
	if _, _, err := p.recheck(t, false); err != nil {
		t.Fatal(err)
	}
	p.same(t, "standard/gongan/resident", "SELECT _key, name FROM {} ORDER BY _key", was)
}

// keyless takes the key from the residents' entry and gives a number as the source has it.
func keyless(t *testing.T, p *testProject, server *mariadb.Server) {
	t.Helper()
	server.Exec(t, "ALTER TABLE hukou.t_person ADD rate DECIMAL(8,2) DEFAULT 1.50")
	p.edit(t, "catalog/gongan/resident.yaml", ", key: [id]}", "}")
	p.edit(t, "catalog/gongan/resident.yaml", "duplicates:", "  - {name: rate, label: 比例, type: \"N(12,4)\"}\nduplicates:")
}

// A rule that was softened is no fix, nor is one that passes over data nobody read anew;
// a rule that was not there before opens its orders.
func TestARecheckMendsNothing(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", "90%", "100%")
	p.edit(t, "catalog/gongan/resident.yaml", "column: xb, type", "column: xb, standardize: [trim], type")
	p.pull(t, pipelines.Request{})
	const orders = "quality/gongan/resident/orders"
	p.same(t, orders, "SELECT rule, id, order_state FROM {} ORDER BY ALL", [][]any{
		{"birth.type", "6", "open"}, {"citizen_id.citizen_id", "5", "open"}, {"name.not_null", "6", "open"}, {"sex.in_codes", "2", "open"}, {"sex.in_codes", "4", "open"}})
	p.edit(t, "catalog/gongan/resident.yaml", "standardize: [trim]", "standardize: [trim, {codes: gbt2261_1}]")
	if _, _, err := p.recheck(t, false); err != nil {
		t.Fatal(err)
	}
	p.same(t, orders, "SELECT id, order_state, because FROM {} WHERE rule = 'sex.in_codes' ORDER BY ALL", [][]any{{"2", "open", "rule_changed"}, {"4", "open", nil}})
	p.edit(t, "codes/gbt2261_1.csv", "9,", "7,另一种,\n9,")
	p.edit(t, "catalog/gongan/resident.yaml", "column: csrq, type: D", "column: csrq, type: C(20)")
	p.edit(t, "catalog/gongan/resident.yaml", "checks: [{range: {min: 1900-01-01, max: today}}]", "checks: [{length: 10}]")
	p.edit(t, "catalog/gongan/resident.yaml", "{min: 2, max: 50}", "{min: 3, max: 50}")
	if _, _, err := p.recheck(t, false); err != nil {
		t.Fatal(err)
	}
	p.same(t, orders, "SELECT rule, id, order_state, because, periods FROM {} WHERE rule <> 'name.length' AND rule NOT LIKE 'birth.l%' ORDER BY ALL", [][]any{
		{"birth.type", "6", "open", "rule_changed", "1"}, {"citizen_id.citizen_id", "5", "open", nil, "1"},
		{"name.not_null", "6", "open", nil, "1"}, {"sex.in_codes", "2", "open", "rule_changed", "1"}, {"sex.in_codes", "4", "open", "rule_changed", "1"}})
	p.same(t, orders, "SELECT count(*), min(periods) FROM {} WHERE rule = 'name.length' AND order_state = 'open'", [][]any{{"5", "1"}})
}

// earlier is a release made before its problem was found.
func earlier(r state.Release) state.Release {
	r.At = r.At.AddDate(0, 0, -1)
	return r
}

// Rows that a person releases are in standard although they fail the rule, until the day
// has passed; another rule keeps them out all the same.
func TestReleasedRowsAreInStandard(t *testing.T) {
	server := sharedServer(t)
	loadResidents(t, server)
	p := newProject(t, server)
	p.edit(t, "guiji.yaml", "90%", "100%")
	p.edit(t, "catalog/gongan/resident.yaml", "checks: [not_null, {length: {min: 2, max: 50}}]", "checks: [{not_null: , on_fail: quarantine}, {length: {min: 3, max: 50}, on_fail: quarantine}]")
	p.edit(t, "catalog/gongan/resident.yaml", "{in_codes: gbt2261_1}", "{in_codes: gbt2261_1, on_fail: quarantine}")
	if got := p.pull(t, pipelines.Request{}); got.Withheld != 6 || got.Landed != 0 {
		t.Fatalf("%+v", got)
	}
	release := func(rule, key, until string) state.Release {
		one := state.Release{Resource: residents, Rule: rule, Reason: "已核实", Approver: "区大数据局", At: time.Now(), Until: until}
		if key != "" {
			one.Number = orders.Number(residents, rule, []string{key})
		}
		return one
	}
	today := time.Now().UTC().Format(time.DateOnly)
	for _, c := range []struct {
		name     string
		acts     []state.Release
		standard [][]any
		withheld int64
	}{
		{"one row", []state.Release{release("name.length", "1", today)}, [][]any{{"1"}}, 5},
		{"all rows of a rule", []state.Release{release("name.length", "", today)}, [][]any{{"1"}, {"2"}, {"5"}}, 2},
		{"of both its rules", []state.Release{release("name.length", "4", today), release("sex.in_codes", "4", today)}, [][]any{{"4"}}, 5},
		{"of a rule it does not fail", []state.Release{release("name.not_null", "1", today)}, nil, 6},
		{"of a record that had the number before", []state.Release{earlier(release("name.length", "1", today))}, nil, 6},
		{"none any more", nil, nil, 6},
	} {
		r := p.runner(t)
		r.Released = func(context.Context) ([]state.Release, error) { return c.acts, nil }
		rec, _, err := r.Recheck(t.Context(), pipelines.Request{Pipeline: "nightly"}, false)
		if err != nil || rec.Resources[residents].Resource.Withheld != c.withheld {
			t.Errorf("%s: %v, %+v", c.name, err, rec.Resources[residents].Resource)
		}
		p.same(t, "standard/gongan/resident", "SELECT id FROM {} ORDER BY id", c.standard)
		p.same(t, "raw/gongan/resident", "SELECT count(*) FROM {}", [][]any{{"6"}})
		d, told := p.release(t).Datasets["quality/gongan/resident/released"]
		if told != (len(c.acts) > 0) || told && (d.Rows == 0) != (c.withheld == 6) {
			t.Errorf("%s: the release tells of it: %v", c.name, told)
		}
	}
}
