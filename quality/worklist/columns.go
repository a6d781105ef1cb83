// Package worklist is what those who write a department's work list (问题整改清单),
// who read it when it comes back, and who deliver it share: the sheet's columns and
// words, and the summary of counts. quality/report, quality/returned, publish, cmd
// and whoever else handles work lists import it; it imports catalog and internal,
// and compiles without DuckDB.
package worklist

import (
	"strings"

	"guiji/internal/text"
)

// Field is a column of the work list.
type Field string

// The fields, in the order they stand in. Those from State on the department fills in.
const (
	Number   Field = "number"   // 问题编号
	Resource Field = "resource" // 系统/表
	KeyName  Field = "keyname"  // 标识字段
	Key      Field = "key"      // 记录标识, as the department's own system shows it
	Item     Field = "item"     // 字段中文名
	Value    Field = "value"    // 当前值
	Problem  Field = "problem"  // 问题描述
	Suggest  Field = "suggest"  // 建议值
	Severity Field = "severity" // 级别
	Fate     Field = "fate"     // 问题情况: 新增, 未整改, 再次出现 …
	Found    Field = "found"    // 发现日期
	Periods  Field = "periods"  // 连续期数
	Due      Field = "due"      // 整改期限
	State    Field = "state"    // 整改状态, one of States
	Note     Field = "note"     // 整改说明
	Waive    Field = "waive"    // 申请不予整改（说明理由）
	Dispute  Field = "dispute"  // 是否提出异议及理由
)

// Fields are all columns, as written.
func Fields() []Field {
	return append([]Field{Number, Resource, KeyName, Key, Item, Value, Problem, Suggest, Severity, Fate, Found, Periods, Due}, Answers()...)
}

// Answers are the columns a department fills in.
func Answers() []Field { return []Field{State, Note, Waive, Dispute} }

// Header is a column's header in a language.
func (f Field) Header(lang text.Lang) string {
	return text.Format(lang, text.Key("report.col."+string(f)))
}

// FieldOf finds a column by its header, in either language; blanks within and around
// it and the width of its brackets do not count. ok is false for a header of nobody's.
func FieldOf(header string) (f Field, ok bool) {
	h := plain(header)
	for _, f := range Fields() {
		if h == plain(f.Header(text.ZH)) || h == plain(f.Header(text.EN)) {
			return f, true
		}
	}
	return "", false
}

// Answer is what a department can choose as 整改状态.
type Answer string

// The answers.
const (
	Done   Answer = "done"    // 已整改
	Doing  Answer = "doing"   // 整改中
	Waived Answer = "waive"   // 申请不予整改
	Object Answer = "dispute" // 提出数据异议
)

// States are the answers to choose from, in the order the sheet offers them.
func States() []Answer { return []Answer{Done, Doing, Waived, Object} }

// Text is an answer as the sheet offers it.
func (a Answer) Text(lang text.Lang) string {
	return text.Format(lang, text.Key("report.state."+string(a)))
}

// AnswerOf reads what a department chose, in either language; ok is false for what is
// none of States. An empty cell is the answer "" and ok.
func AnswerOf(cell string) (a Answer, ok bool) {
	c := plain(cell)
	if c == "" {
		return "", true
	}
	for _, a := range States() {
		if c == plain(a.Text(text.ZH)) || c == plain(a.Text(text.EN)) {
			return a, true
		}
	}
	return "", false
}

func plain(s string) string {
	s = strings.NewReplacer("（", "(", "）", ")", "／", "/").Replace(s)
	return strings.ToLower(strings.Join(strings.Fields(s), ""))
}
