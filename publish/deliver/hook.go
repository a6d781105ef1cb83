package deliver

import (
	"encoding/json"
	"reflect"
	"strings"
	"text/template"

	"guiji/catalog"
	"guiji/internal/fault"
)

// hookFields are what the document of a webhook may say: all of a message, with every
// text escaped for the inside of a JSON string.
type hookFields struct {
	Fields
	Subject, Text string
}

// readHooks reads the templates of all webhooks and fills them in with samples: what
// they make has to be JSON.
func (t *texts) readHooks(p *catalog.Project) []error {
	var errs []error
	for _, c := range channelsOf(p) {
		if c.Webhook == nil || t.hooks[c.Webhook.Template] != nil {
			continue
		}
		name := c.Webhook.Template
		body, err := readLocal(p.Dir, name)
		if err != nil {
			errs = append(errs, fault.New(fault.Config, "deliver.template.read", name))
			continue
		}
		tmpl, err := parseTemplate(name, string(body))
		if err == nil {
			err = tryHook(tmpl)
		}
		if err != nil {
			errs = append(errs, misread(name, err))
			continue
		}
		t.hooks[name] = tmpl
	}
	return errs
}

func tryHook(t *template.Template) error {
	for _, f := range samples() {
		if _, err := document(t, f, f.Sentence+"\n", "a \"b\"\r\n\tc\\ d"); err != nil {
			return err
		}
	}
	return nil
}

// document is a webhook's body.
func document(t *template.Template, f Fields, subject, text string) ([]byte, error) {
	h := hookFields{Fields: f, Subject: subject, Text: text}
	h.Parts = append([]Part{}, f.Parts...)
	escape(reflect.ValueOf(&h).Elem())
	s, err := fill(t, h)
	if err != nil {
		return nil, err
	}
	if !json.Valid([]byte(s)) {
		return nil, fault.New(fault.Config, "deliver.template.json", t.Name())
	}
	return []byte(s), nil
}

// escape makes every text in v fit for the inside of a JSON string.
func escape(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		b, _ := json.Marshal(v.String()) // strings always marshal
		v.SetString(strings.TrimSuffix(strings.TrimPrefix(string(b), `"`), `"`))
	case reflect.Struct:
		for i := range v.NumField() {
			escape(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			escape(v.Index(i))
		}
	}
}
