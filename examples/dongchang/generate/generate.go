// Package generate makes the example's data: a made-up population of 东昌府区 and
// its enterprises as five departments hold them, with planted defects and a
// manifest that names every one. The same options give the same bytes: nothing
// depends on map order, wall time or the machine. Only this example imports it.
package generate

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Options say how much data is made.
type Options struct {
	Persons int    // at least MinPersons
	Seed    uint64 //
	Clean   bool   // plant nothing: the release must then hold no finding
	Again   bool   // a month later: half of the defects are mended, some are new
}

// MinPersons is the smallest population in which every kind of defect finds a
// row of its own and no gate of the project shuts.
const MinPersons = 5000

// today is the newest day any clean record speaks of: a constant, so that a
// seed means the same data for ever.
var today = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)

// Dataset is everything the departments hold, and what is wrong with it.
type Dataset struct {
	Tables   []*Table  // of MySQL sources, in the order they are created
	Files    []File    // of CSV sources
	Manifest []Finding // sorted
}

// Generate makes the data. It holds all rows in memory: about 3 KB a person.
func Generate(o Options) (*Dataset, error) {
	if o.Persons < MinPersons {
		return nil, fmt.Errorf("at least %d persons are needed: every kind of defect wants rows of its own", MinPersons)
	}
	w := &world{Options: o, rng: rand.New(rand.NewPCG(o.Seed, 0x371502))}
	w.makeAreas()
	w.makePeople()
	w.makeOrganisations()
	w.makeMarriages()

	resources := []*resource{
		w.residents(), w.households(),
		w.areas(), w.marriages(), w.lowIncome(),
		w.enterprises(),
		w.insured(),
		w.vaccinations(),
		w.visits(),
	}
	for _, r := range resources {
		r.clean = len(r.records)
	}
	w.plant(resources)
	return w.dataset(resources)
}

// world is the truth the departments' records are made from.
type world struct {
	Options
	rng      *rand.Rand
	streets  []street
	villages []village
	persons  []*person
	homes    []*household
	orgs     []*organisation
	couples  []*couple
	manifest []Finding
	ids      map[string]bool // citizen ids and credit codes given out; looked up only
}

// subject is what at most one defect may be planted on, so that what is found
// about it can only come from that defect.
type subject struct{ taken bool }

func (w *world) chance(percent float64) bool { return w.rng.Float64()*100 < percent }

func (w *world) day(from, to time.Time) time.Time {
	days := int(to.Sub(from).Hours() / 24)
	if days <= 0 {
		return from
	}
	return from.AddDate(0, 0, w.rng.IntN(days))
}

func pick[T any](w *world, from []T) T { return from[w.rng.IntN(len(from))] }
