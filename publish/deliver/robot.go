package deliver

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/secret"
)

// messenger is what sets the robots of one messenger apart. Its answer has a member code
// that is 0 where the message was taken, whatever the status.
type messenger interface {
	name() string
	host() string
	path(token string) string
	// document is what is posted, and what the address has to end with, both signed at
	// a time where there is a secret.
	document(text, secret string, at time.Time) (body any, query url.Values)
	code() string // member of the answer
	busy() []int  // codes that mean too often, or try again
	limit() int   // bytes of a text
}

// robotWay is a messenger's robot.
type robotWay struct {
	catalog.Robot
	of messenger
}

func (w *robotWay) kind() string     { return w.of.name() }
func (w *robotWay) identity() string { return w.Base + "\x00" + w.Token }
func (w *robotWay) where() string {
	return strings.TrimPrefix(strings.TrimPrefix(w.base(), "https://"), "http://")
}
func (w *robotWay) short() bool { return true }
func (w *robotWay) base() string {
	return strings.TrimSuffix(cmp.Or(w.Base, "https://"+w.of.host()), "/")
}

func (w *robotWay) show(_ *Deliverer, s said) ([]byte, error) {
	body, _ := w.of.document(w.cut(s), "", s.at)
	return encode(body)
}

// cut is a message as one text, as long as the messenger takes it.
func (w *robotWay) cut(s said) string {
	text := s.subject + "\n" + strings.TrimSpace(s.text)
	if len(text) <= w.of.limit() {
		return text
	}
	n := w.of.limit() - len("…")
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

func (w *robotWay) send(ctx context.Context, d *Deliverer, s said) error {
	token, err := secret.Expand(w.Token, d.Project.Dir)
	if err != nil {
		return err
	}
	key, err := secret.Expand(w.Secret, d.Project.Dir)
	if err != nil {
		return err
	}
	body, query := w.of.document(w.cut(s), strings.TrimSpace(key), d.Now())
	b, err := encode(body)
	if err != nil {
		return err
	}
	address := w.base() + w.of.path(strings.TrimSpace(token))
	if len(query) > 0 {
		address += "&" + query.Encode()
	}
	answer, err := d.ask(ctx, address, w.identity(), b)
	if err != nil {
		return err
	}
	return w.judge(d, answer)
}

// judge reads the answer: status 200 alone says nothing.
func (w *robotWay) judge(d *Deliverer, answer []byte) error {
	got := member(answer, w.of.code())
	var code int
	if _, err := fmt.Sscanf(got, "%d", &code); err != nil {
		return fault.New(fault.Unreachable, "deliver.robot.answer", w.of.name())
	}
	switch {
	case code == 0:
		return nil
	case slices.Contains(w.of.busy(), code):
		d.pace.rest(w.identity())
		return fault.New(fault.Unreachable, "deliver.robot.busy", w.of.name(), code)
	default:
		return fault.New(fault.Refused, "deliver.robot.refused", w.of.name(), code).Try("deliver.robot.refused.hint")
	}
}

// member is a member of a JSON object as text; "" where there is none.
func member(doc []byte, name string) string {
	var m map[string]json.RawMessage
	if json.Unmarshal(doc, &m) != nil {
		return ""
	}
	return strings.Trim(string(m[name]), `"`)
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}

// sign is base64 of HMAC-SHA256.
func sign(key, message string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
