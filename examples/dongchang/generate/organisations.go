package generate

import (
	"fmt"
	"time"
)

// organisation is one enterprise with its legal representative.
type organisation struct {
	subject
	code, name, trade, address, phone string
	established                       time.Time
	capital                           int // in 万元
	rep                               *person
	employs                           bool // insured persons name it as their employer
}

// makeOrganisations founds an enterprise for every tenth person. A third employ
// nobody: those are the ones 市场监管's own defects are put on.
func (w *world) makeOrganisations() {
	var adults []*person
	for _, p := range w.persons {
		if p.insured && p.age() >= 22 {
			adults = append(adults, p)
		}
	}
	used := map[string]bool{}
	for len(w.orgs) < w.Persons/10 {
		trade := pick(w, trades)
		name := "聊城" + pick(w, tradeNames) + pick(w, tradeNames) + trade.word + "有限公司"
		if used[name] {
			name = fmt.Sprintf("聊城市东昌府区%s%s%s（%d）有限公司", pick(w, tradeNames), pick(w, tradeNames), trade.word, len(w.orgs))
		}
		used[name] = true
		rep := adults[w.rng.IntN(len(adults))]
		rep.legalRep = true
		w.orgs = append(w.orgs, &organisation{
			code: w.creditCode("91"), name: name, trade: trade.code, address: w.address(w.homeVillage()),
			phone: fmt.Sprintf("0635-8%06d", w.rng.IntN(1_000_000)), established: w.day(today.AddDate(-20, 0, 0), today.AddDate(0, -2, 0)),
			capital: 10 * (1 + w.rng.IntN(500)), rep: rep, employs: w.chance(67),
		})
	}
}

// employer is some enterprise that employs people.
func (w *world) employer() *organisation {
	for {
		if o := pick(w, w.orgs); o.employs {
			return o
		}
	}
}

// couple is a marriage; divorced is the zero time where it lasts.
type couple struct {
	man, woman           *person
	registered, divorced time.Time
}

func (w *world) makeMarriages() {
	for _, h := range w.homes {
		if h.quiet || len(h.members) < 2 || !w.chance(85) {
			continue
		}
		c := &couple{man: h.members[0], woman: h.members[1]}
		if c.man.female {
			c.man, c.woman = c.woman, c.man
		}
		younger := c.man.birth
		if c.woman.birth.After(younger) {
			younger = c.woman.birth
		}
		c.registered = w.day(younger.AddDate(22, 0, 1), today)
		if w.chance(12) {
			c.divorced = w.day(c.registered.AddDate(0, 6, 0), today.AddDate(0, 6, 0))
			if c.divorced.After(today) || c.divorced.Before(c.registered) {
				c.divorced = time.Time{}
			}
		}
		c.man.married, c.woman.married = true, true
		w.couples = append(w.couples, c)
	}
}
