package onesource

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"guiji/catalog"
)

// revision changes with what Resolve makes of the same rows: what another one made is
// made anew.
const revision = 4

// word is who may say what an element's value is.
type word struct {
	Element, Type string
	Known         bool
	Speakers      []string // in order
}

// Basis is a digest of all that golden records are made by but the rows: the entity, its
// elements and who speaks for them on the day, its members with their entries, decisions
// and disputes. Of equal bases only rows differ.
func (e Entity) Basis() (string, error) {
	var words []word
	for _, f := range e.fields() {
		w := word{Element: f.element.Code, Type: sqlType(f.typ), Known: f.known}
		if f.authority != nil {
			w.Speakers = append(w.Speakers, f.authority.Name())
		}
		for _, m := range append(f.fallbacks, f.candidates...) {
			w.Speakers = append(w.Speakers, m.Name())
		}
		words = append(words, w)
	}
	still := e
	still.Date, still.Version, still.Previous, still.PrevCrosswalk, still.PrevEvents = time.Time{}, 0, "", "", ""
	still.Marks, still.Mapped = e.marks(), e.mapped()
	still.Members = append([]Member(nil), e.Members...)
	for i := range still.Members {
		m := &still.Members[i]
		if m.Raw != "" {
			m.Raw = "landed"
		}
		m.Standard, m.Losers, m.Valid, m.RouteValid = "", "", "", nil
		m.withoutChecks()
	}
	b, err := json.Marshal(struct {
		Revision int
		Entity   Entity
		Words    []word
	}{revision, still, words})
	if err != nil {
		return "", fmt.Errorf("what entity %s is made by: %w", e.Entity.ID, err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// mapped says by what table each key is mapped: a code table by its rows, a resource by
// its name, for its rows are among the images.
func (e Entity) mapped() map[string]string {
	out := maps.Clone(e.Mapped)
	for _, r := range e.Entity.Routes {
		if r.Mapping != nil && r.Mapping.Resource != "" && out[r.Key] != "" {
			out[r.Key] = r.Mapping.Resource
		}
	}
	return out
}

// withoutChecks takes out of what a member has of the catalogue the checks and steps of
// its items: what they do is in its image.
func (m *Member) withoutChecks() {
	plain := func(it *catalog.Item) *catalog.Item {
		if it == nil {
			return nil
		}
		out := *it
		out.Checks, out.Standardize = nil, nil
		return &out
	}
	r := *m.Resource
	r.Checks, r.Items = nil, slices.Clone(r.Items)
	for i := range r.Items {
		r.Items[i] = *plain(&r.Items[i])
	}
	m.Resource, m.Routes, m.Items, m.Elements = &r, slices.Clone(m.Routes), slices.Clone(m.Items), maps.Clone(m.Elements)
	for i, it := range m.Routes {
		m.Routes[i] = plain(it)
	}
	for i, it := range m.Items {
		m.Items[i] = plain(it)
	}
	for code, it := range m.Elements {
		m.Elements[code] = plain(it)
	}
}
