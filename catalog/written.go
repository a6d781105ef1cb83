package catalog

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"guiji/internal/text"
)

// UnmarshalYAML reads the written form.
func (t *Type) UnmarshalYAML(n ast.Node) error {
	s, ok := scalar(n)
	if !ok {
		return misplaced(n, "catalog.file.wants.text")
	}
	var err error
	if *t, err = ParseType(s); err != nil {
		return misplaced(n, "catalog.written.type", s)
	}
	return nil
}

// ParseRate reads 5% or 0.05: a share, 0..1.
func ParseRate(s string) (Rate, bool) {
	number, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	f, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		return 0, false
	}
	if percent {
		f /= 100
	}
	return Rate(f), f >= 0 && f <= 1
}

// UnmarshalYAML reads 5% or 0.05.
func (r *Rate) UnmarshalYAML(n ast.Node) error {
	s, _ := scalar(n)
	rate, ok := ParseRate(s)
	if !ok {
		return misplaced(n, "catalog.written.rate", s)
	}
	*r = rate
	return nil
}

// MarshalYAML writes the share as a number.
func (r Rate) MarshalYAML() (any, error) { return float64(r), nil }

// ParseKeepRule reads latest(item), earliest(item) or first.
func ParseKeepRule(s string) (KeepRule, bool) {
	fn, rest, bracket := strings.Cut(strings.TrimSpace(s), "(")
	item, closed := strings.CutSuffix(rest, ")")
	fn, item = strings.TrimSpace(fn), strings.TrimSpace(item)
	switch {
	case fn == "first" && !bracket:
		return KeepRule{Fn: fn}, true
	case (fn == "latest" || fn == "earliest") && closed && itemName.MatchString(item):
		return KeepRule{Fn: fn, Item: item}, true
	}
	return KeepRule{}, false
}

// String is the rule as written.
func (k KeepRule) String() string {
	if k.Item == "" {
		return k.Fn
	}
	return k.Fn + "(" + k.Item + ")"
}

// UnmarshalYAML reads the written form.
func (k *KeepRule) UnmarshalYAML(n ast.Node) error {
	s, _ := scalar(n)
	rule, ok := ParseKeepRule(s)
	if !ok {
		return misplaced(n, "catalog.written.keep", s)
	}
	*k = rule
	return nil
}

// MarshalYAML writes the written form.
func (k KeepRule) MarshalYAML() (any, error) { return k.String(), nil }

// UnmarshalYAML reads one item, or a dated list.
func (a *Authority) UnmarshalYAML(n ast.Node) error {
	if s, ok := scalar(n); ok {
		*a = Authority{{Item: ItemRef(s)}}
		return nil
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return misplaced(n, "catalog.written.authority")
	}
	*a = nil
	for _, v := range list.Values {
		var t AuthorityTerm
		if err := decodeInner(v, &t); err != nil {
			return err
		}
		*a = append(*a, t)
	}
	return nil
}

// UnmarshalYAML reads a bare id, or {id: …, extended_by: …}.
func (p *ActiveProfile) UnmarshalYAML(n ast.Node) error {
	if s, ok := scalar(n); ok {
		*p = ActiveProfile{ID: s}
		return nil
	}
	type plain ActiveProfile
	return decodeInner(n, (*plain)(p))
}

// one of a list of words, else an error that names them all.
func word[T ~string](into *T, n ast.Node, words ...T) error {
	s, ok := scalar(n)
	if !ok && !isNull(n) {
		return misplaced(n, "catalog.file.wants.text")
	}
	var names []string
	for _, w := range words {
		if T(s) == w {
			*into = w
			return nil
		}
		if w != "" {
			names = append(names, string(w))
		}
	}
	return misplaced(n, text.Key("catalog.written.word"), s, strings.Join(names, ", "))
}

// UnmarshalYAML refuses any other word.
func (s *Status) UnmarshalYAML(n ast.Node) error {
	return word(s, n, Draft, Submitted, Returned, Registered, Published, Withdrawn)
}

// UnmarshalYAML refuses any other word.
func (s *Serve) UnmarshalYAML(n ast.Node) error { return word(s, n, ServeView, ServeTable) }

// UnmarshalYAML refuses any other word.
func (p *Privacy) UnmarshalYAML(n ast.Node) error {
	return word(p, n, PrivacyNone, PrivacyDirect, PrivacyQuasi, PrivacySensitive)
}

// UnmarshalYAML refuses any other word.
func (r *Role) UnmarshalYAML(n ast.Node) error { return word(r, n, "", RoleCopy) }

// UnmarshalYAML refuses any other word.
func (u *Unfit) UnmarshalYAML(n ast.Node) error { return word(u, n, UnfitRow, UnfitCell) }

// UnmarshalYAML refuses any other word.
func (w *WhenEmpty) UnmarshalYAML(n ast.Node) error {
	return word(w, n, EmptyMeansEmpty, EmptyMeansFallback)
}

// UnmarshalYAML refuses any other word.
func (s *Survivorship) UnmarshalYAML(n ast.Node) error {
	return word(s, n, SurviveAuthority, SurviveLatest, SurviveLongest, SurviveMostFrequent, SurviveList)
}

// UnmarshalYAML refuses any other word.
func (r *AuthorisedReason) UnmarshalYAML(n ast.Node) error {
	return word(r, n, SpecialBusiness, Emergency)
}
