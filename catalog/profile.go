package catalog

import (
	"embed"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed profiles/*.yaml
var profileFiles embed.FS

// Profile is a dated set of legal rules. Figures live here, not in code: they change.
type Profile struct {
	ID        string             `yaml:"id"`
	Title     string             `yaml:"title"`
	Document  string             `yaml:"document"` // its number
	From      string             `yaml:"in_force_from"`
	To        string             `yaml:"in_force_to,omitempty"` // last day; "" is open
	Catalogue string             `yaml:"catalogue"`             // what it calls the catalogue
	Citations map[string]string  `yaml:"citations"`             // rule → article; "" cites the whole
	Deadlines map[string]Term    `yaml:"deadlines"`
	Allowed   map[string][]Basis `yaml:"allowed_basis,omitempty"` // share, open → kinds of document
}

// Term is a deadline of a profile.
type Term struct {
	Days       int    `yaml:"days"` // working days, the start day not counted
	Article    string `yaml:"article,omitempty"`
	Unverified bool   `yaml:"unverified,omitempty"` // not checked against the promulgated text
}

// Basis is a kind of document a decision may rest on.
type Basis string

// The kinds: 法律, 法规, 规章, 国家有关文件, and anything below.
const (
	Law              Basis = "law"
	Regulation       Basis = "regulation"
	DepartmentRule   Basis = "rule"
	NationalDocument Basis = "national_document"
	OtherDocument    Basis = "other"
)

// Cite is the citation of an article in full: 《…》（…〔2020〕12号）第十九条第三款.
func (p *Profile) Cite(article string) string {
	return "《" + p.Title + "》（" + p.Document + "）" + article
}

// FindProfile finds an embedded profile by id; nil if there is none.
func FindProfile(id string) *Profile {
	return profiles()[id]
}

var profiles = sync.OnceValue(func() map[string]*Profile {
	out := map[string]*Profile{}
	for _, name := range []string{"dongchang-2020", "state-council-809-2025"} {
		p := &Profile{}
		embedded(name, p)
		out[p.ID] = p
	}
	return out
})

// embedded decodes a file of this package. It cannot be wrong at run time: a test
// reads every one of them.
func embedded(name string, into any) {
	data, err := profileFiles.ReadFile("profiles/" + name + ".yaml")
	if err == nil {
		err = yaml.UnmarshalWithOptions(data, into, yaml.Strict())
	}
	if err != nil {
		panic(fmt.Sprintf("embedded profile %s into %s: %v", name, reflect.TypeOf(into), err))
	}
}

// active are the project's profiles in force at a date, in the order of guiji.yaml.
// One that expired stays active while it is named; one to come is not yet.
func (p *Project) active(date string) []*Profile {
	var out []*Profile
	for _, a := range p.Profiles {
		if pr := FindProfile(a.ID); pr != nil && pr.From <= date {
			out = append(out, pr)
		}
	}
	return out
}

// Cite is how the active profiles cite a rule (collect_once, share_basis, …),
// joined by ；; "" where none of them knows it.
func (p *Project) Cite(rule, date string) string {
	var out []string
	for _, pr := range p.active(date) {
		if article, ok := pr.Citations[rule]; ok {
			out = append(out, pr.Cite(article))
		}
	}
	return strings.Join(out, "；")
}

type basisPattern struct {
	Kind   Basis  `yaml:"kind"`
	Title  string `yaml:"title,omitempty"`
	Number string `yaml:"number,omitempty"`

	title, number *regexp.Regexp
}

var basisPatterns = sync.OnceValue(func() []basisPattern {
	var out []basisPattern
	embedded("basis", &out)
	for i := range out {
		out[i].title, out[i].number = regexp.MustCompile(out[i].Title), regexp.MustCompile(out[i].Number)
	}
	return out
})

var (
	citedTitle = regexp.MustCompile(`《([^《》]*(?:《[^《》]*》[^《》]*)*)》(?:[（(]([^）)]*)[）)])?`)
	bareTitle  = regexp.MustCompile(`^(.*?)(?:[（(]([^）)]*)[）)])?(?:第[一二三四五六七八九十百零〇0-9]+条.*)?$`)
)

// BasisKinds tells what kinds of document a basis cites, by title and number.
func BasisKinds(basis string) []Basis {
	cited := citedTitle.FindAllStringSubmatch(basis, -1)
	if cited == nil && strings.TrimSpace(basis) != "" {
		cited = [][]string{bareTitle.FindStringSubmatch(strings.TrimSpace(basis))}
	}
	var out []Basis
	for _, c := range cited {
		if len(c) == 3 {
			out = append(out, basisKind(strings.TrimSpace(c[1]), strings.TrimSpace(c[2])))
		}
	}
	return out
}

func basisKind(title, number string) Basis {
	for _, p := range basisPatterns() {
		if p.title.MatchString(title) && p.number.MatchString(number) {
			return p.Kind
		}
	}
	return OtherDocument
}
