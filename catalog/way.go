package catalog

import (
	"strings"
	"time"

	"guiji/internal/text"
)

// Way is how an item's value is had by sharing from its authority instead of being
// collected again.
type Way struct {
	Resource   string // id of the authority's entry
	Name       string
	Code       string // 目录代码
	Department string // name of the provider
	Share      Terms
	Reply      int // working days the provider has to answer in; 0: no active profile says
}

// way finds the entry an authority's item stands in, and its terms of sharing.
func (p *Project) way(authority ItemRef, date time.Time) Way {
	id, _, _ := authority.Split()
	w := Way{Resource: id, Department: p.holder(authority)}
	r := p.Resource(id)
	if r == nil {
		return w
	}
	w.Name, w.Code, w.Share = r.Name, r.Code, r.Share
	term := map[string]string{Unconditional: "reply_unconditional", Conditional: "reply_conditional"}[r.Share.Class]
	if deadlines := p.Deadlines(term, date); len(deadlines) > 0 {
		w.Reply = deadlines[0].Days
	}
	return w
}

// Message says whom to turn to, for what, and on what terms.
func (w Way) Message(lang text.Lang) string {
	reply := ""
	if w.Reply > 0 {
		reply = text.Format(lang, "catalog.way.reply", w.Reply)
	}
	switch w.Share.Class {
	case Unconditional:
		return text.Format(lang, "catalog.way.unconditional", w.Department, w.Name, w.Code, reply)
	case Conditional:
		return text.Format(lang, "catalog.way.conditional", w.Department, w.Name, w.Code, strings.TrimRight(w.Share.Condition, "。."), reply)
	case Withheld:
		return text.Format(lang, "catalog.way.withheld", w.Department, w.Name, w.Code)
	}
	return text.Format(lang, "catalog.way.unknown", w.Department, w.Resource)
}

// holder is the name of the department that has the authority over an item.
func (p *Project) holder(ref ItemRef) string {
	id, _, _ := ref.Split()
	if r := p.Resource(id); r != nil {
		if d := p.Department(r.Provider); d != nil {
			return d.Name
		}
	}
	return id
}
