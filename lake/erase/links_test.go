package erase_test

import (
	"strings"
	"testing"

	"guiji/lake"
	"guiji/lake/erase"
)

// What is told of links and golden ids goes with the subject, in every release: her
// records' problems, her ids' events and aliases. What is told of others stays.
func TestWhatIsToldOfLinksLeaves(t *testing.T) {
	w := newWorld(t)
	if _, err := w.erase(w.in, erase.Target{Entity: "person", Key: li}); err != nil {
		t.Fatal(err)
	}
	for _, v := range []uint64{1, 2, 4} {
		for name, want := range map[string][]string{
			"entity/person/problems": {"form", "L1"},
			"entity/person/events":   {"rekeyed"},
			"entity/person/aliases":  {"g8"},
		} {
			got := w.content(v, name)
			if strings.Contains(got, "g2") || strings.Contains(got, `["20"]`) {
				t.Errorf("release %d, %s: %s", v, name, got)
			}
			for _, s := range want {
				if !strings.Contains(got, s) {
					t.Errorf("release %d, %s: %s went too: %s", v, name, s, got)
				}
			}
		}
	}
}

// Of a resource that is withdrawn no problem and no list with a value of it stays, and no
// event of a subject that it alone spoke of.
func TestListsAndEventsOfAWithdrawnResource(t *testing.T) {
	w := newWorld(t)
	all, err := w.in.Chain.Releases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	edits, staged, err := erase.Withdraw(t.Context(), w.in, now, all, map[string]string{"gongan/resident": "purpose ended"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.in.Chain.Amend(t.Context(), edits[2].Successor(lake.By{RunID: "gc", Pipeline: "_gc", Now: now}), all, edits, staged); err != nil {
		t.Fatal(err)
	}
	if got := w.content(4, "entity/person"); strings.Contains(got, "甲") || strings.Contains(got, "丁") || !strings.Contains(got, "[丙]") {
		t.Errorf("golden: %s", got)
	}
	if got := w.content(4, "entity/person/events"); strings.Contains(got, "g3") || !strings.Contains(got, "split") {
		t.Errorf("events: %s", got)
	}
	if got := w.content(4, "entity/person/problems"); strings.Contains(got, "check") || !strings.Contains(got, "form") || !strings.Contains(got, "L1") {
		t.Errorf("problems: %s", got)
	}
}
