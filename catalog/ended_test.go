package catalog_test

import (
	"testing"

	"guiji/catalog"
)

func TestAPurposeEndsAfterItsLastDay(t *testing.T) {
	for today, want := range map[string]catalog.Status{"2027-06-29": catalog.Published, "2027-06-30": catalog.Published, "2027-07-01": catalog.Withdrawn, "2028-01-01": catalog.Withdrawn} {
		p := &catalog.Project{Resources: []*catalog.Resource{
			{ID: "gongan/resident", Status: catalog.Published, PurposeEnds: "2027-06-30"}, {ID: "gongan/house", Status: catalog.Published}, {ID: "gongan/new", Status: catalog.Draft, PurposeEnds: "2020-01-01"},
		}}
		p.EndPurposes(today)
		if p.Resources[0].Status != want || p.Resources[1].Status != catalog.Published || p.Resources[2].Status != catalog.Draft {
			t.Errorf("on %s: %s, %s, %s", today, p.Resources[0].Status, p.Resources[1].Status, p.Resources[2].Status)
		}
	}
}
