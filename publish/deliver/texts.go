package deliver

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/text"
	"guiji/publish/mail"
)

//go:embed template/*/*.tmpl
var own embed.FS

const (
	ending   = ".tmpl"
	maxText  = 64 << 10 // what a template may make
	maxShown = 20       // parts that a message names
)

func kinds() []Kind { return []Kind{OfReport, OfAll, OfSoon, OfOverdue, OfParent, OfSecret} }

// texts are the templates of one language, the project's own in place of guiji's, and
// those of webhooks by their file.
type texts struct {
	of    map[Kind]*template.Template
	hooks map[string]*template.Template
}

// readTexts reads and judges all templates of a project.
func readTexts(p *catalog.Project, lang text.Lang) (*texts, []error) {
	t := &texts{of: map[Kind]*template.Template{}, hooks: map[string]*template.Template{}}
	if lang != text.EN {
		lang = text.ZH
	}
	var errs []error
	for _, k := range kinds() {
		body, err := own.ReadFile(path.Join("template", string(lang), string(k)+ending))
		if err != nil {
			return nil, []error{fmt.Errorf("read the text of %s: %w", k, err)}
		}
		name := string(k) + ending
		if dir := p.Config.Delivery.Templates; dir != "" {
			name = filepath.ToSlash(filepath.Join(dir, name))
			theirs, err := readLocal(p.Dir, name)
			switch {
			case err == nil:
				body = theirs
			case !errors.Is(err, fs.ErrNotExist):
				errs = append(errs, fault.New(fault.Config, "deliver.template.read", name))
				continue
			}
		}
		tmpl, err := parseTemplate(name, string(body))
		if err == nil {
			err = tryText(tmpl)
		}
		if err != nil {
			errs = append(errs, misread(name, err))
		}
		t.of[k] = tmpl
	}
	return t, append(append(errs, t.readHooks(p)...), strangers(p)...)
}

// Check tells what is wrong with a project's templates: each error of kind fault.Config
// names file and line.
func Check(p *catalog.Project) []error {
	if p.Config.Delivery == nil {
		return nil
	}
	_, errs := readTexts(p, text.ZH)
	return errs
}

// readLocal reads a file of the project, no link out of it.
func readLocal(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	body, err := fs.ReadFile(root.FS(), path.Clean(name))
	if len(body) > maxText {
		err = errors.New("too large")
	}
	return body, errors.Join(err, root.Close())
}

// strangers refuses files in the folder of templates that no message has: a slip in the
// name would leave guiji's own text in force without a word.
func strangers(p *catalog.Project) []error {
	dir := p.Config.Delivery.Templates
	if dir == "" {
		return nil
	}
	list, err := os.ReadDir(filepath.Join(p.Dir, dir))
	if err != nil {
		return []error{fault.New(fault.Config, "deliver.template.read", dir)}
	}
	var hooks []string
	for _, c := range channelsOf(p) {
		if c.Webhook != nil {
			hooks = append(hooks, path.Clean(filepath.ToSlash(c.Webhook.Template)))
		}
	}
	var errs []error
	for _, e := range list {
		name, isTemplate := strings.CutSuffix(e.Name(), ending)
		if isTemplate && !slices.Contains(kinds(), Kind(name)) && !slices.Contains(hooks, path.Join(filepath.ToSlash(dir), e.Name())) {
			errs = append(errs, fault.New(fault.Config, "deliver.template.name", path.Join(dir, e.Name()), kinds()))
		}
	}
	return errs
}

var templateError = regexp.MustCompile(`(?s)^template: ([^ :]+:\d+)(?::\d+)?: (?:executing "[^"]*" )?(.*)$`)

// misread says what is wrong with a template, with its place.
func misread(name string, err error) error {
	if fault.KindOf(err) == fault.Config {
		return err
	}
	if m := templateError.FindStringSubmatch(err.Error()); m != nil {
		return fault.New(fault.Config, "deliver.template", m[1], m[2])
	}
	return fault.New(fault.Config, "deliver.template", name, err.Error())
}

// fill executes a template and cuts nothing: what is too long is refused.
func fill(t *template.Template, data any) (string, error) {
	var b strings.Builder
	if err := t.Execute(&bounded{to: &b}, data); err != nil {
		return "", err
	}
	return b.String(), nil
}

type bounded struct{ to *strings.Builder }

var errLong = errors.New("the text is longer than 64 KiB")

func (w *bounded) Write(b []byte) (int, error) {
	if w.to.Len()+len(b) > maxText {
		return 0, errLong
	}
	return w.to.Write(b)
}

// say is a message's subject, the first line of its text, and its body.
func (t *texts) say(k Kind, f Fields) (subject, body string, err error) {
	s, err := fill(t.of[k], f)
	if err != nil {
		return "", "", misread(string(k)+ending, err)
	}
	return split(s)
}

func split(s string) (subject, body string, err error) {
	subject, body, _ = strings.Cut(strings.TrimLeft(strings.ReplaceAll(s, "\r\n", "\n"), "\n"), "\n")
	subject, body = mail.Line(subject), strings.TrimSpace(body)
	if subject == "" || body == "" {
		return "", "", fault.New(fault.Config, "deliver.template.empty")
	}
	return subject, body + "\n", nil
}
