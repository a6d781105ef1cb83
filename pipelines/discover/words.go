package discover

import (
	"strings"
	"unicode"

	"guiji/catalog"
	"guiji/catalog/alike"
)

// label is what a person calls a column: its comment up to the first explanation in it,
// else its name if that is Chinese; "" if nothing is known.
func (c *column) label() string {
	text := strings.TrimSpace(c.Comment)
	if text == "" && strings.ContainsFunc(c.Name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		text = c.Name
	}
	if at := strings.IndexAny(text, ":：;；,，\n\r"); at > 0 {
		text = text[:at]
	}
	if r := []rune(text); len(r) > 50 {
		text = string(r[:50])
	}
	return strings.TrimSpace(text)
}

// bare is a label without blanks, units and remarks in brackets.
func bare(label string) string {
	label = strings.NewReplacer("（", "(", "）", ")", " ", "", "　", "", "*", "").Replace(label)
	if at := strings.IndexByte(label, '('); at > 0 {
		label = label[:at]
	}
	return label
}

// sameMeaning tells whether two labels are words for one thing.
func sameMeaning(a, b string) bool {
	if a == b {
		return true
	}
	for _, group := range alike.Synonyms() {
		if contains(group, a) && contains(group, b) {
			return true
		}
	}
	return false
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// holds tells whether a text holds one of some words.
func holds(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

// privacyOf guesses an item's class by its element, what its values are, and its label.
// An organisation's own telephone or address is no person's.
func privacyOf(c *column, label string, e *catalog.Element) catalog.Privacy {
	organisation := holds(label, "单位", "企业", "机构", "公司", "办公", "学校", "医院")
	switch {
	case e != nil && e.Privacy != catalog.PrivacyNone:
		return e.Privacy
	case c.is(citizen):
		return catalog.PrivacyDirect
	case e != nil, c.is(credit), c.is(aDate) && !holds(label, "出生"):
		return catalog.PrivacyNone
	case holds(label, "身份证", "身份号码", "护照", "姓名", "手机"), strings.HasSuffix(c.Name, "xm") && label == "":
		return catalog.PrivacyDirect
	case holds(label, "民族", "宗教", "婚姻", "疾病", "诊断", "病", "残疾", "疫苗", "低保", "救助", "收入", "工资", "缴费基数", "保障金", "银行", "账号", "犯罪", "信仰", "学历"):
		return catalog.PrivacySensitive
	case c.is(phone), holds(label, "电话"):
		if organisation {
			return catalog.PrivacyQuasi
		}
		return catalog.PrivacyDirect
	case holds(label, "出生", "生日", "户号", "家庭", "户籍地址"), holds(label, "地址", "住址", "住所", "居住") && !organisation:
		return catalog.PrivacyQuasi
	}
	return catalog.PrivacyNone
}
