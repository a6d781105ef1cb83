package alike

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"guiji/catalog"
)

// bare is a name without what does not belong to its meaning: width and compatibility
// forms (NFKC), case, blanks, signs, remarks in brackets: 注册资本（万元） is 注册资本.
// A name that is one remark stays.
func bare(name string) string {
	var b strings.Builder
	depth := 0
	folded := strings.ToLower(norm.NFKC.String(name))
	for _, r := range folded {
		switch {
		case strings.ContainsRune("([{【〔《<", r):
			depth++
		case strings.ContainsRune(")]}】〕》>", r):
			depth = max(0, depth-1)
		case depth == 0 && (unicode.IsLetter(r) || unicode.IsNumber(r)):
			b.WriteRune(r)
		}
	}
	if b.Len() > 0 {
		return b.String()
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, folded)
}

// without leaves words out by cut, the longest that fits first, as long as something of
// the name stays.
func without(name string, list []reasoned, cut func(s, word string) string) string {
	for {
		shortest := name
		for _, w := range list {
			if rest := cut(name, w.Word); rest != "" && len(rest) < len(shortest) {
				shortest = rest
			}
		}
		if shortest == name {
			return name
		}
		name = shortest
	}
}

func everywhere(s, word string) string { return strings.ReplaceAll(s, word, "") }

// entryName is an entry's name as it is compared.
func entryName(name string) string {
	w := known()
	s := without(bare(name), w.Anywhere, everywhere)
	s = without(s, w.EntryEnds, strings.TrimSuffix)
	return without(s, w.EntryStarts, strings.TrimPrefix)
}

// itemName is an item's label as it is compared, before synonyms.
func itemName(label string) string {
	w := known()
	s := without(bare(label), w.Anywhere, everywhere)
	s = without(s, w.ItemEnds, strings.TrimSuffix)
	for _, f := range w.ItemFolds {
		if head, ok := strings.CutSuffix(s, f.From); ok {
			return head + f.To
		}
	}
	return s
}

// names brings labels to the word that stands for their meaning.
type names struct {
	head map[string]string // compared form → that of the group's usual word
	few  map[string]bool   // words that nearly every table has
}

// newNames joins what is known with the register's names and aliases. A name of the
// register is its own group's usual word, so that two elements never become one by a synonym.
func newNames(p *catalog.Project) *names {
	n := &names{head: map[string]string{}, few: map[string]bool{}}
	registered := map[string]bool{}
	for _, e := range p.Elements {
		registered[itemName(e.Name)] = true
	}
	for _, group := range Synonyms() {
		usual := itemName(group[0])
		for _, word := range group {
			if w := itemName(word); registered[w] {
				usual = w
				break
			}
		}
		for _, word := range group {
			if w := itemName(word); !registered[w] {
				n.head[w] = usual
			}
		}
	}
	aliases := map[string]string{} // of two entities' elements of one alias the first counts
	for _, e := range p.Elements {
		for _, alias := range e.Aliases {
			w := itemName(alias)
			if _, taken := aliases[w]; !taken && !registered[w] {
				aliases[w] = itemName(e.Name)
			}
		}
	}
	maps.Copy(n.head, aliases)
	for _, w := range known().Everywhere {
		n.few[n.of(w.Word)] = true
	}
	return n
}

// of is the compared form of an item's label.
func (n *names) of(label string) string {
	s := itemName(label)
	if head, ok := n.head[s]; ok {
		return head
	}
	return s
}

// grams are the pairs of neighbouring characters of a text, ascending, two characters
// in one number; a text of one character is its own pair.
func grams(s string) []uint64 {
	r := []rune(s)
	switch len(r) {
	case 0:
		return nil
	case 1:
		return []uint64{uint64(r[0])}
	}
	out := make([]uint64, len(r)-1)
	for i := range out {
		out[i] = uint64(r[i])<<32 | uint64(r[i+1])
	}
	slices.Sort(out)
	return out
}

// similarity of two texts by their grams, 0..1: twice the weight of what they share over
// that of all they have (Dice). Characters, not bytes: Chinese ones share bytes by chance.
func similarity(x, y []uint64, weight func(uint64) float64) float64 {
	shared, all := 0.0, 0.0
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case j == len(y) || i < len(x) && x[i] < y[j]:
			all += weight(x[i])
			i++
		case i == len(x) || x[i] > y[j]:
			all += weight(y[j])
			j++
		default:
			shared += weight(x[i])
			all += 2 * weight(x[i])
			i++
			j++
		}
	}
	if all == 0 {
		return 0
	}
	return 2 * shared / all
}

// evenly weighs all pairs of characters alike.
func evenly(uint64) float64 { return 1 }
