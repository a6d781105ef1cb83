package onesource_test

import (
	"slices"
	"testing"

	"guiji/catalog"
	"guiji/transforms/onesource"
)

// Two ways to write one number are no conflict: 15 digits and 18, with a hyphen and
// without. Other numbers are, and so is what has not the form.
func TestOneNumberWrittenTwoWaysIsNoConflict(t *testing.T) {
	for form, c := range map[catalog.KeyForm]struct {
		authority string
		says      []string // of the others
		want      []string
	}{
		catalog.FormOrganisationCode: {"12345678-9", []string{"123456789", "12345678-9", "876543219", "不详"}, []string{"876543219", "不详"}},
		catalog.FormCitizenID:        {"110105491231002", []string{"11010519491231002X", "11010519491231002x", "110105194912310038", "110105"}, []string{"110105", "110105194912310038"}},
	} {
		s := open(t, 1)
		p, members := linked(t, catalog.Entity{Keys: []string{"K1", "K2"}, Routes: []catalog.KeyRoute{{Key: "K2", Form: form}}}, 5)
		p.Elements[1].Authority = catalog.Authority{{Item: "d/a.K2"}}
		images := [][]string{{"1|A|" + c.authority + "|张三"}}
		for _, said := range c.says {
			images = append(images, []string{"1|A|" + said + "|张三"})
		}
		fillLinked(t, s, 2, images...)
		e := onesource.Entities(p, members, day(t, "2026-01-01"), 1)[0]
		resolve(t, s, e, onesource.Options{})
		got := rowsOf(t, s, "SELECT holder_value FROM ("+onesource.ConflictsQuery(e, onesource.Options{})+") WHERE element = 'K2' ORDER BY 1")
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: conflicts %v, not %v", form, got, c.want)
		}
	}
}
