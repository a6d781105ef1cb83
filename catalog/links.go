package catalog

const linksFile = decisionsDir + "/links.yaml"

// Link is a steward's decision on which records speak of one subject, kept in
// decisions/links.yaml and applied by every run from its date until it is over or taken
// out. Exactly one of MustLink, CannotLink and Exclude is written. It names records by
// their keys: the file is as private as the data.
type Link struct {
	ID         string   `yaml:"id"`
	Entity     string   `yaml:"entity"`                // id in entities.yaml
	MustLink   []Linked `yaml:"must_link,omitempty"`   // two or more that are one subject
	CannotLink []Linked `yaml:"cannot_link,omitempty"` // two that are not; of two records of one key the second steps out of it
	Exclude    []Linked `yaml:"exclude,omitempty"`     // records, or whole resources, that take no part
	Reason     string   `yaml:"reason"`
	Office     string   `yaml:"office"`          // that decided; no person's name is kept
	Date       string   `yaml:"date"`            // first day it holds
	Until      string   `yaml:"until,omitempty"` // last day; "" is open
}

// Linked is what a decision is about: a record, a whole resource, or the subject of a
// key.
type Linked struct {
	Resource  string   `yaml:"resource,omitempty"`   // department/name, or department/name#role for a subject with a role
	Record    []string `yaml:"record,omitempty"`     // the values of its key columns, in order, as text
	EntityKey string   `yaml:"entity_key,omitempty"` // as the crosswalk shows it
}

// ActiveOn tells whether the decision holds on a date (2006-01-02).
func (l Link) ActiveOn(date string) bool {
	return l.Date <= date && (l.Until == "" || date <= l.Until)
}

// said is what it is about, by the key it is written under.
func (l Link) said() map[string][]Linked {
	out := map[string][]Linked{}
	for key, list := range map[string][]Linked{"must_link": l.MustLink, "cannot_link": l.CannotLink, "exclude": l.Exclude} {
		if len(list) > 0 {
			out[key] = list
		}
	}
	return out
}
