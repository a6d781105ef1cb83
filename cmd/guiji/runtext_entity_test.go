package main

import (
	"strings"
	"testing"

	"guiji/lake"
)

// The summary tells once why an entity stays as it was, and which items an image
// holds otherwise than the catalogue has them.
func TestSummaryTellsOfEntities(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {"entity org stays as it was: no such rule", "entity person: the catalogue says otherwise of items that have not landed since, they are taken as stored: gongan/resident.birth"},
		"zh": {"主体 org 未能重新生成，沿用上一版：no such rule", "尚未重新归集，暂按原存储数据取用：gongan/resident.birth"},
	} {
		a, b := &app{lang: lang}, strings.Builder{}
		a.writeRun(&b, nil, &lake.RunRecord{Outcome: lake.RunPartial, Reason: "no such rule", Entities: map[string]lake.RunEntity{
			"org": {Kind: "config", Reason: "no such rule"}, "person": {Golden: 4, Outdated: []string{"gongan/resident.birth"}}}})
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s: no %q in\n%s", lang, w, b.String())
			}
		}
		if strings.Count(b.String(), "no such rule") != 1 {
			t.Errorf("%s: the reason is not told once:\n%s", lang, b.String())
		}
	}
}
