package main

import (
	"strings"
	"testing"

	"guiji/lake"
)

// The summary warns of parts that did not see one moment, in both languages.
func TestSummaryTellsOfInconsistentParts(t *testing.T) {
	for lang, want := range map[string]string{"en": "warning: the parts of gongan/resident did not see one moment", "zh": "警告：gongan/resident 各分片未取自来源的同一时刻"} {
		for _, inconsistent := range []bool{false, true} {
			a, b := &app{lang: lang}, strings.Builder{}
			a.writeRun(&b, nil, &lake.RunRecord{Outcome: lake.RunOK, Resources: map[string]lake.RunResource{
				"gongan/resident": {Outcome: lake.RunOK, Resource: lake.Resource{Inconsistent: inconsistent}}}})
			if strings.Contains(b.String(), want) != inconsistent {
				t.Errorf("%s, inconsistent %v:\n%s", lang, inconsistent, b.String())
			}
		}
	}
}
