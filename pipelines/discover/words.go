package discover

import (
	"strings"
	"unicode"

	"guiji/catalog"
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

// alike lists other words for data elements that departments write (GB/T 19488.2 names
// the elements; the words are those of forms).
func alike() [][]string {
	return [][]string{
		{"公民身份号码", "身份证号", "身份证号码", "身份证件号码", "居民身份证号码", "公民身份证号码", "证件号码", "身份号码"},
		{"姓名", "人员姓名", "名字"},
		{"出生日期", "出生年月日", "生日", "出生年月"},
		{"联系电话", "手机号码", "手机号", "手机", "电话", "电话号码", "联系方式", "移动电话"},
		{"统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码"},
		{"企业名称", "单位名称", "机构名称", "市场主体名称", "法人名称"},
		{"现居住地", "现住址", "居住地址", "现住地址", "居住地"},
		{"户籍地址", "户口所在地", "户籍所在地", "户籍地"},
		{"婚姻状况", "婚姻状态"},
		{"成立日期", "注册日期", "设立日期"},
		{"住所", "注册地址", "企业地址", "单位地址", "住所地址"},
		{"行业代码", "所属行业", "行业", "行业类别"},
		{"注册资本", "注册资金"},
	}
}

// sameMeaning tells whether two labels are words for one thing.
func sameMeaning(a, b string) bool {
	if a == b {
		return true
	}
	for _, group := range alike() {
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
