package main

import (
	"bytes"
	"os"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/rogpeppe/go-internal/testscript"
)

// fragment is what guiji suggest prints, as a person reads it.
type fragment struct {
	Items []struct {
		Name   string `yaml:"name"`
		Checks []any  `yaml:"checks"`
	} `yaml:"items"`
	Checks []any `yaml:"checks"`
}

// paste FRAGMENT ENTRY puts the proposed checks into an entry, as a person would.
func paste(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: paste FRAGMENT ENTRY")
	}
	var add fragment
	ts.Check(yaml.Unmarshal([]byte(ts.ReadFile(args[0])), &add))
	var entry yaml.MapSlice
	ts.Check(yaml.UnmarshalWithOptions([]byte(ts.ReadFile(args[1])), &entry, yaml.UseOrderedMap()))
	for i := range entry {
		if entry[i].Key != "items" {
			continue
		}
		for n, one := range entry[i].Value.([]any) {
			item := one.(yaml.MapSlice)
			for _, more := range add.Items {
				if name, _ := item.ToMap()["name"].(string); name == more.Name {
					entry[i].Value.([]any)[n] = withChecks(item, more.Checks)
				}
			}
		}
	}
	entry = withChecks(entry, add.Checks)
	var out bytes.Buffer
	ts.Check(yaml.NewEncoder(&out, yaml.UseSingleQuote(true)).Encode(entry))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.TrimSpace(out.String())+"\n"), 0o600))
}

// withChecks adds checks to those that are there.
func withChecks(to yaml.MapSlice, checks []any) yaml.MapSlice {
	if len(checks) == 0 {
		return to
	}
	for i := range to {
		if to[i].Key == "checks" {
			to[i].Value = append(to[i].Value.([]any), checks...)
			return to
		}
	}
	return append(to, yaml.MapItem{Key: "checks", Value: checks})
}
