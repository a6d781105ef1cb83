package profile_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml/ast"

	"guiji/catalog"
	"guiji/internal/engine"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/quality/profile"
	"guiji/transforms/mask"
)

// people is an image of 40 rows: a key, an id, a name, a code, an amount, a day, a note.
const people = `SELECT i AS id, NULL::VARCHAR AS id_raw,
	CASE WHEN i % 10 = 0 THEN NULL ELSE '37150219900101' || lpad(i::VARCHAR, 4, '0') END AS citizen_id,
	CASE WHEN i = 1 THEN ' 张三' END AS name_raw, CASE WHEN i % 2 = 0 THEN '张三' WHEN i % 3 = 0 THEN '欧阳修文' ELSE '王' || chr((19968 + i)::INTEGER) END AS name,
	CASE WHEN i < 30 THEN '1' WHEN i < 39 THEN '2' ELSE '男' END AS sex,
	(i * 1.5 - 3)::DECIMAL(10,2) AS amount, DATE '1990-01-01' + (i * 30)::INTEGER AS birth,
	CASE i WHEN 1 THEN '电话13800000001' WHEN 2 THEN '电话13800000001' WHEN 3 THEN 'Ab-12' WHEN 4 THEN 'Cd-345' END AS note,
	13900000000 + i // 2 AS tel, '\xAA'::BLOB AS photo FROM range(1, 41) t(i)`

func peopleItems() []catalog.Item {
	item := func(name, label string, t catalog.Type, p catalog.Privacy) catalog.Item {
		return catalog.Item{Name: name, Label: label, Type: t, Privacy: p}
	}
	words := catalog.Type{Kind: catalog.Text, Length: 50}
	return []catalog.Item{
		item("id", "编号", catalog.Type{Kind: catalog.Number, Precision: 10}, ""), item("citizen_id", "公民身份号码", words, ""),
		item("name", "姓名", words, catalog.PrivacyDirect), item("sex", "性别", words, ""), item("amount", "金额", catalog.Type{Kind: catalog.Number, Precision: 10, Scale: 2}, ""),
		item("birth", "出生日期", catalog.Type{Kind: catalog.Date}, catalog.PrivacyQuasi), item("note", "备注", words, ""),
		item("tel", "电话", catalog.Type{Kind: catalog.Number, Precision: 11}, ""), item("photo", "照片", catalog.Type{Kind: catalog.Binary}, ""),
	}
}

// profiled profiles a query's result.
func profiled(t *testing.T, query string, items []catalog.Item, codes ...*catalog.CodeTable) *profile.Profile {
	t.Helper()
	p, err := profile.Of(t.Context(), input(t, query, items, codes...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// input is a query's result as the image of a resource.
func input(t *testing.T, query string, items []catalog.Item, codes ...*catalog.CodeTable) profile.Input {
	t.Helper()
	project := &catalog.Project{Codes: map[string]*catalog.CodeTable{}}
	for _, c := range codes {
		project.Codes[c.Name] = c
	}
	s, err := engine.Open(t.Context(), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	rows, err := s.Query(t.Context(), "test", "SELECT column_name, column_type FROM (DESCRIBE "+query+")")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	res := &catalog.Resource{ID: "gongan/resident", Name: "常住人口", Items: items}
	var columns []lake.Column
	for rows.Next() {
		var c lake.Column
		if err := rows.Scan(&c.Name, &c.Type); err != nil {
			t.Fatal(err)
		}
		if it := res.Item(c.Name); it != nil {
			c.Privacy = string(it.Privacy)
		}
		columns = append(columns, c)
	}
	day := time.Date(2026, 1, 5, 22, 0, 0, 0, time.UTC)
	return profile.Input{Session: s, Project: project, Resource: res, Relation: "(" + query + ")", Columns: columns, Release: 3, At: day, Now: day,
		Class: func(c lake.Column) catalog.Privacy { return catalog.Privacy(c.Privacy) }, Mask: mask.Expression}
}

func column(t *testing.T, p *profile.Profile, name string) profile.Column {
	t.Helper()
	for _, c := range p.Columns {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no column %s", name)
	return profile.Column{}
}

func TestCountsAreExact(t *testing.T) {
	p := profiled(t, people, peopleItems())
	if p.Rows != 40 || len(p.Columns) != 9 {
		t.Fatalf("%d rows, %d columns", p.Rows, len(p.Columns))
	}
	for name, want := range map[string]string{
		"id": "0 0 40 40 1 2 1 40", "citizen_id": "4 0 36 36 18 18  ", "name": "0 1 15 13 2 4  ", "sex": "0 0 3 0 1 1  ",
		"amount": "0 0 40 40 4 5 -1.50 57.00", "note": "36 0 3 2 5 13  ", "tel": "0 0 21 2 11 11  ",
	} {
		c := column(t, p, name)
		if got := fmt.Sprintln(c.Nulls, c.Mended, c.Distinct, c.Once, c.Shortest, c.Longest, c.Min, c.Max); got != want+"\n" {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	amount := column(t, p, "amount")
	if *amount.Mean != 27.75 || fmt.Sprintf("%.4f", *amount.Deviation) != "17.5357" || amount.Negative != 1 || amount.Zeros != 1 {
		t.Errorf("%v %v %d %d", *amount.Mean, *amount.Deviation, amount.Negative, amount.Zeros)
	}
	if got := fmt.Sprint(amount.Quantiles); got != "[{0.05 0.00} {0.25 12.00} {0.5 27.00} {0.75 42.00} {0.95 54.00}]" {
		t.Error(got)
	}
	var in int64
	for _, b := range amount.Bins {
		in += b.N
	}
	if in != 40 || amount.Bins[0].From != "-1.5" || amount.Bins[len(amount.Bins)-1].To != "57" {
		t.Errorf("%+v", amount.Bins)
	}
}

func TestPatterns(t *testing.T) {
	p := profiled(t, people, peopleItems())
	shapes := func(c profile.Column) (out []string) {
		for _, s := range c.Patterns {
			out = append(out, fmt.Sprintf("%s %d", s.Shape, s.N))
		}
		return out
	}
	for name, want := range map[string][]string{
		"citizen_id": {"9{18} 36"}, "name": {"汉{2,4} 40"}, "sex": {"9 38", "汉 2"}, "note": {"Aa-9{2,3} 2", "汉{2}9{11} 2"},
	} {
		if got := shapes(column(t, p, name)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	mixed := profiled(t, "SELECT unnest(['ａ 1', 'Жук', '１', 'É', '𠮷野', '一　二', NULL, '']) AS note", []catalog.Item{{Name: "note", Type: catalog.Type{Kind: catalog.Text}}})
	if got := shapes(mixed.Columns[0]); !reflect.DeepEqual(got, []string{"文{1,3} 2", " 1", "汉{2} 1", "汉␣汉 1", "９ 1", "ａ␣9 1"}) {
		t.Errorf("%q", got)
	}
}

// Nothing of a person's shows: by the item's class, by what values look like, by what a
// text has in it.
func TestPersonalValuesDoNotShow(t *testing.T) {
	p := profiled(t, people, peopleItems())
	var page bytes.Buffer
	if err := p.WriteHTML(&page, text.ZH); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{page.String(), string(data)} {
		for _, secret := range []string{"张三", "欧阳", "19900101", "13800000001", "1390000", "1990-01-31", "电话138"} {
			if strings.Contains(out, secret) {
				t.Errorf("%q shows", secret)
			}
		}
		if !strings.Contains(out, "张**") {
			t.Error("what may show does not")
		}
	}
	if top := column(t, p, "name").Top; !reflect.DeepEqual(top[0], profile.Value{Text: "张**", N: 20}) || !reflect.DeepEqual(column(t, p, "birth").Top[0], profile.Value{Text: "1990", N: 12}) {
		t.Errorf("%+v", top)
	}
	for _, name := range []string{"citizen_id", "name", "tel"} {
		if c := column(t, p, name); !c.Masked || c.Privacy != "direct" || c.Mean != nil || c.Quantiles != nil {
			t.Errorf("%+v", c)
		}
	}
}

// Numbers of persons do not show where they are written in full width or in groups, where
// they are the least or the greatest of others; rare characters of names do not either, nor
// do the ends of numbers that are personal.
func TestPersonalValuesInOtherForms(t *testing.T) {
	item := func(name string, k catalog.TypeKind, p catalog.Privacy) catalog.Item {
		return catalog.Item{Name: name, Type: catalog.Type{Kind: k}, Privacy: p}
	}
	p := profiled(t, `SELECT translate('37150219900101' || lpad(i::VARCHAR, 4, '0'), '0123456789', '０１２３４５６７８９') AS wide, '138 0000-' || lpad(i::VARCHAR, 4, '0') AS grouped,
		'联系１３８００００００００１' AS note, chr((57344 + i)::INTEGER) || 'ễ٣' AS rare, CASE WHEN i < 3 THEN 13800000000 + i ELSE 63000000 END AS tel, 1234560 + i AS income FROM range(1, 41) t(i)`,
		[]catalog.Item{item("wide", catalog.Text, ""), item("grouped", catalog.Text, ""), item("note", catalog.Text, ""), item("rare", catalog.Text, catalog.PrivacyDirect), item("tel", catalog.Number, ""), item("income", catalog.Number, catalog.PrivacyQuasi)})
	for name, want := range map[string]string{"wide": "９{18}", "grouped": "9{3}␣9{4}-9{4}", "rare": "文{3}"} {
		if c := column(t, p, name); len(c.Patterns) != 1 || c.Patterns[0].Shape != want || !c.Masked {
			t.Errorf("%s: %+v", name, c)
		}
	}
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"１９９００１０１", "０００００１", "00000001", "13800000", "12345", "ễ", "٣", "\ue001"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("%q shows in %s", secret, data)
		}
	}
}

// Of a text that the catalogue gives no class a value shows that is a code, or that comes
// again and again; a name on two rows does not, nor what looks like a number of somebody.
func TestTextsWithoutAClass(t *testing.T) {
	item := func(name string, checks ...catalog.CheckSpec) catalog.Item {
		return catalog.Item{Name: name, Type: catalog.Type{Kind: catalog.Text}, Checks: checks}
	}
	note := func(from int, value string) string { return fmt.Sprintf("WHEN i >= %d THEN '%s' ", from, value) }
	p := profiled(t, "SELECT CASE "+note(998, "张三丰")+note(996, "E12345678")+note(994, "鲁P12345")+note(992, "8212345")+note(990, "A-1")+note(940, "请拨0635-8212345")+note(890, "（0635）82123456")+
		note(840, "护照ＥＡ1234567")+note(300, "已告知本人")+`ELSE '住址 ' || i || ' 号' END AS note,
		CASE `+note(998, "未说明")+note(996, "王小二")+`ELSE '1' END AS sex, '0635 82' || lpad(i::VARCHAR, 5, '0') AS tel, 'EA' || lpad((i // 2)::VARCHAR, 7, '0') AS passport, '欧阳娜' AS officer FROM range(1000) t(i)`,
		[]catalog.Item{item("note"), item("sex", catalog.CheckSpec{Kind: "in_codes", Params: &ast.StringNode{Value: "sex"}}), item("tel"), item("passport"), item("officer")},
		catalog.NewCodeTable("sex", []catalog.Code{{Code: "1", Name: "男性"}, {Code: "9", Name: "未说明"}}))
	for name, want := range map[string]string{
		"note": "{已告知本人 540} {住**** 300} {护照ＥＡ1**** 50} {请拨063**** 50} {（063**** 50} {8**** 2} {A-1 2} {E**** 2} {张** 2} {鲁**** 2}",
		"sex":  "{1 996} {未说明 2} {王** 2}", "officer": "{欧阳娜 1000}",
	} {
		c := column(t, p, name)
		if got := fmt.Sprint(c.Top); got != "["+want+"]" || c.Masked || c.MaskedInPart != (name != "officer") {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, name := range []string{"tel", "passport"} {
		if c := column(t, p, name); !c.Masked || c.Privacy != "direct" {
			t.Errorf("%+v", c)
		}
	}
}

// A set is proposed of words that come again and again; where one is of a few rows alone
// it may be a name, and none is written.
func TestSetsHoldNoNames(t *testing.T) {
	for rare, want := range map[int]string{2: "", 12: "['女性', '张三丰', '男性']"} {
		in := input(t, fmt.Sprintf("SELECT CASE WHEN i < %d THEN '张三丰' WHEN i %% 2 = 0 THEN '男性' ELSE '女性' END AS sex FROM range(1000) t(i)", rare),
			[]catalog.Item{{Name: "sex", Type: catalog.Type{Kind: catalog.Text}}})
		p, err := profile.Of(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		all, err := profile.Suggest(t.Context(), profile.SuggestInput{Input: in, Profile: p, Lang: text.EN, Today: in.Now})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, s := range all {
			if s.Kind == "in_set" {
				got = s.Params
			}
		}
		if got != want {
			t.Errorf("a word on %d rows: %q", rare, got)
		}
	}
}

func TestNothingToProfile(t *testing.T) {
	p := profiled(t, people+" LIMIT 0", peopleItems())
	for _, lang := range []text.Lang{text.ZH, text.EN} {
		var page bytes.Buffer
		if err := p.WriteHTML(&page, lang); err != nil {
			t.Error(err)
		}
	}
	if c := column(t, p, "amount"); p.Rows != 0 || c.Min != "" || c.Bins != nil || c.Mean != nil {
		t.Errorf("%+v", c)
	}
}
