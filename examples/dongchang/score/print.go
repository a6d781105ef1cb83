package score

import (
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// Print writes the table of kinds with its totals, the quiet style of guiji's own.
func Print(w io.Writer, lines []Line) {
	t := table.NewWriter()
	t.SetOutputMirror(w)
	style := table.StyleLight
	style.Format.Header, style.Format.Footer = text.FormatDefault, text.FormatDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Options.SeparateHeader, style.Options.SeparateFooter = true, true
	t.SetStyle(style)
	t.AppendHeader(table.Row{"defect 缺陷类别", "planted 预埋", "found 发现", "missed 漏报", "false 误报"})
	total := Line{}
	for _, l := range lines {
		t.AppendRow(table.Row{strings.TrimSpace(l.Kind + " " + titles[l.Kind]), l.Planted, l.Found, l.Missed, l.False})
		total.Planted += l.Planted
		total.Found += l.Found
		total.Missed += l.Missed
		total.False += l.False
	}
	t.AppendFooter(table.Row{"all 合计", total.Planted, total.Found, total.Missed, total.False})
	t.Render()
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
