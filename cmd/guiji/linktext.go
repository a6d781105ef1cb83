package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"guiji/internal/text"
	"guiji/lake"
)

// writeLinks tells which records could not be linked, which links are doubtful, and what
// became of golden ids, by kind.
func (a *app) writeLinks(b *strings.Builder, id string, e lake.RunEntity) {
	for _, of := range []struct {
		line, word text.Key
		counts     map[string]int64
	}{{"command.run.problems", "command.run.problem.", e.Problems}, {"command.run.events", "command.run.event.", e.Events}} {
		var list []string
		for _, kind := range slices.Sorted(maps.Keys(of.counts)) {
			list = append(list, a.say(of.word+text.Key(kind), thousands(of.counts[kind])))
		}
		if len(list) > 0 {
			fmt.Fprintln(b, a.say(of.line, id, strings.Join(list, a.say("command.run.problem.and"))))
		}
	}
}
