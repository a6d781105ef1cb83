package catalog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What 发改高技〔2017〕1272号 lets the fields of an entry say; 服务接口 is the
// platform's extension of the formats.
var (
	categories = []string{"基础", "主题", "部门"} // the code's first digit, from 1
	themes     = []string{"人口", "法人", "自然资源和空间地理", "社会信用", "电子证照"}
	formats    = []string{"电子文件", "电子表格", "数据库", "图形图像", "流媒体", "自描述", "服务接口"}
)

// 类1 项2 目3 细目n, a slash, and a sequence.
var entryCode = regexp.MustCompile(`^[1-3][0-9]{5}[0-9]*/[0-9]+$`)

// entry judges one catalogue entry.
func (j *judge) entry(r *Resource, codes map[string]*Resource) {
	r = r.written()
	j.r = r
	defer func() { j.r, j.item = nil, nil }()
	j.identity(r, codes)
	j.metadata(r)
	j.secrecy(r)
	j.terms(r)
	j.items(r)
	j.source(r)
	j.increments(r)
	j.subjects(r)
	j.ruleNames(r)
}

// identity judges what an entry is called: nothing else may be called so.
func (j *judge) identity(r *Resource, codes map[string]*Resource) {
	dept, name, _ := strings.Cut(r.ID, "/")
	if !resourceName.MatchString(name) || !resourceName.MatchString(dept) {
		j.breaks("", "", "catalog.check.id", r.ID)
	}
	if j.p.Department(dept) == nil {
		j.breaks("provider", guide, "catalog.check.provider", dept)
	} else if r.Provider != dept {
		j.breaks("provider", guide, "catalog.check.provider.folder", r.Provider, dept)
	}
	switch {
	case !entryCode.MatchString(r.Code):
		j.breaks("code", guide, "catalog.check.code", r.Code)
	case len(r.Category) > 0 && slices.Index(categories, r.Category[0])+1 != int(r.Code[0]-'0'):
		j.breaks("code", guide, "catalog.check.code.category", r.Code, r.Category[0], slices.Index(categories, r.Category[0])+1)
	}
	if other, ok := codes[r.Code]; ok && r.Code != "" {
		j.tell(Error, j.p.at(r.File, "code"), guide, "catalog.check.code.twice", r.Code, other.ID, j.p.at(other.File, "code").String())
	} else {
		codes[r.Code] = r
	}
}

// metadata judges the official elements.
func (j *judge) metadata(r *Resource) {
	if r.Name == "" {
		j.breaks("name", guide, "catalog.check.name")
	}
	if r.Version < 1 {
		j.breaks("version", j.cite("catalogue", guide), "catalog.check.version")
	}
	switch {
	case len(r.Category) == 0 || !slices.Contains(categories, r.Category[0]):
		j.breaks("category", guide, "catalog.check.category", strings.Join(r.Category, "、"), strings.Join(categories, "、"))
	case r.Category[0] == "基础" && (len(r.Category) < 2 || !slices.Contains(themes, r.Category[1])):
		j.breaks("category", guide, "catalog.check.theme", strings.Join(r.Category, "、"), strings.Join(themes, "、"))
	}
	if !slices.Contains(formats, r.Format) {
		j.breaks("format", guide, "catalog.check.format", r.Format, strings.Join(formats, "、"))
	}
	if !slices.Contains(Cycles(), r.Cycle) {
		j.breaks("update_cycle", guide, "catalog.check.cycle", r.Cycle, strings.Join(Cycles(), "、"))
	}
	switch {
	case r.Published != "" && !isDate(r.Published):
		j.breaks("published", guide, "catalog.check.date", r.Published)
	case r.PurposeEnds != "" && !isDate(r.PurposeEnds):
		j.breaks("purpose_ends", "", "catalog.check.date", r.PurposeEnds)
	case r.Published == "" && r.Status == Published:
		j.tell(Warning, j.p.at(r.File, "published"), guide, "catalog.check.published")
	}
	for i, code := range r.Related {
		if !entryCode.MatchString(code) {
			j.breaks(indexed("related", i), guide, "catalog.check.code", code)
		}
	}
}

// ruleNames judges the ids of checks: reports, exemptions and bits go by them.
func (j *judge) ruleNames(r *Resource) {
	seen := map[string]Pos{}
	one := func(path string, s CheckSpec) {
		if at, ok := seen[s.ID]; ok && s.ID != "" {
			j.breaks(path, qualityGB, "catalog.check.rule.twice", s.ID, at.String())
		}
		seen[s.ID] = s.At
		if s.Indicator != "" && !indicators[s.Indicator] {
			j.breaks(path, qualityGB, "catalog.check.indicator", s.Indicator)
		}
	}
	for i := range r.Items {
		j.item = &r.Items[i]
		for k, s := range r.Items[i].Checks {
			one(indexed(indexed("items", i)+".checks", k), s)
		}
	}
	j.item = nil
	for k, s := range r.Checks {
		one(indexed("checks", k), s)
	}
}

// indicators of GB/T 36344-2018.
var indicators = map[string]bool{
	"0101": true, "0102": true, "0103": true, "0104": true, "0105": true, "0106": true,
	"0201": true, "0202": true,
	"0301": true, "0302": true, "0303": true, "0304": true, "0305": true,
	"0401": true, "0402": true,
	"0501": true, "0502": true, "0503": true,
	"0601": true, "0602": true,
}

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
