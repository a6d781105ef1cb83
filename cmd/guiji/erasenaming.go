package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/ident"
	"guiji/lake/erase"
)

// naming is a line of the project's own files that names what was erased. The files are
// the office's, in git: nothing but a person takes it out of them.
type naming struct {
	File     string `json:"file"`
	Line     int    `json:"line"`
	Decision string `json:"decision,omitempty"` // the steward's, of decisions/links.yaml
}

// nameLength is how many signs a key must have to be looked for in any text: a shorter
// one would be found by chance.
const nameLength = 8

// naming looks through the project's own files: in decisions on links for records and
// keys as they are written there, anywhere else for keys long enough to mean something.
func (w *workspace) naming(ctx context.Context, gone []erase.Target) ([]naming, error) {
	records, keys, words := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, t := range gone {
		parts := []string{t.Key}
		if t.Entity != "" {
			keys[t.Entity+"\x00"+t.Key] = true
			parts[0] = w.withoutCode(t.Entity, t.Key)
		} else {
			records[t.Resource+"\x00"+t.Key] = true
			_ = json.Unmarshal([]byte(t.Key), &parts) // else it is one text
		}
		for _, part := range parts {
			if word := plainWord(part); utf8.RuneCountInString(word) >= nameLength {
				words[word] = true
			}
		}
	}
	var out []naming
	for _, n := range w.project.LinksNaming(func(entity string, d catalog.Linked) bool {
		resource, _, _ := strings.Cut(d.Resource, "#")
		return keys[entity+"\x00"+d.EntityKey] || len(d.Record) > 0 && records[resource+"\x00"+recordKeyOf(d.Record)]
	}) {
		out = append(out, naming{n.At.File, n.At.Line, n.Decision})
	}
	more, err := w.textNaming(ctx, words)
	for _, n := range more {
		if !slices.ContainsFunc(out, func(o naming) bool { return o.File == n.File && o.Line == n.Line }) {
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(a, b naming) int { return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line)) })
	return out, err
}

// withoutCode is a key without the element's code that stands before all but the first
// of an entity's.
func (w *workspace) withoutCode(entity, key string) string {
	if e := w.project.Entity(entity); e != nil {
		for _, code := range e.Keys {
			key = strings.TrimPrefix(key, code+":")
		}
	}
	return key
}

// recordKeyOf is a record key in one column (docs/layout.md).
func recordKeyOf(record []string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(record) // texts always can be
	return strings.TrimSpace(b.String())
}

// plainWord is a key in one way of writing: capitals, no hyphens, citizen numbers of 15
// digits as those of 18.
func plainWord(s string) string {
	s = strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), "-", ""))
	if long, ok := ident.LiftCitizenID(s); ok {
		return long
	}
	return s
}

// textNaming are the lines of the project's own files that hold one of the words.
func (w *workspace) textNaming(ctx context.Context, words map[string]bool) ([]naming, error) {
	if len(words) == 0 {
		return nil, nil
	}
	tree := os.DirFS(w.project.Dir)
	var out []naming
	for _, pattern := range catalog.OwnFiles() {
		files, err := fs.Glob(tree, pattern)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			lines, err := linesNaming(tree, file, words)
			if err != nil {
				return nil, fault.New(fault.Config, "catalog.file.read", file).Because(err)
			}
			for _, line := range lines {
				out = append(out, naming{File: file, Line: line})
			}
		}
	}
	return out, nil
}

// linesNaming are the lines of one file that hold one of the words.
func linesNaming(tree fs.FS, file string, words map[string]bool) (lines []int, err error) {
	b, err := fs.ReadFile(tree, file)
	if err != nil {
		return nil, err
	}
	in := bufio.NewScanner(bytes.NewReader(b))
	in.Buffer(nil, len(b)+1)
	for n := 1; in.Scan(); n++ {
		for _, word := range strings.FieldsFunc(in.Text(), func(r rune) bool { return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if words[plainWord(word)] {
				lines = append(lines, n)
				break
			}
		}
	}
	return lines, in.Err()
}

// erasedText says what an erasure did, and what is left to do for people.
func (a *app) erasedText(w *workspace, out *erasedAll) string {
	var lines []string
	if !out.Finished.IsZero() {
		lines = append(lines, a.say("command.erase.finished", out.Finished.In(w.zone).Format("2006-01-02 15:04")))
	}
	if out.Release > 0 {
		lines = append(lines, a.say("command.erase.done", thousands(out.Rows), len(out.Releases), len(out.Datasets), releaseName(out.Release)), a.say("command.erase.source"))
	}
	if out.Waiting != "" {
		lines = append(lines, a.say("command.erase.waiting", out.Waiting))
	}
	for _, n := range out.Named {
		if n.Decision != "" {
			lines = append(lines, a.say("command.erase.named.decision", n.File, n.Line, n.Decision))
			continue
		}
		lines = append(lines, a.say("command.erase.named", n.File, n.Line))
	}
	if len(out.Named) > 0 {
		lines = append(lines, a.say("command.erase.named.do"))
	}
	return strings.Join(lines, "\n")
}
