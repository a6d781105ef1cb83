package dongchang_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"guiji/catalog"
	"guiji/connectors"
	"guiji/connectors/csvfile"
	"guiji/connectors/mysql"
	dongchang "guiji/examples/dongchang"
	"guiji/examples/dongchang/generate"
	"guiji/internal/testkit/mariadb"
	"guiji/internal/text"
	"guiji/pipelines/discover"
)

// tally counts what the entries written by hand hold, and what of it a draft has.
type tally struct{ wanted, found, extra int }

func (c *tally) compare(want, got []string) {
	c.wanted += len(want)
	for _, w := range want {
		if slices.Contains(got, w) {
			c.found++
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) {
			c.extra++
		}
	}
}

// Drafts of the example's tables, made without looking at the entries written by hand, are
// compared with those: keys, types, elements, privacy and checks that a sample can show.
func TestDraftsComeNearWhatIsWrittenByHand(t *testing.T) {
	byHand, err := catalog.Load("project")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := dongchang.WriteProject(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "catalog")); err != nil {
		t.Fatal(err)
	}
	project, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	open := sources(t, dir)
	counts := map[string]*tally{"keys": {}, "kinds": {}, "elements": {}, "privacy": {}, "checks": {}}
	for _, r := range byHand.Resources {
		d := &discover.Drafter{Project: project, Lang: text.ZH, Department: r.Provider, Connection: r.Source.Connection, Connector: byHand.Config.Connections[r.Source.Connection].Connector, Today: "2026-01-01"}
		source := open(r.Source.Connection)
		tables, err := source.Discover(t.Context(), r.Source.Table)
		if err != nil {
			t.Fatal(err)
		}
		profile, err := discover.Sample(t.Context(), source, tables[0], 1000, memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		draft := d.Draft(profile)
		file := filepath.Join(dir, "catalog", draft.File)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(draft.Text), 0o600); err != nil {
			t.Fatal(err)
		}
		compare(t, dir, draft, r, counts)
	}
	settled(t, dir)
	for _, name := range []string{"keys", "kinds", "elements", "privacy", "checks"} {
		c := counts[name]
		t.Logf("figure discover_%s %d of %d, %d more", name, c.found, c.wanted, c.extra)
		if c.found*10 < c.wanted*7 || name == "elements" && c.extra*10 > c.wanted {
			t.Errorf("%s: %d of %d found, %d that are not there", name, c.found, c.wanted, c.extra)
		}
	}
}

// sources starts a MariaDB server with the departments' tables, and writes the files.
func sources(t *testing.T, dir string) func(connection string) connectors.Source {
	data, err := generate.Generate(generate.Options{Persons: generate.MinPersons, Seed: 21})
	if err != nil {
		t.Fatal(err)
	}
	if err := data.WriteFiles(filepath.Join(dir, "drop")); err != nil {
		t.Fatal(err)
	}
	server := mariadb.Start(t)
	if err := data.Load(t.Context(), server.DB()); err != nil {
		t.Fatal(err)
	}
	env := connectors.Env{Dir: dir, Timezone: "Asia/Shanghai", Alloc: memory.DefaultAllocator}
	databases := map[string]string{"gongan": "hukou", "shichang": "scjg", "minzheng": "minzheng", "jiedao": "wangge"}
	return func(connection string) connectors.Source {
		var source connectors.Source
		var err error
		if database := databases[connection]; database != "" {
			s := mysql.DefaultSettings()
			s.Address, s.Database, s.User = server.Address, database, "root"
			source, err = mysql.Connector().Open(context.Background(), s, env)
		} else {
			s := csvfile.DefaultSettings()
			s.Path, s.Encoding = "drop/"+connection, map[string]string{"renshe": "gb18030", "weijian": "utf-8"}[connection]
			source, err = csvfile.Connector().Open(context.Background(), s, env)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { source.Close() })
		return source
	}
}

// compare looks for each column of a hand-written entry in the draft.
func compare(t *testing.T, dir string, d discover.Draft, hand *catalog.Resource, counts map[string]*tally) {
	project, err := catalog.Load(dir)
	if err != nil {
		t.Fatalf("the draft of %s does not load: %v\n%s", hand.ID, err, d.Text)
	}
	at := slices.IndexFunc(project.Resources, func(r *catalog.Resource) bool { return r.ID == d.Resource })
	draft := project.Resources[at]
	columns := func(r *catalog.Resource) (out []string) {
		for _, k := range r.KeyItems() {
			out = append(out, k.Column)
		}
		return out
	}
	if hand.Format == "数据库" { // a file declares no key
		counts["keys"].compare(columns(hand), columns(draft))
	}
	for i := range hand.Items {
		it := &hand.Items[i]
		at := slices.IndexFunc(draft.Items, func(d catalog.Item) bool { return d.Column == it.Column })
		if at < 0 {
			t.Errorf("%s: the draft has no item of column %s", hand.ID, it.Column)
			continue
		}
		got := &draft.Items[at]
		counts["kinds"].compare([]string{it.Type.String()[:1]}, []string{got.Type.String()[:1]})
		counts["elements"].compare(filled(it.Element), filled(got.Element))
		counts["privacy"].compare(filled(string(it.Privacy)), filled(string(got.Privacy)))
		counts["checks"].compare(guessable(it), guessable(got))
	}
}

func filled(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// guessable are the checks of an item that values can show; ranges and references are not.
func guessable(it *catalog.Item) (out []string) {
	for _, c := range it.Checks {
		if slices.Contains([]string{"citizen_id", "credit_code", "phone", "in_codes", "unique"}, c.Kind) {
			kind := c.Kind
			if kind == "in_codes" {
				var params struct{ Table string }
				if c.Decode(&params.Table) == nil {
					kind += " " + params.Table
				}
			}
			out = append(out, kind)
		}
	}
	return out
}

// settled states that guiji catalog check asks of the drafts only what a person has to say.
func settled(t *testing.T, dir string) {
	project, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	expected := []string{"code", "category", "cycle", "share.class", "open.class", "item.basis", "subject.none", "authority", "element.reference", "element.item", "held"}
	for _, v := range project.Check(time.Now()) {
		key := strings.TrimPrefix(string(v.Key), "catalog.check.")
		if v.Severity != catalog.Note && !slices.Contains(expected, key) && v.Resource != "" {
			t.Error(fmt.Sprintf("%s:%d %s (%s)", v.At.File, v.At.Line, v.Message(text.EN), v.Key))
		}
	}
}
