package catalog

import (
	"regexp"
	"slices"
	"strings"

	"guiji/internal/text"
)

// The classes of sharing (art. 19) and opening (art. 22).
const (
	Unconditional = "无条件"
	Conditional   = "有条件"
	Withheld      = "不予"
)

var classes = []string{Unconditional, Conditional, Withheld}

// terms judges the terms of sharing and of opening, two decisions of their own.
func (j *judge) terms(r *Resource) {
	j.decision("share", r.Share, "share_basis")
	j.decision("open", r.Open, "open_basis")
	if r.Open.Class == Unconditional {
		for i, it := range r.Items {
			if it.Privacy == PrivacyDirect || it.Privacy == PrivacySensitive {
				j.tell(Warning, j.p.at(r.File, indexed("items", i)), j.cite("protection", personLaw), "catalog.check.open.personal", it.Title())
			}
		}
	}
}

func (j *judge) decision(path string, t Terms, rule string) {
	basis := j.cite(rule, guide)
	if !slices.Contains(classes, t.Class) {
		j.breaks(path, basis, text.Key("catalog.check."+path+".class"), t.Class, strings.Join(classes, "、"))
		return
	}
	if t.Class == Unconditional {
		return
	}
	if path == "share" && t.Reason == "" {
		j.breaks(path, basis, "catalog.check.share.reason", t.Class)
	}
	if t.Class == Conditional && t.Condition == "" {
		j.breaks(path, guide, text.Key("catalog.check."+path+".condition"))
	}
	if strings.TrimSpace(t.Basis) == "" {
		j.breaks(path, basis, text.Key("catalog.check."+path+".basis"), t.Class)
		return
	}
	j.allowed(path, t, basis)
}

// allowed judges the kind of document a decision rests on: art. 19 accepts laws,
// regulations and rules, art. 22 laws, regulations and national documents. Every
// active profile that says something must be content.
func (j *judge) allowed(path string, t Terms, basis string) {
	kinds := BasisKinds(t.Basis)
	for _, pr := range j.p.active(j.date) {
		allowed, ok := pr.Allowed[path]
		if !ok || slices.ContainsFunc(kinds, func(k Basis) bool { return slices.Contains(allowed, k) }) {
			continue
		}
		j.breaks(path+".basis", basis, text.Key("catalog.check."+path+".kind"), t.Basis)
		return
	}
}

// A text speaks of state secrets or of 信息公开 material where these words stand
// after what denies them, or means something else, is taken out.
var (
	secretWords = regexp.MustCompile(`国家秘密|绝密|机密|秘密级|涉密`)
	publicWords = regexp.MustCompile(`政府信息公开|政务公开|依申请公开|主动公开`)
	notSecret   = regexp.MustCompile(`(不|未|非|无|禁止|严禁|不得)(得)?(包含|含有|含|涉及|属于|属|存储|录入|存在|有)?(任何)?(国家秘密|绝密|机密|秘密级|涉密|密)(级|信息|数据|内容|、|和|或|与|及)*(国家秘密|绝密|机密|秘密级|涉密)?|机密性|国家秘密载体(印制|制作|复制|维修|销毁)资质|涉密信息系统集成资质|(不|未|非)(属于|属|含|包含|涉及)(政府信息公开|政务公开|依申请公开|主动公开)`)
)

// secrecy refuses what the regulation leaves to other laws: state secrets and
// 政府信息公开 material (art. 2). No draft is exempt: registering it is refused.
func (j *judge) secrecy(r *Resource) {
	one := func(path, s string) {
		s = notSecret.ReplaceAllString(s, "")
		if w := secretWords.FindString(s); w != "" {
			j.tell(Error, j.p.at(r.File, path), j.cite("scope", secretsLaw), "catalog.check.secret", w)
		}
		if w := publicWords.FindString(s); w != "" {
			j.tell(Error, j.p.at(r.File, path), j.cite("scope", "《中华人民共和国政府信息公开条例》（国务院令第711号）"), "catalog.check.disclosure", w)
		}
	}
	one("name", r.Name)
	one("summary", r.Summary)
	for i, c := range r.Category {
		one(indexed("category", i), c)
	}
	for i := range r.Items {
		j.item = &r.Items[i]
		one(indexed("items", i), r.Items[i].Label)
		if strings.TrimSpace(r.Items[i].Label) == "密级" {
			j.tell(Warning, j.p.at(r.File, indexed("items", i)), j.cite("scope", secretsLaw), "catalog.check.secret.column", r.Items[i].Name)
		}
	}
	j.item = nil
}
