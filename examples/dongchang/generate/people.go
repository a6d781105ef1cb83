package generate

import (
	"fmt"
	"time"
)

// person is one inhabitant: the truth that departments' records agree with.
type person struct {
	subject
	id, name  string
	female    bool
	birth     time.Time
	ethnicity string
	house     *household
	phone     string
	head      bool
	insured   bool
	visited   bool
	poor      bool
	married   bool
	legalRep  bool
	fallback  bool // 公安 has no address; 民政's stands in
	doses     int
}

// solo reports that only 公安's register speaks of the person, and that no other
// row refers to it: a defect there can only be found there.
func (p *person) solo() bool {
	return !p.head && !p.insured && !p.visited && !p.poor && !p.married && !p.legalRep && p.doses == 0
}

func (p *person) age() int { return int(today.Sub(p.birth).Hours() / 24 / 365.25) }

type household struct {
	subject
	number  string
	address string
	village village
	members []*person
	quiet   bool // its members meet no other department
}

// makePeople fills households until the population is reached. Three in ten
// households are quiet: their members are the ones 公安's own defects are put on.
func (w *world) makePeople() {
	w.ids = map[string]bool{}
	for len(w.persons) < w.Persons {
		h := &household{number: fmt.Sprintf("37150%07d", len(w.homes)+1), quiet: w.chance(30), village: w.homeVillage()}
		h.address = w.address(h.village)
		w.homes = append(w.homes, h)
		size := min(1+w.rng.IntN(5), w.Persons-len(w.persons))
		for i := range size {
			p := w.member(h, i)
			h.members = append(h.members, p)
			w.persons = append(w.persons, p)
		}
		w.circumstances(h)
	}
}

// member makes the i-th member of a household: the head, a spouse, children.
func (w *world) member(h *household, i int) *person {
	p := &person{house: h, head: i == 0, female: w.chance(49), ethnicity: "01"}
	if w.chance(3) {
		p.ethnicity = "03"
	}
	surname := pick(w, surnames)
	switch {
	case i == 0:
		p.birth = w.day(today.AddDate(-78, 0, 0), today.AddDate(-24, 0, 0))
	case i == 1:
		head := h.members[0]
		p.female = !head.female
		p.birth = w.day(head.birth.AddDate(-4, 0, 0), head.birth.AddDate(4, 0, 0))
		if p.birth.After(today.AddDate(-22, 0, 0)) {
			p.birth = today.AddDate(-22, 0, -w.rng.IntN(300))
		}
	default:
		head := h.members[0]
		surname = surnameOf(head.name)
		latest := head.birth.AddDate(42, 0, 0)
		if latest.After(today) {
			latest = today
		}
		p.birth = w.day(head.birth.AddDate(22, 0, 0), latest)
	}
	given := maleNames
	if p.female {
		given = femaleNames
	}
	p.name = surname + pick(w, given)
	area := "371502"
	if w.chance(18) {
		area = pick(w, liaocheng).code
	}
	p.id = w.citizenID(area, p.birth, p.female)
	p.birth = birthOf(p.id)
	p.phone = w.mobile()
	return p
}

// circumstances says which departments meet the members.
func (w *world) circumstances(h *household) {
	if h.quiet {
		return
	}
	poor := w.chance(10)
	for _, p := range h.members {
		age := p.age()
		p.insured = age >= 18 && age < 70 && w.chance(75)
		p.visited = age >= 16 && w.chance(30)
		if w.chance(45) {
			p.doses = 1 + w.rng.IntN(3)
		}
		p.poor = poor && p.head
	}
}

func birthOf(id string) time.Time {
	t, err := time.Parse("20060102", id[6:14])
	if err != nil {
		panic(err) // ids are made from dates
	}
	return t
}

func surnameOf(name string) string {
	r := []rune(name)
	if s := string(r[:2]); s == "司马" || s == "欧阳" {
		return s
	}
	return string(r[:1])
}

// otherName is a plausible wrong name: a given name miswritten.
func (w *world) otherName(p *person) string {
	given := maleNames
	if p.female {
		given = femaleNames
	}
	for {
		if n := surnameOf(p.name) + pick(w, given); n != p.name {
			return n
		}
	}
}
