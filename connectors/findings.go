package connectors

import "slices"

// Found is a finding: what is well, or else a warning.
func Found(ok bool, good, warning string, args ...any) Finding {
	if ok {
		return Finding{OK: true, Key: good, Args: args}
	}
	return Finding{Warning: true, Key: warning, Args: args}
}

// WorstFirst sorts findings as Doctor returns them: obstacles, warnings, what is well.
func WorstFirst(list []Finding) {
	rank := func(f Finding) int {
		switch {
		case f.OK:
			return 2
		case f.Warning:
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b Finding) int { return rank(a) - rank(b) })
}
