package twins

import (
	"guiji/catalog"
	"guiji/catalog/alike"
)

// Asked are the pairs that departments are to decide: those found today, and of those
// asked before (before, ids in order) on the word of data alone the ones that no newer
// comparison speaks against. The data are not compared at every run: a question they gave
// rise to is not withdrawn because what they said is lost or of an older entry.
func Asked(p *catalog.Project, ev *Evidence, before [][2]string) []Finding {
	said := alike.New(p, false)
	var out []Finding
	found := map[[2]string]bool{}
	for _, f := range Find(p, said, ev, Ask) {
		found[[2]string{f.A, f.B}] = true
		if f.Open() {
			out = append(out, f)
		}
	}
	for _, at := range before {
		if found[at] || !said.Has(at[0]) || !said.Has(at[1]) || ev.compared(p, at) {
			continue
		}
		f := Finding{Pair: said.Between(at[0], at[1])}
		f.judge(said)
		if f.decide(p); f.Open() {
			out = append(out, f)
		}
	}
	return out
}

// compared tells whether the data of both entries were compared at their present versions.
func (e *Evidence) compared(p *catalog.Project, pair [2]string) bool {
	if e == nil {
		return false
	}
	for _, id := range pair {
		if v, ok := e.Tables[id]; !ok || v != p.Resource(id).Version {
			return false
		}
	}
	return true
}
