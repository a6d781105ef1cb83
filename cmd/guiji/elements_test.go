package main

import (
	"strings"
	"testing"

	"guiji/catalog"
)

// An element is known by its code, or by a name that is of it alone.
func TestElementsByName(t *testing.T) {
	p := &catalog.Project{Elements: []catalog.Element{
		{Code: "DE1", Name: "姓名", Aliases: []string{"人员姓名"}, Entity: "person"}, {Code: "DE2", Name: "联系电话", Entity: "person"}, {Code: "DE3", Name: "联系电话", Entity: "organisation"},
	}}
	for asked, want := range map[string]string{"DE2": "DE2", "姓名": "DE1", "人员姓名": "DE1", "联系电话": "DE2, DE3", "名": "no data element"} {
		e, err := elementOf(p, asked)
		if (err == nil) != (e != nil) || err == nil && e.Code != want || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", asked, e, err)
		}
	}
}
