package generate

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
)

// defect is one kind of error and how it gets into a record.
type defect struct {
	kind  string  // of the score table
	share float64 // of the resource's rows, at least two rows
	where func(rec *record) bool
	// spoil changes the record, or adds others, and says what must be found.
	spoil func(p *planting, rec *record)
}

// planting is the act of planting one defect in one record.
type planting struct {
	*world
	r     *resource
	kind  string
	index int // of the record: what a twin's key is made from
}

// plant spoils a share of each resource's records. A subject bears one defect at
// most, over all departments: what is found about it then has one cause. A month
// later every other defect is mended and half as many new ones have come; the
// records picked at first stay the same.
func (w *world) plant(resources []*resource) {
	if w.Clean {
		return
	}
	for _, r := range resources {
		w.pick(r, func(shared int) int { return shared }, func(nth int) bool { return w.Again && nth%2 == 0 })
	}
	if !w.Again {
		return
	}
	for _, r := range resources {
		w.pick(r, func(shared int) int { return shared / 2 }, func(int) bool { return false })
	}
}

// pick chooses the records of each of a resource's defects and spoils those not mended.
func (w *world) pick(r *resource, wanted func(shared int) int, mended func(nth int) bool) {
	order := w.dice(r.name, 0).Perm(r.clean)
	for _, d := range r.defects {
		left := wanted(max(2, int(d.share*float64(r.clean))))
		for _, i := range order {
			rec := r.records[i]
			if left == 0 {
				break
			}
			if rec.planted != "" || taken(rec) || (d.where != nil && !d.where(rec)) {
				continue
			}
			rec.planted = d.kind
			for _, s := range rec.subjects {
				s.taken = true
			}
			left--
			if mended(left) {
				continue
			}
			w.rng = w.dice(r.name+d.kind, i)
			d.spoil(&planting{world: w, r: r, kind: d.kind, index: i}, rec)
		}
	}
}

// dice are random numbers that depend on nothing but the seed and what they are
// for: a defect that is mended leaves all others as they were.
func (w *world) dice(purpose string, i int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", purpose, i)
	return rand.New(rand.NewPCG(w.Seed, h.Sum64()))
}

func taken(rec *record) bool {
	return slices.ContainsFunc(rec.subjects, func(s *subject) bool { return s.taken })
}

// Where a finding is expected.
const (
	Failures   = "failures"
	Quarantine = "quarantine"
	Duplicates = "duplicates"
	Conflicts  = "conflicts"
)

// Finding is one planted defect as the release must name it.
type Finding struct {
	Kind       string `json:"kind"` // row of the score table
	Department string `json:"department"`
	Resource   string `json:"resource"`
	Key        string `json:"key"`               // JSON array of the key columns' texts, as standardised
	Item       string `json:"item,omitempty"`    //
	Rule       string `json:"rule,omitempty"`    // <item>.<check>, or the id written in the catalogue
	Expect     string `json:"expect"`            // failures, quarantine, duplicates, conflicts
	Element    string `json:"element,omitempty"` // of a conflict
	Subject    string `json:"subject,omitempty"` // of a conflict: the subject's own key
	Text       string `json:"text,omitempty"`    // of a quarantined record: a part of its text that no other has
	Reason     string `json:"reason,omitempty"`  // of a quarantined record without a key: why
}

// recordKey is the key as docs/layout.md writes it in one column.
func (r *resource) recordKey(rec *record) string {
	text := r.get(rec, r.key)
	if r.keyText != nil {
		text = r.keyText(text)
	}
	b, err := json.Marshal([]string{text})
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

func (p *planting) finding(rec *record) Finding {
	return Finding{Kind: p.kind, Department: p.r.department, Resource: p.r.department + "/" + p.r.name, Key: p.r.recordKey(rec)}
}

// fails expects a failure of a rule.
func (p *planting) fails(rec *record, rule string) {
	f := p.finding(rec)
	f.Rule, f.Expect = rule, Failures
	f.Item, _, _ = strings.Cut(rule, ".")
	p.manifest = append(p.manifest, f)
}

// alsoFails expects a failure that the planted defect brings along: it is
// counted under its own kind.
func (p *planting) alsoFails(rec *record, kind, rule string) {
	p.fails(rec, rule)
	p.manifest[len(p.manifest)-1].Kind = kind
}

// removed expects a record to be removed as a duplicate.
func (p *planting) removed(rec *record) {
	f := p.finding(rec)
	f.Kind, f.Expect = "duplicates", Duplicates
	p.manifest = append(p.manifest, f)
}

// conflicts expects a value to disagree with the authority's.
func (p *planting) conflicts(rec *record, item, element, subject string) {
	f := p.finding(rec)
	f.Item, f.Element, f.Subject, f.Expect = item, element, subject, Conflicts
	p.manifest = append(p.manifest, f)
}

// quarantined expects the record in quarantine; text is how it is known there.
func (p *planting) quarantined(rec *record, item, text string) {
	f := p.finding(rec)
	f.Item, f.Text, f.Expect = item, text, Quarantine
	p.manifest = append(p.manifest, f)
}

// withoutKey expects a record in quarantine for want of a key. Nothing of it can
// name it there: such records are counted.
func (p *planting) withoutKey(rec *record, item string) {
	f := p.finding(rec)
	f.Key, f.Item, f.Reason, f.Expect = `[""]`, item, "standardize.null_key", Quarantine
	p.manifest = append(p.manifest, f)
}

// twin adds a copy of a record under another key.
func (p *planting) twin(rec *record, key Value) *record {
	t := &record{cells: slices.Clone(rec.cells), subjects: rec.subjects, planted: p.kind}
	p.r.set(t, p.r.key, key)
	p.r.records = append(p.r.records, t)
	return t
}

// setting is a defect that writes one wrong value and fails one rule.
func setting(kind, rule, item string, share float64, where func(*record) bool, wrong func(w *world, old string) Value) defect {
	return defect{kind, share, where, func(p *planting, rec *record) {
		p.r.set(rec, item, wrong(p.world, p.r.get(rec, item)))
		p.fails(rec, rule)
	}}
}

func solo(rec *record) bool { return rec.who.solo() }

func always(v Value) func(*world, string) Value { return func(*world, string) Value { return v } }
