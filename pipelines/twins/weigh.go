package twins

import (
	"math"

	"guiji/catalog/alike"
)

// apart is the share of keys in common below which two tables are about others.
const apart = 0.05

// weighed is what data say, in one figure.
type weighed struct {
	measured bool
	meets    bool // the keys of one are among those of the other
	score    float64
}

// weigh makes one figure of what data say of two resources: how much of the smaller
// one's keys the other has, and how much of its items, by weight, agrees beyond chance on
// those keys. Codes such as 性别 hold the same values everywhere and weigh nothing
// unless they agree row by row.
func weigh(said *alike.Catalogue, a, b string, d *Data) weighed {
	if min(d.KeysA, d.KeysB) < minRows {
		return weighed{}
	}
	in := max(d.InA(), d.InB())
	if in < apart {
		return weighed{measured: true}
	}
	if d.Rows < minRows {
		return weighed{}
	}
	agree, heavy := 0.0, 0.0
	for _, g := range d.Items {
		w := min(said.Weight(a, g.A), said.Weight(b, g.B))
		agree += w * max(0, g.Beyond)
		if g.Proves() && !said.Little(a, g.A) && !said.Little(b, g.B) && w > 0 {
			heavy++
		}
	}
	for i := range d.KeyA {
		agree += min(said.Weight(a, d.KeyA[i]), said.Weight(b, d.KeyB[min(i, len(d.KeyB)-1)]))
	}
	small := min(said.Total(a), said.Total(b))
	if small == 0 {
		return weighed{measured: true, meets: true}
	}
	cover := min(1, agree/small) * heavy / (heavy + 0.5)
	return weighed{measured: true, meets: true, score: math.Sqrt(in * cover)}
}

// proven is the agreement beyond chance from which two items count as the same.
const proven = 0.6
