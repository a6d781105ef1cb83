package main

import (
	"path/filepath"
	"strings"
)

// shownSkipped is how many rules without an evaluation a terminal is told; the page and
// --json have all.
const shownSkipped = 8

// fileCheckText is the check for a person: one sentence, what it rests on, where the
// report is.
func (a *app) fileCheckText(c *fileCheck) string {
	lines := []string{a.say("check_file.found", c.File, c.Name, c.Rows, c.MustMend, c.Unreadable, c.Hints, c.Duplicates)}
	if c.clean() {
		lines[0] = a.say("check_file.clean", c.File, c.Name, c.Rows, c.Hints, c.Duplicates)
	}
	add := func(ok bool, line func() string) {
		if ok {
			lines = append(lines, line())
		}
	}
	add(c.Gate != "", func() string { return a.say("check_file.gate", c.Gate) })
	add(len(c.Missing) > 0, func() string {
		return a.say("check_file.missing", len(c.Missing), strings.Join(missingTitles(c.Missing), a.say("check_file.and")))
	})
	add(len(c.Unmatched) > 0, func() string {
		return a.say("check_file.unmatched", len(c.Unmatched), printable(strings.Join(c.Unmatched, a.say("check_file.and"))))
	})
	for _, e := range c.Collected {
		lines = append(lines, a.say("check_file.elsewhere", e.Item, e.Why, e.Obtain))
	}
	add(len(c.Skipped) > 0, func() string { return a.say("check_file.skipped", len(c.Skipped)) })
	for i, s := range c.Skipped {
		if i == shownSkipped {
			lines = append(lines, a.say("check_file.more", len(c.Skipped)-i))
			break
		}
		lines = append(lines, "  "+s.Title+a.say("check_file.colon")+s.Reason)
	}
	lines = append(lines, c.Notes...)
	for _, f := range c.Report {
		if name := filepath.Base(f); name == "index.html" || filepath.Ext(name) == ".xlsx" { // the page links to the others
			lines = append(lines, f)
		}
	}
	add(c.Left > 0, func() string { return a.say("check_file.left", pagedOfFile, c.Left) })
	return strings.Join(append(lines, a.say("check_file.nothing_kept")), "\n")
}

// missingTitles name items as a person knows them.
func missingTitles(items []missingItem) []string {
	out := make([]string, len(items))
	for i, it := range items {
		if out[i] = it.Label; out[i] == "" {
			out[i] = it.Item
		}
	}
	return out
}
