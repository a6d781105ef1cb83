package lake

import "slices"

// links follows the hashes of a chain from its newest release down. A release names
// the content the one before it had then; where that has been rewritten since, later
// releases say from what to what.
type links struct {
	named map[uint64]string    // by version: the hash that the release after it names
	steps map[uint64][]Rewrite // by version: in the order they were made
}

func newLinks() *links {
	return &links{named: map[uint64]string{}, steps: map[uint64][]Rewrite{}}
}

// pass takes in what a release says of those before it.
func (l *links) pass(r *Release) {
	if r.Previous != nil {
		l.named[r.Previous.Version] = r.Previous.SHA256
	}
	for _, w := range r.Rewrites {
		l.steps[w.Version] = slices.Insert(l.steps[w.Version], 0, w)
	}
}

// fit reports whether a release's present content is what the releases after it say.
// The newest fits, whatever it is.
func (l *links) fit(version uint64, sum string) bool {
	now, ok := l.named[version]
	if !ok {
		return true
	}
	for _, w := range l.steps[version] {
		if w.Was != now {
			return false
		}
		now = w.SHA256
	}
	delete(l.named, version)
	delete(l.steps, version)
	return now == sum
}
