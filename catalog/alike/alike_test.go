package alike

import (
	"slices"
	"testing"

	"guiji/catalog"
)

// Every line of names.yaml says why it is there, and no group says a word twice.
func TestWordsHaveReasons(t *testing.T) {
	w := known()
	for _, list := range [][]reasoned{w.EntryEnds, w.EntryStarts, w.Anywhere, w.ItemEnds, w.Everywhere} {
		for _, e := range list {
			if e.Word == "" || e.Because == "" {
				t.Errorf("%q: because %q", e.Word, e.Because)
			}
		}
	}
	for _, f := range w.ItemFolds {
		if f.From == "" || f.To == "" || f.Because == "" {
			t.Errorf("%q to %q: because %q", f.From, f.To, f.Because)
		}
	}
	seen := map[string]bool{}
	for _, group := range Synonyms() {
		for _, word := range group {
			if seen[word] {
				t.Errorf("%s is in two groups", word)
			}
			seen[word] = true
		}
	}
}

func TestNamesAsCompared(t *testing.T) {
	n := newNames(&catalog.Project{Elements: []catalog.Element{
		{Code: "E1", Name: "公民身份号码", Entity: "person", Aliases: []string{"人员身份标识"}},
		{Code: "E2", Name: "婚姻状态", Entity: "person"},
	}})
	same := [][]string{
		{"公民身份号码", "身份证号", "身份证号码", "居民身份证号码", "身份证编号", "人员身份标识", " 身份证号（18位）", "身份证号信息"},
		{"姓名", "姓 名", "人员姓名", "名字"},
		{"注册资本（万元）", "注册资金", "注册资本(万元)"},
		{"婚姻状态", "婚姻状况"},
		{"学生的学籍号", "学生学籍号", "学生学籍编号"},
		{"ＩＤ", "id"},
	}
	for _, group := range same {
		for _, label := range group {
			if got, want := n.of(label), n.of(group[0]); got != want {
				t.Errorf("%s is compared as %s, want %s as of %s", label, got, want, group[0])
			}
		}
	}
	for _, pair := range [][2]string{{"成立日期", "出生日期"}, {"男方姓名", "女方姓名"}, {"户籍地址", "现居住地"}, {"的", "信息"}, {"", "信息"}} {
		if n.of(pair[0]) == n.of(pair[1]) {
			t.Errorf("%s and %s are compared as one", pair[0], pair[1])
		}
	}
	entries := [][2]string{{"常住人口基本信息", "常住人口信息表"}, {"全区低保人员名单", "低保人员信息"}, {"道路运输企业基础信息", "道路运输企业"}}
	for _, pair := range entries {
		if entryName(pair[0]) != entryName(pair[1]) {
			t.Errorf("%s and %s are compared as %s and %s", pair[0], pair[1], entryName(pair[0]), entryName(pair[1]))
		}
	}
	if entryName("信息") == "" || entryName("（数据）") == "" {
		t.Error("nothing is left of a name")
	}
}

// Characters are compared, not bytes: 姓 and 妓 share two of three bytes.
func TestSimilarityIsOfCharacters(t *testing.T) {
	of := func(a, b string) float64 { return similarity(grams(a), grams(b), evenly) }
	if s := of("姓名", "妓吏"); s != 0 {
		t.Errorf("two names without a character in common: %v", s)
	}
	if s := of("参保状况", "参保状况"); s != 1 {
		t.Errorf("the same name: %v", s)
	}
	if a, b := of("男方姓名", "女方姓名"), of("法定代表人姓名", "法定代表人证件号"); a >= similarItems || b >= similarItems {
		t.Errorf("other things count as similar: %.2f %.2f", a, b)
	}
	if s := of("参保险种", "参保险种类"); s < similarItems {
		t.Errorf("nearly the same name: %.2f", s)
	}
	if of("", "") != 0 || of("号", "号") != 1 {
		t.Error("names of no and of one character")
	}
}

func resource(id, name string, items ...catalog.Item) *catalog.Resource {
	return &catalog.Resource{ID: id, Name: name, Status: catalog.Published, Items: items}
}

func labelled(labels ...string) []catalog.Item {
	var out []catalog.Item
	for i, l := range labels {
		out = append(out, catalog.Item{Name: "c" + string(rune('a'+i)), Label: l})
	}
	return out
}

// planted is a small catalogue with one pair of twins, two entries of a kind about other
// things, and copies that the register knows of.
func planted() *catalog.Project {
	idItem := catalog.Item{Name: "id", Label: "公民身份号码", Element: "E1"}
	copyOf := catalog.Item{Name: "addr", Label: "户籍地址", Element: "E3", Role: catalog.RoleCopy}
	return &catalog.Project{
		Entities: []catalog.Entity{{ID: "person", Keys: []string{"E1"}}},
		Elements: []catalog.Element{{Code: "E1", Name: "公民身份号码", Entity: "person", Key: true}, {Code: "E2", Name: "姓名", Entity: "person"}, {Code: "E3", Name: "户籍地址", Entity: "person"}},
		Resources: []*catalog.Resource{
			resource("canlian/disabled", "残疾人基本信息", append(labelled("残疾证号", "残疾类别", "残疾等级", "发证日期", "监护人姓名", "更新时间"), idItem)...),
			resource("fagai/project", "重点项目信息", labelled("项目名称", "建设单位", "总投资", "更新时间", "备注")...),
			resource("minzheng/disabled", "残疾人补贴对象名单", append(labelled("残疾证编号", "残疾类别", "残疾等级", "发证时间", "补贴金额", "备注"), catalog.Item{Name: "sfz", Label: "身份证号"})...),
			resource("renshe/insured", "参保人员信息", append(labelled("参保险种", "缴费基数", "更新时间", "备注"), idItem, copyOf)...),
			resource("weijian/vaccine", "疫苗接种信息", append(labelled("疫苗名称", "接种日期", "更新时间", "备注"), idItem, copyOf)...),
		},
	}
}

func TestTwinsOfACatalogue(t *testing.T) {
	c := New(planted(), false)
	pairs := c.Pairs(0.5)
	if len(pairs) != 1 || pairs[0].A != "canlian/disabled" || pairs[0].B != "minzheng/disabled" {
		t.Fatalf("pairs %+v", pairs)
	}
	by := map[string]By{}
	for _, i := range pairs[0].Items {
		by[i.A+"="+i.B] = i.By
	}
	for pair, want := range map[string]By{"ca=ca": ByName, "cb=cb": ByName, "cc=cc": ByName, "id=sfz": ByName} {
		if by[pair] != want {
			t.Errorf("%s by %q, want %q", pair, by[pair], want)
		}
	}
	other := c.Between("weijian/vaccine", "renshe/insured")
	if other.A != "renshe/insured" || other.Score > 0.2 {
		t.Errorf("an id, a copy and a time of update in common: %.2f", other.Score)
	}
	for _, i := range other.Items {
		if i.A == "addr" && (!i.Settled || i.Weight != 0) {
			t.Errorf("a copy is left to decide: %+v", i)
		}
	}
}

// The order of entries and items never changes what is found.
func TestOrderDoesNotMatter(t *testing.T) {
	p := planted()
	want := New(p, false).Pairs(0)
	slices.Reverse(p.Resources)
	for _, r := range p.Resources {
		slices.Reverse(r.Items)
	}
	got := New(p, false).Pairs(0)
	if len(got) != len(want) {
		t.Fatalf("%d pairs, then %d", len(want), len(got))
	}
	for i := range got {
		if got[i].A != want[i].A || got[i].B != want[i].B || got[i].Score-want[i].Score > 1e-9 || want[i].Score-got[i].Score > 1e-9 {
			t.Errorf("%s %s %.4f, then %s %s %.4f", want[i].A, want[i].B, want[i].Score, got[i].A, got[i].B, got[i].Score)
		}
	}
}

func TestDraftsAreComparedWhenAskedFor(t *testing.T) {
	p := planted()
	p.Resources[2].Status = catalog.Draft
	if found := New(p, false).Pairs(0.5); len(found) != 0 {
		t.Errorf("a draft is compared: %v", found)
	}
	if found := New(p, true).Pairs(0.5); len(found) != 1 {
		t.Errorf("a draft is not compared: %v", found)
	}
	p.Resources[2].Status = catalog.Withdrawn
	if found := New(p, true).Pairs(0.5); len(found) != 0 {
		t.Errorf("a withdrawn entry is compared: %v", found)
	}
}
