package twins

import (
	"cmp"
	"slices"
)

// minMeet is how many keys of two samples must meet for a closer look without a word of
// the catalogue.
const minMeet = 3

// meeting is a link of one sample and one of another whose keys were found to meet.
type meeting struct {
	a, b   int // samples
	la, lb int // their links
	shared int
}

// meet finds the samples whose keys meet, by one sorted list of all keys: no pair of
// tables is looked at that has no key in common. Running numbers are left out, for they
// meet everywhere.
func meet(samples []*sample) []meeting {
	type key struct {
		hash uint64
		at   uint32 // sample and link
	}
	var all []key
	for i, m := range samples {
		for l := range m.links {
			if m.links[l].number {
				continue
			}
			for _, h := range m.keys[l].hashes {
				all = append(all, key{h, uint32(i*maxLinks + l)})
			}
		}
	}
	slices.SortFunc(all, func(x, y key) int { return cmp.Or(cmp.Compare(x.hash, y.hash), cmp.Compare(x.at, y.at)) })
	shared := map[[2]uint32]int{}
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && all[to].hash == all[from].hash {
			to++
		}
		for i := from; i < to; i++ {
			for j := i + 1; j < to; j++ {
				if all[i].at/maxLinks != all[j].at/maxLinks {
					shared[[2]uint32{all[i].at, all[j].at}]++
				}
			}
		}
		from = to
	}
	var out []meeting
	for at, n := range shared {
		if n >= minMeet {
			out = append(out, meeting{int(at[0] / maxLinks), int(at[1] / maxLinks), int(at[0] % maxLinks), int(at[1] % maxLinks), n})
		}
	}
	slices.SortFunc(out, func(x, y meeting) int {
		return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b), cmp.Compare(y.shared, x.shared), cmp.Compare(x.la, y.la), cmp.Compare(x.lb, y.lb))
	})
	return out
}
