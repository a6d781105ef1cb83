package catalog

// Element is a data element: the meaning of an item, shared by all departments.
type Element struct {
	Code         string       `yaml:"code"`
	Name         string       `yaml:"name"`
	Aliases      []string     `yaml:"aliases,omitempty"` // other names departments give it: items named so are compared with it
	Column       string       `yaml:"column"`            // ASCII name in golden tables
	Entity       string       `yaml:"entity"`            // id in entities.yaml
	Key          bool         `yaml:"key,omitempty"`
	Standard     string       `yaml:"standard,omitempty"`
	Definition   string       `yaml:"definition,omitempty"`
	Type         *Type        `yaml:"type,omitempty"`   // what its values are; items that carry it are compared with it
	Domain       Domain       `yaml:"domain,omitempty"` // which values there are; items that carry it are compared with it
	Privacy      Privacy      `yaml:"privacy,omitempty"`
	Authority    Authority    `yaml:"authority,omitempty"`    // one item, or a dated list
	WhenEmpty    WhenEmpty    `yaml:"when_empty,omitempty"`   // fallback, or empty (default)
	Fallback     []ItemRef    `yaml:"fallback,omitempty"`     // ranked
	Survivorship Survivorship `yaml:"survivorship,omitempty"` // authority (default); another only for an element that by decision has no authority
	Reason       string       `yaml:"reason,omitempty"`       // why it has no authority; asked for by every survivorship but authority
	Replaces     []string     `yaml:"replaces,omitempty"`     // codes it had before it was renamed
}

// Domain is an element's value domain: a code table, a pattern, or a range.
type Domain struct {
	Codes   string `yaml:"codes,omitempty"`   // a table of codes/
	Pattern string `yaml:"pattern,omitempty"` // the whole value matches it (RE2)
	Min     string `yaml:"min,omitempty"`     // inclusive: a number, a date, or today
	Max     string `yaml:"max,omitempty"`     // inclusive
}

// Authority is who may say what an element's value is, by date.
type Authority []AuthorityTerm

// AuthorityTerm names the authoritative item from From until To (dates, "" is open).
type AuthorityTerm struct {
	Item ItemRef `yaml:"item"`
	From string  `yaml:"from,omitempty"`
	To   string  `yaml:"to,omitempty"`
}

// ItemRef is "department/resource.item".
type ItemRef string

// WhenEmpty says what an authority's NULL means.
type WhenEmpty string

// What an authority's NULL means.
const (
	EmptyMeansEmpty    WhenEmpty = "empty"
	EmptyMeansFallback WhenEmpty = "fallback"
)

// Survivorship says which of its holders' values an element's golden record takes.
// Load fills in SurviveAuthority where an element says nothing.
type Survivorship string

// The ways of survivorship. By the rule of one source (一数一源) an element with an
// authority follows it; the others are for elements that by decision have none.
const (
	SurviveAuthority    Survivorship = "authority"     // the authority's value, else by when_empty and fallback
	SurviveLatest       Survivorship = "latest"        // that of the newest record
	SurviveLongest      Survivorship = "longest"       // the longest text, in characters
	SurviveMostFrequent Survivorship = "most_frequent" // what most holders say
	SurviveList         Survivorship = "list"          // every value that differs, none left out
)

// HeldBack tells whether an element's values are held back from golden records on a
// date (2006-01-02): nobody has the authority, and no decision says how to do without.
func (e *Element) HeldBack(date string) bool {
	return (e.Survivorship == SurviveAuthority || e.Survivorship == "") && len(e.Authority.ActiveOn(date)) == 0
}
