package score

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Print writes the table of kinds with its totals.
func Print(w io.Writer, lines []Line) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "kind of defect\tplanted\tfound\tmissed\tfalse\t")
	fmt.Fprintln(t, "缺陷类别\t预埋\t发现\t漏报\t误报\t")
	total := Line{Kind: "all / 合计"}
	for _, l := range lines {
		name := l.Kind
		if zh := titles[l.Kind]; zh != "" {
			name += " " + zh
		}
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t\n", name, l.Planted, l.Found, l.Missed, l.False)
		total.Planted += l.Planted
		total.Found += l.Found
		total.Missed += l.Missed
		total.False += l.False
	}
	fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t\n", total.Kind, total.Planted, total.Found, total.Missed, total.False)
	return t.Flush()
}

// titles are the kinds in Chinese.
var titles = map[string]string{
	"not_null": "必填", "unique": "唯一", "unique (several columns)": "多列唯一", "regex": "格式", "length": "长度", "range": "范围",
	"in_codes": "代码", "citizen_id": "公民身份号码", "credit_code": "统一社会信用代码", "date": "日期", "phone": "电话",
	"foreign_key": "引用", "compare": "先后大小", "sql": "业务规则", "type": "类型", "key_unique": "主键重复", "duplicates": "重复记录",
	"conflicts: name": "跨部门不一致：姓名", "conflicts: sex": "跨部门不一致：性别", "conflicts: phone": "跨部门不一致：电话",
	"conflicts: address": "跨部门不一致：地址", "quarantine: NULL key": "隔离：主键为空", "quarantine: broken record": "隔离：记录残缺",
	"quarantine: undecodable bytes": "隔离：无法解码", "quarantine: other": "隔离：其他",
}

// Kinds names the kinds that were not found as they should be, for an error.
func Kinds(lines []Line) string {
	var bad []string
	for _, l := range lines {
		if l.Missed != 0 || l.False != 0 {
			bad = append(bad, l.Kind)
		}
	}
	return strings.Join(bad, ", ")
}
