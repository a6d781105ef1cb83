package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// Who collects is optional; where it is said, it can be reached.
func TestCheckBureau(t *testing.T) {
	for written, want := range map[string]text.Key{
		"{name: 示例区大数据局, phone: '1'}":            "",
		"{name: 示例区大数据局, email: a@example.test}": "",
		"{name_of_office: 数据资源科, phone: '1'}":    "catalog.check.bureau.name",
		"{name: 示例区大数据局}":                        "catalog.check.bureau.reach",
	} {
		changes := full(t, configFile, "name: ", "bureau: "+written+"\nname: ")
		p, vs := checked(t, changes)
		got := slices.DeleteFunc(vs, func(v Violation) bool { return !strings.HasPrefix(string(v.Key), "catalog.check.bureau") })
		if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || got[0].Key != want || got[0].At.File != configFile || got[0].At.Line == 0) {
			t.Errorf("%s: want %q, have%s", written, want, describe(got))
		}
		if p.Config.Bureau == (Bureau{}) {
			t.Errorf("%s: nothing was read", written)
		}
	}
}
