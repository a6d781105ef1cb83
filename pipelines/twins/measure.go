package twins

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/catalog/alike"
	"guiji/internal/engine"
)

const (
	// Worth is the score from which the catalogue's word on two entries is checked with data.
	Worth = 0.3
	// maxDeeper is how many pairs of a small and a large table are looked at once more:
	// each reads the large one again.
	maxDeeper = 60
)

// Evidence is what the data of one release say of all pairs worth a word.
type Evidence struct {
	Release uint64         `json:"release"`
	Tables  map[string]int `json:"tables"` // version of the entry of each resource that was compared
	Pairs   []Measured     `json:"pairs"`
}

// Measured is what data say of two resources, A before B, at these versions of their entries.
type Measured struct {
	A        string `json:"a"`
	B        string `json:"b"`
	VersionA int    `json:"version_a"`
	VersionB int    `json:"version_b"`
	Data     Data   `json:"data"`
}

// Measure compares the data of tables. Each table is read once, but for at most 60 that
// are large beside what they are compared with.
func Measure(ctx context.Context, s *engine.Session, p *catalog.Project, said *alike.Catalogue, tables []*Table) (*Evidence, error) {
	m := &measuring{session: s, said: said, found: map[[2]int]*Data{}, pairs: map[[2]int]alike.Pair{}}
	byID := func(x, y *Table) int { return strings.Compare(x.Resource.ID, y.Resource.ID) }
	for _, t := range slices.SortedFunc(slices.Values(tables), byID) {
		if !said.Has(t.Resource.ID) {
			continue
		}
		taken, err := take(ctx, s, p, t)
		if err != nil {
			return nil, fmt.Errorf("sample %s: %w", t.Resource.ID, err)
		}
		if taken != nil {
			m.samples = append(m.samples, taken)
		}
	}
	m.candidates()
	if err := m.deepen(ctx); err != nil {
		return nil, err
	}
	return m.evidence(), nil
}

// measuring is one comparison of all tables.
type measuring struct {
	session *engine.Session
	said    *alike.Catalogue
	samples []*sample
	found   map[[2]int]*Data // by places of samples
	pairs   map[[2]int]alike.Pair
	short   []meeting // to be looked at once more
}

// candidates looks at the pairs whose keys meet, and at those the catalogue names.
func (m *measuring) candidates() {
	at := map[string]int{}
	for i, taken := range m.samples {
		at[taken.table.Resource.ID] = i
	}
	meetings := meet(m.samples)
	for _, p := range m.said.Pairs(Worth) {
		a, okA := at[p.A]
		b, okB := at[p.B]
		if okA && okB {
			meetings = append(meetings, m.bySameItems(a, b, p.Items)...)
		}
	}
	seen := map[[4]int]bool{}
	for _, t := range meetings {
		if at := [4]int{t.a, t.b, t.la, t.lb}; !seen[at] {
			seen[at] = true
			m.look(t)
		}
	}
}

// bySameItems are the links of two samples that the catalogue takes for one.
func (m *measuring) bySameItems(a, b int, items []alike.ItemPair) []meeting {
	var out []meeting
	for la, x := range m.samples[a].links {
		for lb, y := range m.samples[b].links {
			if len(x.items) != len(y.items) {
				continue
			}
			same := true
			for _, item := range x.items {
				same = same && slices.ContainsFunc(items, func(p alike.ItemPair) bool { return p.A == item && slices.Contains(y.items, p.B) })
			}
			if same {
				out = append(out, meeting{a: a, b: b, la: la, lb: lb})
			}
		}
	}
	return out
}

// look compares two samples by one link of each and keeps what says more.
func (m *measuring) look(t meeting) {
	a, b := m.samples[t.a], m.samples[t.b]
	d := align(a, b, t.la, t.lb, m.named(t))
	m.keep(t, d)
	if (min(d.KeysA, d.KeysB) < minRows || d.Rows < minRows) && a.oneIn != b.oneIn {
		m.short = append(m.short, t)
	}
}

// between is what the catalogue says of two samples' resources.
func (m *measuring) between(a, b int) alike.Pair {
	at := [2]int{a, b}
	p, ok := m.pairs[at]
	if !ok {
		p = m.said.Between(m.samples[a].table.Resource.ID, m.samples[b].table.Resource.ID)
		m.pairs[at] = p
	}
	return p
}

// named are the items that the catalogue takes for one.
func (m *measuring) named(t meeting) map[[2]string]bool {
	out := map[[2]string]bool{}
	for _, p := range m.between(t.a, t.b).Items {
		out[[2]string{p.A, p.B}] = true
	}
	return out
}

// keep keeps the better of what two links say of a pair.
func (m *measuring) keep(t meeting, d *Data) {
	at := [2]int{t.a, t.b}
	old := m.found[at]
	a, b := m.samples[t.a].table.Resource.ID, m.samples[t.b].table.Resource.ID
	if old == nil || better(m.weigh(a, b, d), m.weigh(a, b, old)) {
		m.found[at] = d
	}
}

// better prefers what is measured to what is not, then the higher score.
func better(x, y weighed) bool {
	if x.measured != y.measured {
		return x.measured
	}
	return x.score > y.score
}

func (m *measuring) weigh(a, b string, d *Data) weighed { return weigh(m.said, a, b, d) }

// deepen looks once more at pairs of a small and a large table whose samples met in too
// few keys: the large one is read for exactly the keys of the small one's sample.
func (m *measuring) deepen(ctx context.Context) error {
	slices.SortStableFunc(m.short, func(x, y meeting) int {
		return cmp.Or(cmp.Compare(m.between(y.a, y.b).Score, m.between(x.a, x.b).Score), cmp.Compare(y.shared, x.shared))
	})
	for _, t := range m.short[:min(len(m.short), maxDeeper)] {
		a, b := m.samples[t.a], m.samples[t.b]
		small, large, ls, ll := a, b, t.la, t.lb
		if b.oneIn < a.oneIn {
			small, large, ls, ll = b, a, t.lb, t.la
		}
		met, keys, err := large.forKeysOf(ctx, m.session, ll, small, ls)
		if err != nil {
			return err
		}
		if small == a {
			d := align(a, met, t.la, 0, m.named(t))
			d.KeysB = keys
			m.keep(t, d)
		} else {
			d := align(met, b, 0, t.lb, m.named(t))
			d.KeysA = keys
			m.keep(t, d)
		}
	}
	return nil
}

// forKeysOf reads a large table for the keys of a small one's sample, by one link, and
// counts how many keys it has in a sample of that size.
func (m *sample) forKeysOf(ctx context.Context, s *engine.Session, link int, small *sample, smallLink int) (*sample, int, error) {
	out := &sample{table: m.table, columns: m.columns, links: m.links[link : link+1], oneIn: small.oneIn}
	expr := out.links[0].expr
	var list []byte
	for i, h := range small.keys[smallLink].hashes {
		if i > 0 {
			list = append(list, ',')
		}
		list = fmt.Appendf(list, "%d", h)
	}
	if len(list) == 0 {
		out.keys = []keyed{{}}
		return out, 0, nil
	}
	if err := out.read(ctx, s, fmt.Sprintf("hash(%s) IN (%s)", expr, list)); err != nil {
		return nil, 0, fmt.Errorf("look for keys in %s: %w", m.table.Resource.ID, err)
	}
	var keys int
	err := s.Row(ctx, "twins keys", fmt.Sprintf("SELECT count(DISTINCT %s) FROM %s WHERE %s", expr, m.table.From, out.links[0].among(small.oneIn)), &keys)
	return out, keys, err
}

// evidence are the pairs of which the data say something that counts: for their being
// one, or against what the catalogue says.
func (m *measuring) evidence() *Evidence {
	e := &Evidence{Tables: map[string]int{}, Pairs: []Measured{}}
	for _, taken := range m.samples {
		e.Tables[taken.table.Resource.ID] = taken.table.Resource.Version
	}
	for at, d := range m.found {
		a, b := m.samples[at[0]].table.Resource, m.samples[at[1]].table.Resource
		w := m.weigh(a.ID, b.ID, d)
		if w.measured && (w.score >= agreeing || m.between(at[0], at[1]).Score >= Worth) {
			e.Pairs = append(e.Pairs, Measured{A: a.ID, B: b.ID, VersionA: a.Version, VersionB: b.Version, Data: *d})
		}
	}
	slices.SortFunc(e.Pairs, func(x, y Measured) int { return cmp.Or(cmp.Compare(x.A, y.A), cmp.Compare(x.B, y.B)) })
	return e
}
