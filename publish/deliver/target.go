package deliver

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"guiji/catalog"
)

// The roles of a step in a message.
const (
	roleText     = ""         // what there is to say
	roleFile     = "file"     // the same, with the attachments
	rolePassword = "password" // their password, another way
)

// target is one step of a message: a way to its receiver. The outbox knows it by a
// digest of where it goes, as that may hold a token, and the log too.
type target struct {
	step, role string
	place      string // in the project's files
	way        way
}

func newTarget(role, place string, w way) target {
	sum := sha256.Sum256([]byte(w.kind() + "\x00" + w.identity()))
	step := w.kind() + "-" + hex.EncodeToString(sum[:4])
	if role != roleText {
		step = role + "-" + step
	}
	return target{step: step, role: role, place: place, way: w}
}

// targets are the ways of a message to a department, "" the bureau, each once: the
// first that leads somewhere counts. Attachments go with reports alone.
func (d *Deliverer) targets(to string, files bool) []target {
	if to == "" {
		return d.ways(roleText, "guiji.yaml delivery.to", d.set().To, nil)
	}
	dep := d.Project.Department(to)
	if dep == nil {
		return nil
	}
	place := "departments.yaml " + to + ": delivery."
	var out []target
	if files {
		out = append(out, newTarget(roleFile, place+"attach", &mailWay{dep.Contact.Email}))
		out = d.ways(rolePassword, place+"password", dep.Delivery.Password, out)
	}
	return d.ways(roleText, place+"to", dep.Delivery.To, out)
}

// ways adds those of a list to the targets that are there.
func (d *Deliverer) ways(role, place string, list []catalog.Channel, out []target) []target {
	seen := map[string]bool{}
	for _, t := range out {
		seen[t.role+t.step] = true
		if t.role == roleFile { // the address has the text with the attachments
			seen[strings.TrimPrefix(t.step, roleFile+"-")] = true
		}
	}
	for i, c := range list {
		at := fmt.Sprintf("%s[%d]", place, i)
		for k, w := range d.waysOf(c) {
			where := at
			if len(c.Mail) > 0 {
				where = fmt.Sprintf("%s.mail[%d]", at, k)
			}
			if t := newTarget(role, where, w); !seen[t.role+t.step] {
				seen[t.role+t.step], out = true, append(out, t)
			}
		}
	}
	return out
}

func (d *Deliverer) waysOf(c catalog.Channel) []way {
	switch {
	case c.WeCom != nil:
		return []way{&robotWay{*c.WeCom, weCom{}}}
	case c.DingTalk != nil:
		return []way{&robotWay{*c.DingTalk, dingTalk{}}}
	case c.Feishu != nil:
		return []way{&robotWay{*c.Feishu, feishu{}}}
	case c.Webhook != nil:
		return []way{&hookWay{*c.Webhook}}
	}
	var out []way
	for _, a := range c.Mail {
		out = append(out, &mailWay{a})
	}
	return out
}

// channelsOf are all channels of a project.
func channelsOf(p *catalog.Project) []catalog.Channel {
	out := append([]catalog.Channel{}, p.Config.Delivery.To...)
	for _, dep := range p.Departments {
		out = append(append(out, dep.Delivery.To...), dep.Delivery.Password...)
	}
	return out
}
