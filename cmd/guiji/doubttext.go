package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"guiji/lake"
)

// writeDoubts tells how many values of authorities are doubtful, and whose they are.
func (a *app) writeDoubts(b *strings.Builder, id string, e lake.RunEntity) {
	if e.Doubts == 0 {
		return
	}
	sources := slices.SortedFunc(maps.Keys(e.Doubted), func(x, y string) int {
		return cmp.Or(cmp.Compare(e.Doubted[y], e.Doubted[x]), strings.Compare(x, y))
	})
	for i, s := range sources {
		sources[i] = s + " " + thousands(e.Doubted[s])
	}
	fmt.Fprintln(b, a.say("command.run.doubts", id, thousands(e.Doubts), strings.Join(sources, ", ")))
}
