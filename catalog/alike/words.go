package alike

import (
	_ "embed"
	"fmt"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed names.yaml
var namesFile []byte

// reasoned is a word with why it is treated as it is.
type reasoned struct {
	Word    string `yaml:"word"`
	Because string `yaml:"because"`
}

// fold is an end of labels that says the same as another.
type fold struct {
	From    string `yaml:"from"`
	To      string `yaml:"to"`
	Because string `yaml:"because"`
}

// words are what names.yaml holds.
type words struct {
	EntryEnds   []reasoned `yaml:"entry_ends"`
	EntryStarts []reasoned `yaml:"entry_starts"`
	Anywhere    []reasoned `yaml:"anywhere"`
	ItemEnds    []reasoned `yaml:"item_ends"`
	ItemFolds   []fold     `yaml:"item_folds"`
	Same        [][]string `yaml:"same"`
	Everywhere  []reasoned `yaml:"everywhere"`
}

// known decodes the embedded file once. It cannot be wrong at run time: a test reads it.
var known = sync.OnceValue(func() *words {
	w := &words{}
	if err := yaml.UnmarshalWithOptions(namesFile, w, yaml.Strict()); err != nil {
		panic(fmt.Sprintf("embedded names.yaml: %v", err))
	}
	return w
})

// Synonyms are groups of words for one thing that departments write, the usual one first.
func Synonyms() [][]string { return known().Same }
