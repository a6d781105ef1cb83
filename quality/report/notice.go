package report

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"guiji/internal/text"
	"guiji/quality/letter"
)

// The cover letter (数据质量问题整改通知), for print and for the office to go on with.
const (
	noticeHTML = "notice.html"
	noticeDOCX = "notice.docx"
)

// namedInLetter is how many rules a letter names; the report names all.
const namedInLetter = 5

// writeNotice writes the letter to a department that has something to mend.
func (b *builder) writeNotice(d *department, dir string) error {
	if !d.toMend() || b.File != "" {
		return nil
	}
	l := b.notice(d)
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{{noticeHTML, l.HTML}, {noticeDOCX, l.DOCX}} {
		out, err := os.OpenFile(filepath.Join(dir, f.name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("write %s: %w", path.Base(f.name), err)
		}
		if err := f.write(out); err != nil {
			_ = out.Close()
			return fmt.Errorf("write %s: %w", path.Base(f.name), err)
		}
		if err := out.Close(); err != nil {
			return fmt.Errorf("write %s: %w", path.Base(f.name), err)
		}
	}
	d.Notice = true
	return nil
}

// notice is the letter: counts and names of rules, never a value.
func (b *builder) notice(d *department) *letter.Letter {
	l := &letter.Letter{
		Number: b.t("report.notice.number"), Title: b.t("report.notice.title"), To: b.t("report.notice.to", d.Entry.Name),
		Attached: b.t("report.notice.attached"), From: b.Project.Config.Bureau.Name, Date: b.date(b.Now), Lang: page{builder: b}.HTMLLang(),
	}
	say := func(level letter.Level, s string) { l.Body = append(l.Body, letter.Paragraph{Level: level, Text: s}) }
	say(letter.Body, b.t("report.notice.opening", b.basisOfNotice(), b.Release.Version))
	say(letter.First, b.t("report.notice.h.found"))
	say(letter.Body, b.noticeFound(d))
	if named := b.noticeRules(d); named != "" {
		say(letter.First, b.t("report.notice.h.main"))
		say(letter.Body, named)
		say(letter.First, b.t("report.notice.h.ask"))
	} else {
		say(letter.First, b.t("report.notice.h.ask2"))
	}
	say(letter.Second, b.noticeTerm(d))
	say(letter.Second, b.t("report.notice.answer"))
	say(letter.Second, b.t("report.notice.objection"))
	say(letter.Second, b.t("report.notice.verify"))
	if who := b.Bureau(); who != "" {
		say(letter.Body, who)
	}
	l.Attachments = []string{b.t("report.notice.att.report"), b.t("report.notice.att.list", len(d.Files))}
	return l
}

// basisOfNotice cites the rules in force on the report's day, in full.
func (b *builder) basisOfNotice() string {
	standard := b.t("report.notice.standard")
	cited := b.Project.Cite("quality", b.Now.Format(time.DateOnly))
	if cited == "" {
		return standard
	}
	return strings.ReplaceAll(cited, "；", b.t("report.notice.and")) + b.t("report.notice.and") + standard
}

// noticeFound is the report's counts as a letter says them.
func (b *builder) noticeFound(d *department) string {
	s := b.t("report.notice.found", len(d.Resources), d.Read, d.Problems)
	if d.Compared {
		s += b.t("report.comma") + b.change(d.Delta)
	}
	parts := []string{}
	for _, x := range []struct {
		n   int64
		key string
	}{{d.Fate.New + d.Fate.First, "new"}, {d.Fate.Open, "open"}, {d.Fate.Again, "again"}, {d.Overdue, "overdue"}} {
		if x.n > 0 {
			parts = append(parts, b.t(text.Key("report.notice."+x.key), x.n))
		}
	}
	if len(parts) > 0 {
		s += b.t("report.notice.of", strings.Join(parts, b.t("report.comma")))
	}
	for _, x := range []struct {
		n    int64
		key  string
		late int64
	}{{d.Fate.Mended, "mended", 0}, {d.Disputed, "conflicts", d.DisputedLate}, {d.Doubtful, "doubts", d.DoubtfulLate}, {d.Quarantined, "bad", 0}, {int64(d.Wholes), "wholes", 0}} {
		if x.n > 0 {
			s += b.t(text.Key("report.notice."+x.key), x.n) + b.lateOf(x.late)
		}
	}
	s += b.t("report.full")
	if d.Card.Evaluated {
		s += b.t("report.notice.score", page{builder: b}.ScoreText(d.Card))
	}
	return s
}

// noticeRules names the rules that fail most.
func (b *builder) noticeRules(d *department) string {
	failing := ranked(d, func(r *rule) bool { return r.Count > 0 })
	var parts []string
	for _, r := range failing[:min(len(failing), namedInLetter)] {
		parts = append(parts, b.t("report.notice.rule", r.Resource.Entry.Name, r.Title, r.Count))
	}
	if len(parts) == 0 {
		return ""
	}
	s := strings.Join(parts, b.t("report.and"))
	if more := len(failing) - namedInLetter; more > 0 {
		return s + b.t("report.notice.more", more)
	}
	return s + b.t("report.full")
}

// noticeTerm says by when to mend.
func (b *builder) noticeTerm(d *department) string {
	due := d.Due
	if d.DueSoft {
		due = b.t("report.provisional", due)
	}
	switch {
	case due == "":
		return b.t("report.notice.now")
	case d.Late() > 0:
		return b.t("report.notice.term.overdue", due)
	}
	return b.t("report.notice.term", due)
}
