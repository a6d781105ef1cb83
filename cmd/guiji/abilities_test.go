package main

import (
	"strings"
	"testing"

	"guiji/connectors"
	"guiji/connectors/all"
)

// What each connector is found to be able to do, as docs/adding-a-connector.md tells of it.
func TestAbilitiesOfConnectors(t *testing.T) {
	for name, want := range map[string]string{
		"mysql":   "cursor deletes parts snapshot resume statistics doctor lineage",
		"sqlite":  "cursor deletes snapshot resume statistics doctor lineage",
		"httpapi": "places statistics doctor lineage",
		"command": "cursor deletes parts snapshot resume statistics lineage",
		"jsonl":   "new_files parts snapshot resume places lineage",
	} {
		c, _ := all.Find(name)
		var got []string
		for _, a := range c.Abilities() {
			got = append(got, string(a))
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %s, wanted %s", name, s, want)
		}
	}
	none := connectors.Connector{Settings: func() any { return nil }}
	if list := none.Abilities(); list == nil || len(list) > 0 { // in JSON, a list and not null
		t.Errorf("a connector of nothing can %v", list)
	}
}
