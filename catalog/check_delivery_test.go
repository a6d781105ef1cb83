package catalog

import (
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

// Each setting of delivery that cannot be is told with its place; what can be is not.
func TestCheckDelivery(t *testing.T) {
	server := "mail: {server: 'mail.example.test:465', from: a@example.test}\n"
	robot := "token: '${T}', secret: '${S}'"
	for _, c := range []struct {
		settings, department string
		want                 []text.Key
	}{
		{"", "", nil},
		{"delivery: {}\n", "", []text.Key{"nobody"}},
		{"delivery: {link: 'https://reports.example.test/guiji', quiet: '22:00-07:00', workdays: true, max_attachment_mb: 5, remind: {before: 3, parent: 10}}\n" + server, "to: [{mail: [office@example.test]}]", nil},
		{"", "to: [{mail: [office@example.test]}]", []text.Key{"off"}},
		{"delivery: {to: [{mail: [a@example.test]}]}\n", "", []text.Key{"mail"}},
		{"delivery: {to: [{mail: []}]}\n", "", []text.Key{"one"}},
		{"delivery: {to: [{}]}\n", "", []text.Key{"one"}},
		{"delivery: {to: [{mail: [a@example.test], webhook: {url: 'http://10.0.0.1/', template: a}}]}\n" + server, "", []text.Key{"one"}},
		{"delivery: {to: [{mail: ['A <a@example.test>', \"a@example.test\\r\\nBcc: b@example.test\"]}]}\n" + server, "", []text.Key{"address", "address"}},
		{"delivery: {mail_domains: [example.test], to: [{mail: [a@example.test, b@elsewhere.test]}]}\n" + server, "", []text.Key{"elsewhere"}},
		{"delivery: {mail_domains: ['a b'], hosts: ['https://a', 'a:80', ''], to: [{wecom: {token: '${T}'}}]}\n", "", []text.Key{"domain", "elsewhere", "host", "host", "host"}},
		{"delivery: {hosts: [qyapi.weixin.qq.com, oapi.dingtalk.com, open.feishu.cn]}\n", "to: [{wecom: {token: '${T}'}}, {dingtalk: {" + robot + "}}, {feishu: {" + robot + "}}]", nil},
		{"delivery: {hosts: []}\n", "to: [{wecom: {token: '${T}'}}, {dingtalk: {" + robot + "}}, {feishu: {" + robot + "}}]", []text.Key{"elsewhere", "elsewhere", "elsewhere"}},
		{"delivery: {hosts: [oapi.dingtalk.com]}\n", "to: [{dingtalk: {token: abc}}]", []text.Key{"reference", "reference"}},
		{"delivery: {hosts: [127.0.0.1]}\n", "to: [{feishu: {" + robot + ", base: 'http://127.0.0.1:8080'}}]", nil},
		{"delivery: {hosts: [127.0.0.1]}\n", "to: [{feishu: {" + robot + ", base: '127.0.0.1:8080'}}, {wecom: {token: '${T}', base: 'https://10.0.0.1/x'}}]", []text.Key{"elsewhere", "web"}},
		{"delivery: {hosts: [10.0.0.1]}\n", "to: [{webhook: {url: 'http://10.0.0.1/send', template: hook.tmpl, ok_field: code, ok_value: '0'}}, {webhook: {url: '${HOOK}', template: t}}]", nil},
		{"delivery: {hosts: [10.0.0.1]}\n", "to: [{webhook: {url: 'ftp://10.0.0.1/', template: ../a}}, {webhook: {url: 'http://10.0.0.1/?key=abc', template: '', ok_field: x}}]", []text.Key{"local", "local", "ok", "reference", "web"}},
		{"delivery: {link: 'reports', quiet: '22-7', max_attachment_mb: 101, templates: /etc, remind: {before: -1, parent: 999}, to: [{wecom: {token: '${T}'}}], hosts: [qyapi.weixin.qq.com]}\n", "",
			[]text.Key{"days", "days", "local", "quiet", "size", "web"}},
		{"delivery: {}\n" + server, "attach: true", []text.Key{"owner"}},
	} {
		changes := full(t, configFile, "name: ", c.settings+"name: ")
		if c.department != "" {
			changes[departmentsFile] = strings.Replace(changes[departmentsFile], "parent: gongan,", "parent: gongan, delivery: {"+c.department+"},", 1)
		}
		_, vs := checked(t, changes)
		var got []text.Key
		for _, v := range vs {
			if key, ours := deliveryKey(v.Key); ours {
				got = append(got, key)
				if v.At.File == "" || v.At.Line == 0 {
					t.Errorf("%s%s: %s has no place", c.settings, c.department, v.Key)
				}
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s%s: want %v, have %v", c.settings, c.department, c.want, got)
		}
	}
}

func deliveryKey(k text.Key) (text.Key, bool) {
	for _, prefix := range []string{"catalog.check.deliver.", "catalog.check.mail.", "catalog.check."} {
		if rest, ok := strings.CutPrefix(string(k), prefix); ok && (prefix != "catalog.check." || rest == "web") {
			return text.Key(rest), true
		}
	}
	return "", false
}

// Values go to their owner's own address: one that two departments share, or that the
// password goes to as well, is refused.
func TestCheckAttachments(t *testing.T) {
	for edit, want := range map[string]string{
		"email: mz@example.test}, delivery: {attach: true, password: [{mail: [other@example.test]}]}":                                                           "",
		"email: MZ@example.test}, delivery: {attach: true, password: [{mail: [mz@example.test]}]}":                                                              "catalog.check.deliver.password",
		"email: mz@example.test}, delivery: {attach: true}}\n- {id: b, name: 乙, contact: {name_of_office: x, email: mz@example.test}, delivery: {attach: true}": "catalog.check.deliver.owner.twice",
	} {
		changes := full(t, configFile, "name: ", "delivery: {}\nmail: {server: 'mail.example.test:465', from: a@example.test}\nname: ")
		changes[departmentsFile] = strings.Replace(changes[departmentsFile], "contact: {name_of_office: 办公室}", "contact: {name_of_office: 办公室, "+edit, 1)
		_, vs := checked(t, changes)
		var got []string
		for _, v := range vs {
			if strings.HasPrefix(string(v.Key), "catalog.check.deliver.") {
				got = append(got, string(v.Key))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: told %v, want %q", edit, got, want)
		}
	}
}
