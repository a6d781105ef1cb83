package dongchang_test

import (
	"fmt"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/text"
	"guiji/quality"
	"guiji/quality/checks"
)

// The project must load, and every check in it must bind: what guiji catalog
// check and guiji run would say, said in the module's own tests.
func TestProjectLoadsAndChecksBind(t *testing.T) {
	p, err := catalog.Load("project")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	for _, r := range p.Resources {
		var items []*catalog.Item
		for i := range r.Items {
			items = append(items, &r.Items[i])
		}
		rules, errs := quality.Bind(&quality.Env{Project: p, Resource: r, Today: time.Now().Format(time.DateOnly)}, items, nil, checks.All())
		for _, err := range errs {
			t.Error(err)
		}
		for _, rule := range rules {
			kinds[rule.Check.Name] = true
		}
	}
	for _, c := range checks.All() {
		if !kinds[c.Name] {
			t.Errorf("no resource uses check %s", c.Name)
		}
	}
}

func TestPlanRefusesWhatIsHadBySharing(t *testing.T) {
	p, err := catalog.Load("project")
	if err != nil {
		t.Fatal(err)
	}
	var refused []string
	for _, r := range p.CollectOnce(time.Now()) {
		refused = append(refused, r.Resource+"."+r.Item)
	}
	if len(refused) != 1 || refused[0] != "jiedao/visit.marital" {
		t.Fatalf("refused %v", refused)
	}
}

func TestCatalogueBreaksNoRule(t *testing.T) {
	p, err := catalog.Load("project")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Check(time.Now()) {
		line := fmt.Sprintf("%s:%d %s %s.%s: %s (%s)", v.At.File, v.At.Line, v.Severity, v.Resource, v.Item, v.Message(text.ZH), v.Basis)
		if v.Severity == catalog.Note {
			t.Log(line)
			continue
		}
		t.Error(line)
	}
}
