package catalog

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"guiji/internal/pacing"
)

// delivery judges how reports are sent. Servers are not asked for; templates are judged
// by who fills them in.
func (j *judge) delivery() {
	d := j.p.Config.Delivery
	mails := false
	if d != nil {
		j.deliverySettings(d)
		mails = j.channels(configFile, "delivery.to", d.To)
	}
	owners := map[string]string{}
	reached := d != nil && len(d.To) > 0
	for i, dep := range j.p.Departments {
		path := indexed("", i) + ".delivery"
		r := dep.Delivery
		set := len(r.To)+len(r.Password) > 0 || r.Attach
		if set && d == nil {
			j.tell(Warning, j.p.at(departmentsFile, path), "", "catalog.check.deliver.off", dep.ID)
		}
		reached = reached || set
		mails = j.channels(departmentsFile, path+".to", r.To) || mails
		mails = j.channels(departmentsFile, path+".password", r.Password) || mails
		if r.Attach {
			j.attached(dep, path, owners)
			mails = true
		}
	}
	if d != nil && !reached {
		j.tell(Warning, j.p.at(configFile, "delivery"), "", "catalog.check.deliver.nobody")
	}
	if m := j.p.Config.Mail; mails && d != nil && (m.Server == "" || m.From == "") {
		j.file(configFile, "delivery", "", "catalog.check.deliver.mail")
	}
}

func (j *judge) deliverySettings(d *Delivery) {
	if d.Link != "" && (strings.Contains(d.Link, "${") || !webAddress(d.Link)) {
		j.file(configFile, "delivery.link", "", "catalog.check.web", "link")
	}
	for i, h := range d.Hosts {
		if u, err := url.Parse("https://" + h); err != nil || h == "" || u.Hostname() != h {
			j.file(configFile, indexed("delivery.hosts", i), "", "catalog.check.deliver.host", h)
		}
	}
	for i, h := range d.Domains {
		if !mailAddress("a@" + h) {
			j.file(configFile, indexed("delivery.mail_domains", i), "", "catalog.check.deliver.domain", h)
		}
	}
	if _, ok := pacing.ParseHours(d.Quiet); !ok {
		j.file(configFile, "delivery.quiet", "", "catalog.check.deliver.quiet", d.Quiet)
	}
	if d.MaxAttach < 0 || d.MaxAttach > 100 {
		j.file(configFile, "delivery.max_attachment_mb", "", "catalog.check.deliver.size", d.MaxAttach)
	}
	if d.Templates != "" && !filepath.IsLocal(d.Templates) {
		j.file(configFile, "delivery.templates", "", "catalog.check.deliver.local", d.Templates)
	}
	for _, x := range []struct {
		key  string
		days int
	}{{"before", d.Remind.Before}, {"parent", d.Remind.Parent}} {
		if x.days < 0 || x.days > 250 {
			j.file(configFile, "delivery.remind."+x.key, "", "catalog.check.deliver.days", x.days)
		}
	}
}

// attached judges a department that gets its values by mail: its own address, which is
// nobody else's, and a password that does not go there too.
func (j *judge) attached(dep Department, path string, owners map[string]string) {
	own := strings.ToLower(dep.Contact.Email)
	switch other, taken := owners[own]; {
	case !mailAddress(dep.Contact.Email):
		j.file(departmentsFile, path+".attach", "", "catalog.check.deliver.owner", dep.ID)
	case taken:
		j.file(departmentsFile, path+".attach", "", "catalog.check.deliver.owner.twice", dep.ID, other)
	default:
		owners[own] = dep.ID
		j.sendable(departmentsFile, path+".attach", dep.Contact.Email)
	}
	for i, c := range dep.Delivery.Password {
		if slices.ContainsFunc(c.Mail, func(a string) bool { return strings.EqualFold(a, own) }) {
			j.file(departmentsFile, indexed(path+".password", i), "", "catalog.check.deliver.password")
		}
	}
}

// channels judges a list of ways and tells whether any is mail.
func (j *judge) channels(file, path string, list []Channel) (mails bool) {
	for i, c := range list {
		at := indexed(path, i)
		ways := 0
		for _, set := range []bool{len(c.Mail) > 0, c.WeCom != nil, c.DingTalk != nil, c.Feishu != nil, c.Webhook != nil} {
			if set {
				ways++
			}
		}
		if ways != 1 {
			j.file(file, at, "", "catalog.check.deliver.one")
			continue
		}
		for k, a := range c.Mail {
			j.recipient(file, indexed(at+".mail", k), a)
			mails = true
		}
		j.robot(file, at+".wecom", c.WeCom, WeComHost, false)
		j.robot(file, at+".dingtalk", c.DingTalk, DingTalkHost, true)
		j.robot(file, at+".feishu", c.Feishu, FeishuHost, true)
		j.webhook(file, at+".webhook", c.Webhook)
	}
	return mails
}

func (j *judge) recipient(file, at, address string) {
	if !mailAddress(address) {
		j.file(file, at, "", "catalog.check.mail.address")
		return
	}
	j.sendable(file, at, address)
}

// sendable judges an address against the domains that mail may go to.
func (j *judge) sendable(file, at, address string) {
	d := j.p.Config.Delivery
	if d != nil && !d.MailAllowed(address) {
		j.file(file, at, "", "catalog.check.deliver.elsewhere", address[strings.LastIndexByte(address, '@')+1:], "mail_domains")
	}
}

func (j *judge) robot(file, at string, r *Robot, host string, signed bool) {
	if r == nil {
		return
	}
	if !strings.Contains(r.Token, "${") {
		j.file(file, at+".token", "", "catalog.check.deliver.reference", "token")
	}
	if (signed || r.Secret != "") && !strings.Contains(r.Secret, "${") {
		j.file(file, at+".secret", "", "catalog.check.deliver.reference", "secret")
	}
	if r.Base != "" {
		u, err := url.Parse(r.Base)
		if err != nil || !webAddress(r.Base) || u.RawQuery != "" || strings.Contains(r.Base, "${") {
			j.file(file, at+".base", "", "catalog.check.web", "base")
			return
		}
		host = u.Hostname()
	}
	j.host(file, at, host)
}

func (j *judge) webhook(file, at string, w *Webhook) {
	if w == nil {
		return
	}
	switch {
	case !webAddress(w.URL):
		j.file(file, at+".url", "", "catalog.check.web", "url")
	case tokenInside.MatchString(w.URL):
		j.file(file, at+".url", "", "catalog.check.deliver.reference", "url")
	case !strings.Contains(w.URL, "${"):
		u, _ := url.Parse(w.URL) // judged above
		j.host(file, at+".url", u.Hostname())
	}
	if w.Template == "" || !filepath.IsLocal(w.Template) {
		j.file(file, at+".template", "", "catalog.check.deliver.local", w.Template)
	}
	if (w.OKField == "") != (w.OKValue == "") {
		j.file(file, at, "", "catalog.check.deliver.ok")
	}
}

func (j *judge) host(file, at, host string) {
	if d := j.p.Config.Delivery; d != nil && !d.HostAllowed(host) {
		j.file(file, at, "", "catalog.check.deliver.elsewhere", host, "hosts")
	}
}

// HostAllowed tells whether robots and webhooks may go to a host.
func (d *Delivery) HostAllowed(host string) bool {
	return slices.ContainsFunc(d.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// MailAllowed tells whether mail may go to an address.
func (d *Delivery) MailAllowed(address string) bool {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	return len(d.Domains) == 0 || slices.ContainsFunc(d.Domains, func(h string) bool { return strings.EqualFold(h, domain) })
}
