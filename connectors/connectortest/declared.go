package connectortest

import (
	"fmt"
	"testing"

	"guiji/connectors"
)

// undeclared says in a sentence each what the harness neither gives nor declares it cannot.
func (h Harness) undeclared() []string {
	var out []string
	say := func(wrong bool, format string, args ...any) {
		if wrong {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	say(h.Connector.Name == "", "Harness.Connector is empty: give the one under test, Connector()")
	say(len(h.Extremes) == 0, "Harness.Extremes is empty: list the ends of each of the source's types")
	say(h.Bad == nil, "Harness.Bad is nil: make a table with rows that the source's types cannot represent")
	for _, hook := range []struct {
		name   string
		given  bool
		cannot string
		all    bool // of what is declared
	}{
		{"Running", h.Running != nil, "Remote", h.Cannot.Remote},
		{"Connections", h.Connections != nil, "Wire", h.Cannot.Wire},
		{"Insert", h.Insert != nil, "Cursor and Moment", h.Cannot.Cursor && h.Cannot.Moment},
		{"Kill", h.Kill != nil, "Mortal", h.Cannot.Mortal},
		{"Wire", h.Wire != nil, "Wire", h.Cannot.Wire},
		{"File", h.File != nil, "File", h.Cannot.File},
	} {
		say(!hook.given && !hook.all, "Harness.%s is nil: give it, or declare in Cannot that there is none: %s", hook.name, hook.cannot)
		say(hook.given && hook.all, "Harness.%s is given, and Cannot says that there is none: %s", hook.name, hook.cannot)
	}
	return out
}

// declared: what is left out is declared, and what is declared is so.
func (h Harness) declared(t *testing.T) {
	for _, sentence := range h.undeclared() {
		t.Error(sentence)
	}
}

// abilities: what the connector says its sources can is what this one does, to the interface.
func (h Harness) abilities(t *testing.T) {
	kind := h.Connector.Kind
	if kind.Source == nil || kind.Snapshot == nil {
		t.Fatal("Connector().Kind names no types: Kind{Source: (*Source)(nil), Snapshot: (*snapshot)(nil)}")
	}
	table := h.Load(t, Table{"parts", numbered(), rowsWithGaps(30_000)})
	req := request(table, "id", "a")
	req.Parts = 4
	src := h.source(t)
	snap := open(t, src, req)
	for _, a := range []struct {
		name             string
		said, is, cannot bool
	}{
		{"Cursored", has[connectors.Cursored](kind.Snapshot), has[connectors.Cursored](snap), h.Cannot.Cursor},
		{"KeyReader", has[connectors.KeyReader](kind.Snapshot), has[connectors.KeyReader](snap), h.Cannot.Cursor},
		{"Placer", has[connectors.Placer](kind.Snapshot), has[connectors.Placer](snap), h.Cannot.Places},
		{"Deliverer", has[connectors.Deliverer](kind.Snapshot), has[connectors.Deliverer](snap), false},
		{"Mortal", has[connectors.Mortal](kind.Snapshot), has[connectors.Mortal](snap), h.Cannot.Mortal},
		{"Identified", has[connectors.Identified](kind.Snapshot), has[connectors.Identified](snap), false},
		{"Doctor", has[connectors.Doctor](kind.Source), has[connectors.Doctor](src), false},
		{"more than one part", kind.Parts, len(snap.Parts()) > 1, h.Cannot.Parts},
		{"Consistent", kind.Moment, snap.Consistent(), false},
	} {
		if a.said != a.is {
			t.Errorf("%s: Connector().Kind says %v, the snapshot %v", a.name, a.said, a.is)
		}
		if a.is && a.cannot {
			t.Errorf("%s: it can, and Cannot says that it cannot", a.name)
		}
	}
	if !has[connectors.Identified](snap) && !h.Cannot.Identity {
		t.Error("Identified: it is none, and Cannot does not say so")
	}
	found, err := src.Discover(deadline(t), table)
	if err != nil {
		t.Fatal(err)
	}
	if found[0].Rows >= 0 && !kind.Statistics { // not each table needs to have one
		t.Error("an estimate of the rows: Connector().Kind says that there is none")
	}
}

// has tells whether a value has an optional ability.
func has[T any](v any) bool {
	_, ok := v.(T)
	return ok
}
