package catalog

import (
	"maps"
	"slices"
	"strings"

	"guiji/internal/fault"
)

const (
	decisionsDir       = "decisions"
	authorisationsFile = decisionsDir + "/authorisations.yaml"
)

// decided are the files of decisions/ with what each is read into: what offices and
// stewards have decided, kept in git beside the project it is about. A new kind of
// decision is one line here and one in the schema of cmd/guiji.
func (p *Project) decided() map[string]any {
	return map[string]any{
		authorisationsFile: &p.Authorisations,
		linksFile:          &p.Links,
		duplicatesFile:     &p.Duplicates,
	}
}

// decisions reads decisions/*.yaml. Any other file in there is refused: a decision
// under a misspelt name would be none without a word.
func (l *loader) decisions() {
	known := l.p.decided()
	l.files(decisionsDir, func(file string) {
		into, ok := known[file]
		if !ok {
			l.fail(fault.New(fault.Config, "catalog.decisions.stray", file, strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
			return
		}
		l.yaml(file, into, nil)
	})
}
