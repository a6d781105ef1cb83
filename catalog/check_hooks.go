package catalog

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// watching judges the settings of metrics, hooks, mail and lineage. Servers are not
// asked for: that is what a run is for.
func (j *judge) watching() {
	c := j.p.Config
	if m := c.Schedule.Metrics; m != "" {
		host, ok := hostPort(m)
		switch {
		case !ok:
			j.file(configFile, "schedule.metrics", "", "catalog.check.metrics", m)
		case !loopback(host):
			j.tell(Warning, j.p.at(configFile, "schedule.metrics"), "", "catalog.check.metrics.open", m)
		}
	}
	mails := false
	for _, list := range []struct {
		name  string
		hooks []Hook
	}{{"on_failure", c.Hooks.OnFailure}, {"on_missed", c.Hooks.OnMissed}} {
		for i, h := range list.hooks {
			j.hook(indexed("hooks."+list.name, i), h)
			mails = mails || len(h.Mail) > 0
		}
	}
	j.mailServer(mails)
	if l := c.Lineage; l.URL != "" && !webAddress(l.URL) {
		j.file(configFile, "lineage.url", "", "catalog.check.web", "lineage.url")
	}
}

func (j *judge) hook(path string, h Hook) {
	ways := 0
	for _, set := range []bool{len(h.Command) > 0, h.Webhook != "", len(h.Mail) > 0} {
		if set {
			ways++
		}
	}
	if ways != 1 {
		j.file(configFile, path, "", "catalog.check.hook.one")
		return
	}
	if len(h.Command) > 0 && strings.TrimSpace(h.Command[0]) == "" {
		j.file(configFile, path+".command", "", "catalog.check.hook.command")
	}
	if h.Webhook != "" && !webAddress(h.Webhook) {
		j.file(configFile, path+".webhook", "", "catalog.check.web", "webhook")
	} else if tokenInside.MatchString(h.Webhook) {
		j.tell(Warning, j.p.at(configFile, path+".webhook"), "", "catalog.check.secret.plain", "webhook")
	}
	for i, a := range h.Mail {
		if !mailAddress(a) {
			j.file(configFile, indexed(path+".mail", i), "", "catalog.check.mail.address")
		}
	}
}

// mailServer judges the server, which is needed where a hook sends mail.
func (j *judge) mailServer(needed bool) {
	m := j.p.Config.Mail
	if needed && (m.Server == "" || m.From == "") {
		j.file(configFile, "hooks", "", "catalog.check.mail.missing")
	}
	host, ok := hostPort(m.Server)
	if m.Server != "" && (!ok || host == "") {
		j.file(configFile, "mail.server", "", "catalog.check.mail.server", m.Server)
	}
	if m.From != "" && !mailAddress(m.From) {
		j.file(configFile, "mail.from", "", "catalog.check.mail.address")
	}
	switch m.TLS {
	case "", "verify", "starttls":
	case "off":
		if ok && !loopback(host) {
			j.file(configFile, "mail.tls", "", "catalog.check.mail.plain", m.Server)
		}
	default:
		j.file(configFile, "mail.tls", "", "catalog.check.mail.tls", m.TLS)
	}
	if m.Password != "" && !strings.Contains(m.Password, "${") {
		j.tell(Warning, j.p.at(configFile, "mail.password"), "", "catalog.check.secret.plain", "password")
	}
}

// tokenInside tells an address that holds the token of a robot: the file is kept in git.
var tokenInside = regexp.MustCompile(`(?i)[?&](access_token|token|key|secret|sign)=[^$&]`)

// webAddress tells whether s can be posted to; what a reference stands for is not known.
func webAddress(s string) bool {
	if strings.Contains(s, "${") {
		return true
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil && u.Fragment == ""
}

// mailAddress takes a bare address: name@host.
func mailAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

func hostPort(s string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(s)
	n, perr := strconv.Atoi(port)
	return host, err == nil && perr == nil && n > 0 && n < 1<<16
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}
