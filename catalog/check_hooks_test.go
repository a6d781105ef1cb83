package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// Each setting of metrics, hooks, mail and lineage that cannot be is told with its
// place; what can be is not.
func TestCheckWatching(t *testing.T) {
	server := "mail: {server: 'mail.example.test:465', from: a@example.test}\n"
	for _, c := range []struct {
		written string
		want    []text.Key
	}{
		{"schedule: {metrics: '127.0.0.1:9464'}\n", nil},
		{"schedule: {metrics: '[::1]:9464'}\n", nil},
		{"schedule: {metrics: '0.0.0.0:9464'}\n", []text.Key{"catalog.check.metrics.open"}},
		{"schedule: {metrics: ':9464'}\n", []text.Key{"catalog.check.metrics.open"}},
		{"schedule: {metrics: '9464'}\n", []text.Key{"catalog.check.metrics"}},
		{"schedule: {metrics: 'localhost:99999'}\n", []text.Key{"catalog.check.metrics"}},
		{"hooks: {on_failure: [{command: [./tell.sh]}, {webhook: 'https://robot.example.test/x'}], on_missed: [{webhook: '${ROBOT}'}]}\n", nil},
		{"hooks: {on_failure: [{}]}\n", []text.Key{"catalog.check.hook.one"}},
		{"hooks: {on_missed: [{command: [a], webhook: 'http://10.0.0.1/'}]}\n", []text.Key{"catalog.check.hook.one"}},
		{"hooks: {on_missed: [{command: ['']}]}\n", []text.Key{"catalog.check.hook.command"}},
		{"hooks: {on_missed: [{webhook: 'ftp://10.0.0.1/'}]}\n", []text.Key{"catalog.check.web"}},
		{"hooks: {on_missed: [{webhook: 'https://u:p@robot.example.test/'}]}\n", []text.Key{"catalog.check.web"}},
		{"hooks: {on_missed: [{webhook: 'https://robot.example.test/send?access_token=abc'}]}\n", []text.Key{"catalog.check.secret.plain"}},
		{"hooks: {on_missed: [{webhook: 'https://robot.example.test/send?access_token=${TOKEN}'}]}\n", nil},
		{"hooks: {on_failure: [{mail: [a@example.test]}]}\n", []text.Key{"catalog.check.mail.missing"}},
		{"hooks: {on_failure: [{mail: [a@example.test]}]}\n" + server, nil},
		{"hooks: {on_failure: [{mail: ['A <a@example.test>', nobody]}]}\n" + server, []text.Key{"catalog.check.mail.address", "catalog.check.mail.address"}},
		{"mail: {server: mail.example.test, from: a@example.test}\n", []text.Key{"catalog.check.mail.server"}},
		{"mail: {server: 'mail.example.test:25', from: a, tls: off}\n", []text.Key{"catalog.check.mail.address", "catalog.check.mail.plain"}},
		{"mail: {server: 'localhost:25', from: a@example.test, tls: off, password: '${P}'}\n", nil},
		{"mail: {server: 'localhost:25', from: a@example.test, tls: maybe, password: geheim}\n", []text.Key{"catalog.check.mail.tls", "catalog.check.secret.plain"}},
		{"lineage: {url: 'http://127.0.0.1:5000/api/v1/lineage', file: lineage.jsonl}\n", nil},
		{"lineage: {url: '127.0.0.1:5000'}\n", []text.Key{"catalog.check.web"}},
	} {
		_, vs := checked(t, full(t, configFile, "name: ", c.written+"name: "))
		var got []text.Key
		for _, v := range vs {
			if slices.ContainsFunc([]string{"metrics", "hook", "web", "mail", "secret"}, func(p string) bool { return strings.HasPrefix(string(v.Key), "catalog.check."+p) }) {
				got = append(got, v.Key)
				if v.At.File != configFile || v.At.Line == 0 {
					t.Errorf("%s: %s has no place", c.written, v.Key)
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: want %v, have %v", c.written, c.want, got)
		}
	}
}
