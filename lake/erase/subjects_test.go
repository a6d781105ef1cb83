package erase_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"guiji/lake"
	"guiji/lake/erase"
)

const replaced = "371502199203040999"

// renumbered is a release in which li's number was replaced, and which has nothing any
// more of what was filed under the old one.
func (w *world) renumbered() {
	q := func(columns, rows string) lake.Dataset {
		return lake.Dataset{Label: "SELECT * FROM (VALUES " + rows + ") t(" + columns + ")"}
	}
	after := tables(3)
	for name, d := range after {
		d.Label = strings.ReplaceAll(d.Label, li, replaced)
		after[name] = d
	}
	low := "('" + wang + "', 'lvy', '" + hash + "2')"
	after["raw/minzheng/low"] = q("citizen_id, what, _hash", low)
	after["standard/minzheng/low"] = q("citizen_id, what, _key", "('"+wang+"', 'lvy', '"+hash+"2-1')")
	after["entity/person/crosswalk"] = q("golden_id, entity_key, source, record_key, votes", "('g1', '"+wang+"', 0, '[\"10\"]', true), ('g2', '"+replaced+"', 0, '[\"20\"]', true)")
	w.release(4, after)
}

// A subject whose number was replaced goes under the old one too, from the releases that
// knew no other and with records that came under no other; and whoever keeps something
// about it is told all keys and ids it had.
func TestSubjectsGoByTheKeysTheyHad(t *testing.T) {
	w := newWorld(t)
	w.renumbered()
	out, err := w.erase(w.in, erase.Target{Entity: "person", Key: replaced})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []uint64{1, 2, 3, 4} {
		for _, name := range []string{"raw/gongan/resident", "raw/minzheng/low", "standard/minzheng/low", "entity/person", "entity/person/crosswalk", "entity/person/conflicts"} {
			if got := w.content(v, name); strings.Contains(got, li) || strings.Contains(got, replaced) {
				t.Errorf("release %d, %s still has the subject", v, name)
			}
		}
		if got := w.content(v, "raw/minzheng/low"); !strings.Contains(got, wang) {
			t.Errorf("release %d: another went too", v)
		}
	}
	got := []string{}
	for _, s := range out.Subjects {
		got = append(got, s.Entity+" "+s.Key)
	}
	for _, want := range []string{li, replaced, "g2", "g0"} {
		if !slices.Contains(got, "person "+want) {
			t.Errorf("told of %v, not of %s", got, want)
		}
	}
	if slices.Contains(got, "person g1") || slices.Contains(got, "person "+wang) {
		t.Errorf("told of %v", got)
	}
}

// Of subjects who lose a record only those are told that nobody speaks of any more.
func TestSubjectsOfARecord(t *testing.T) {
	for key, want := range map[string]string{"30": "[{ person g3}]", "10": "[]"} {
		w := newWorld(t)
		out, err := w.erase(w.in, erase.Target{Resource: "gongan/resident", Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(out.Subjects); got != want {
			t.Errorf("record %s: %s, not %s", key, got, want)
		}
	}
}
