package returned

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"guiji/quality/orders"
	"guiji/quality/worklist"
)

// synonyms are what officers write instead of picking from the list. What is not here is
// refused: nobody guesses an answer.
func synonyms() map[string]Answer {
	out := map[string]Answer{}
	for answer, words := range map[Answer][]string{
		Done:     {"完成", "已完成", "整改完成", "已完成整改", "完成整改", "整改完毕", "已处理", "处理完成", "已修改", "已更正", "已改", "是", "√", "✓", "✔", "☑", "yes", "y", "done", "fixed"},
		Doing:    {"正在整改", "处理中", "正在处理", "进行中", "整改进行中", "inprogress", "doing"},
		Not:      {"未整改", "尚未整改", "未完成", "未处理", "否", "×", "✗", "✘", "no", "n", "notmended"},
		Waived:   {"不予整改", "无法整改", "申请不整改"},
		Objected: {"有异议", "异议", "提出异议"},
	} {
		for _, w := range words {
			out[w] = answer
		}
	}
	return out
}

// answerOf reads 整改状态; ok is false for what is none of the words.
func answerOf(cell string) (Answer, bool) {
	if a, ok := worklist.AnswerOf(cell); ok {
		return Answer(a), true
	}
	a, ok := synonyms()[plain(cell)]
	return a, ok
}

// plain is a word without blanks, width and case, and without a stop at its end.
func plain(s string) string {
	s = strings.ToLower(strings.Join(strings.Fields(width.Fold.String(s)), ""))
	return strings.TrimRight(s, "。.!;")
}

// wish is what stands in a column that asks for something and its reason.
type wish int

const (
	nothing wish = iota // empty, or a word for no
	reason
	bare     // a word for yes, without a reason
	unclear  // begins with no, and goes on
	tooLarge // longer than MostText
)

// noes and yeses are words that answer a column which asks.
func noes() []string {
	return []string{"否", "无", "没有", "无异议", "没有异议", "不申请", "不提出", "不需要", "/", "\\", "-", "—", "——", "n/a", "na", "no", "n", "none", "×"}
}

func yeses() []string {
	return []string{"是", "有", "有异议", "提出", "申请", "√", "✓", "✔", "yes", "y", "同意"}
}

// begun is a no with something behind it.
var begun = regexp.MustCompile(`^(否|无|没有|无异议|没有异议|不申请|no)[,，。;；:：、.]`)

// wished reads a column of that kind.
func wished(cell string) (text string, is wish) {
	text = strings.TrimSpace(cell)
	word := plain(text)
	switch {
	case word == "" || contains(noes(), word):
		return "", nothing
	case contains(yeses(), word):
		return "", bare
	case long(text):
		return "", tooLarge
	case begun.MatchString(strings.ToLower(text)):
		return "", unclear
	}
	return text, reason
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if plain(w) == word {
			return true
		}
	}
	return false
}

func long(s string) bool { return len([]rune(s)) > MostText }

// numberOf reads 问题编号, whatever a program or a hand made of it.
func numberOf(cell string) (string, bool) {
	return orders.ParseNumber(strings.TrimSpace(unescaped(cell)))
}

// unescaped is a text without the apostrophe that a work list puts before what begins
// like a formula.
func unescaped(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsAny(s[1:2], "=+-@") {
		return s[1:]
	}
	return s
}
