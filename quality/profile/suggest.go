package profile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"guiji/catalog"
	"guiji/internal/text"
)

// Suggestion is a check that a resource's entry might have, with what speaks for it. It
// names no value of a person.
type Suggestion struct {
	Item     string  `json:"item,omitempty"` // it is written beside; "" is the entry's own checks
	Kind     string  `json:"check"`
	Params   string  `json:"parameters,omitempty"` // flow YAML; "" for none
	Evidence string  `json:"evidence"`
	Failing  int64   `json:"failing_rows"` // now, by the check itself
	Judged   int64   `json:"judged_rows"`
	Share    float64 `json:"failing_share"`
	Status   string  `json:"status"` // as of a run: pass, fail, not_evaluated
	Reason   string  `json:"reason,omitempty"`

	rank int // what kinds of mistakes weigh: small first
}

// SuggestInput is what suggestions are made of.
type SuggestInput struct {
	Input
	Profile *Profile
	History []int64           // rows of earlier releases' images, the newest first
	Others  map[string]string // images of other resources by id: SQL
	Lang    text.Lang
	Today   time.Time
}

// Suggest proposes checks by what the values are like. Those that the entry has, or that
// it implies, are left out. How many rows each fails is for the caller to find, by the
// checks themselves; Rank orders them then.
func Suggest(ctx context.Context, in SuggestInput) ([]Suggestion, error) {
	g := &guessing{SuggestInput: in, ctx: ctx}
	for i := range in.Profile.Columns {
		c := &in.Profile.Columns[i]
		if c.kind == other || c.Filled(in.Profile.Rows) < enough {
			continue
		}
		if err := g.column(c); err != nil {
			return nil, err
		}
	}
	for _, step := range []func() error{g.order, g.together, g.references, g.volume} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return slices.DeleteFunc(g.out, g.there), nil
}

// enough is how many filled cells say something of an item.
const enough = 20

// tolerable is the share of rows that may fail a proposed check: more of them tell that
// the guess was wrong, not the data.
const tolerable = 0.2

// Rank orders suggestions whose failures are known: what fails most certainly matters
// comes first; guesses that too many rows break are left out.
func Rank(all []Suggestion) []Suggestion {
	out := slices.DeleteFunc(slices.Clone(all), func(s Suggestion) bool { return s.Judged > 1 && s.Share > tolerable })
	slices.SortStableFunc(out, func(a, b Suggestion) int {
		fails := func(s Suggestion) int {
			if s.Failing > 0 {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(fails(a), fails(b)), cmp.Compare(a.rank, b.rank), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Kind+a.Params, b.Kind+b.Params))
	})
	return out
}

// guessing is one Suggest under way.
type guessing struct {
	SuggestInput
	ctx context.Context
	out []Suggestion
}

func (g *guessing) say(key text.Key, args ...any) string { return text.Format(g.Lang, key, args...) }

func (g *guessing) add(rank int, item, kind, params, evidence string) {
	g.out = append(g.out, Suggestion{rank: rank, Item: item, Kind: kind, Params: params, Evidence: evidence})
}

// there reports whether the entry has a check of the kind at that place. What the key
// implies needs no check.
func (g *guessing) there(s Suggestion) bool {
	has := func(specs []catalog.CheckSpec) bool {
		return slices.ContainsFunc(specs, func(c catalog.CheckSpec) bool {
			return c.Kind == s.Kind && (s.Item != "" || c.Params == nil || s.Params == "" || flow(c) == s.Params)
		})
	}
	if s.Item == "" {
		return has(g.Resource.Checks)
	}
	key := g.Resource.Source.Key
	if len(key) > 0 && slices.Contains(key, s.Item) && (s.Kind == "not_null" || s.Kind == "unique" && len(key) == 1) {
		return true
	}
	it := g.Resource.Item(s.Item)
	if s.Kind == "compare" && slices.ContainsFunc(g.Resource.Checks, func(c catalog.CheckSpec) bool { return c.Kind == "in_order" }) {
		return true
	}
	return it == nil || has(it.Checks)
}

// has reports whether an item has a check of one of the kinds, or is proposed one.
func (g *guessing) has(item string, kinds ...string) bool {
	it := g.Resource.Item(item)
	return slices.ContainsFunc(it.Checks, func(c catalog.CheckSpec) bool { return slices.Contains(kinds, c.Kind) }) ||
		slices.ContainsFunc(g.out, func(s Suggestion) bool { return s.Item == item && slices.Contains(kinds, s.Kind) })
}
