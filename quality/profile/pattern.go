package profile

import (
	"fmt"
	"regexp"
	"strings"

	"guiji/internal/engine"
	"guiji/lake"
)

// Pattern is what values are made of: 9 stands for a digit, A and a for Latin letters, ９,
// Ａ and ａ for those of full width, 汉 for a Chinese character, 文 for any other letter,
// digit or character of private use (as rare names have them), ␣ for a blank; other signs
// stand for themselves. {2,4} says how many in a row.
type Pattern struct {
	Shape  string `json:"pattern"`
	N      int64  `json:"rows"`
	Values int64  `json:"values"`

	runs []run
}

// run is some characters of one class.
type run struct {
	class    rune
	min, max int
}

// classes are the replacements that make a text into its classes, in their order.
func classes() [][2]string {
	return [][2]string{{`[0-9]`, "9"}, {`[A-Z]`, "A"}, {`[a-z]`, "a"}, {`[\p{Han}]`, "汉"}, {`[０-９]`, "９"}, {`[Ａ-Ｚ]`, "Ａ"}, {`[ａ-ｚ]`, "ａ"},
		{`(?:[^\P{L}A-Za-zＡａ\p{Han}]|[^\P{Nd}9９]|[\p{M}\p{Co}])`, "文"}, {`[\s\x{3000}]`, "␣"}}
}

// longest is how many characters of a text its shape tells of.
const longest = 120

// shape is the SQL of a text's classes; run by run with together.
func shape(together bool) string {
	out := fmt.Sprintf("left(v, %d)", longest)
	for _, c := range classes() {
		pattern := c[0]
		if together {
			pattern += "+"
		}
		out = fmt.Sprintf("regexp_replace(%s, %s, %s, 'g')", out, engine.Lit(pattern), engine.Lit(c[1]))
	}
	return out
}

// patterns lists the commonest ones: first what follows what, then how many of each.
func (w *work) patterns(lake.Column) error {
	if w.out.kind != words || w.out.Distinct == 0 {
		return nil
	}
	err := w.Session.Exec(w.ctx, "profile", fmt.Sprintf("CREATE OR REPLACE TEMP TABLE shapes AS SELECT %s AS s, sum(n)::BIGINT AS n, count(*) AS d FROM held GROUP BY 1 ORDER BY n DESC, s LIMIT %d", shape(true), most))
	if err != nil {
		return err
	}
	at, err := w.commonest()
	if err != nil {
		return err
	}
	err = w.Session.Each(w.ctx, "profile", "SELECT DISTINCT "+shape(true)+", "+shape(false)+" FROM held SEMI JOIN shapes ON s = "+shape(true), func(scan engine.Scanner) error {
		return w.count(scan, at)
	})
	if err != nil {
		return err
	}
	for i := range w.out.Patterns {
		w.out.Patterns[i].Shape = written(w.out.Patterns[i].runs)
	}
	return nil
}

// commonest lists the shapes by how many values have them, and tells where each stands.
func (w *work) commonest() (map[string]int, error) {
	listed, at := int64(0), map[string]int{}
	err := w.Session.Each(w.ctx, "profile", "SELECT s, n, d, sum(n) OVER ()::BIGINT FROM shapes ORDER BY n DESC, s", func(scan engine.Scanner) error {
		var p Pattern
		if err := scan(&p.Shape, &p.N, &p.Values, &listed); err != nil {
			return err
		}
		at[p.Shape] = len(w.out.Patterns)
		w.out.Patterns = append(w.out.Patterns, p)
		return nil
	})
	w.out.Unlisted = w.out.Filled(w.rows) - listed
	return at, err
}

// count learns of a row how many characters of a class follow each other at least and at most.
func (w *work) count(scan engine.Scanner, at map[string]int) error {
	var together, single string
	if err := scan(&together, &single); err != nil {
		return err
	}
	p := &w.out.Patterns[at[together]]
	p.runs = widen(p.runs, runsOf(single))
	return nil
}

// runsOf parts a text of classes; signs that are no class stand alone.
func runsOf(shape string) []run {
	var out []run
	for _, c := range shape {
		if n := len(out); n > 0 && out[n-1].class == c && strings.ContainsRune("9Aa９Ａａ汉文␣", c) {
			out[n-1].min++
			out[n-1].max++
			continue
		}
		out = append(out, run{c, 1, 1})
	}
	return out
}

// widen takes another text of the same classes in.
func widen(all, one []run) []run {
	if all == nil {
		return one
	}
	for i := range min(len(all), len(one)) {
		all[i].min, all[i].max = min(all[i].min, one[i].min), max(all[i].max, one[i].max)
	}
	return all
}

func written(runs []run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteRune(r.class)
		switch {
		case r.max == 1:
		case r.min == r.max:
			fmt.Fprintf(&b, "{%d}", r.min)
		default:
			fmt.Fprintf(&b, "{%d,%d}", r.min, r.max)
		}
	}
	return b.String()
}

// personalNumber is a number that stands for a person: 公民身份号码, a mobile number, one of
// a fixed line with its area code, or a passport's and such permits': one or two letters
// and seven to nine digits.
const personalNumber = `[1-9][0-9]{16}[0-9Xx]|[1-9][0-9]{14}|1[3-9][0-9]{9}|0[1-9][0-9]{8,10}|[A-Za-zＡ-Ｚａ-ｚ]{1,2}[0-9]{7,9}`

// plainNumber is the SQL of a value as such a number is written: of one width, without
// blanks, hyphens and brackets.
func plainNumber(v string) string {
	return "regexp_replace(translate(CAST(" + v + " AS VARCHAR), '０１２３４５６７８９Ｘｘ', '0123456789Xx'), '[\\s\\x{3000}()（）－-]', '', 'g')"
}

// inText finds them within other words, and addresses of mail; fixedLine those of fixed
// lines, which begin with no other digit before.
var (
	inText = regexp.MustCompile(`(?:[1-9１-９][0-9０-９]{14}(?:[0-9０-９]{2}[0-9０-９XxＸｘ])?|[1１][3-9３-９][0-9０-９]{9})|[A-Za-zＡ-Ｚａ-ｚ]{1,2}[0-9０-９]{7,9}|[\w.+-]+@[\w.-]+`)

	fixedLine = regexp.MustCompile(`(^|[^0-9０-９.])([0０][1-9１-９][0-9０-９])[0-9０-９]?[-－—–)）\s]{0,2}[0-9０-９]{7,8}`)
)

// veil hides numbers of persons in a value of an item that the catalogue does not call
// personal.
func veil(s string) string {
	return inText.ReplaceAllStringFunc(fixedLine.ReplaceAllString(s, "${1}${2}****"), func(found string) string {
		r := []rune(found)
		return string(r[:min(3, len(r))]) + "****"
	})
}
