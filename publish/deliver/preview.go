package deliver

import (
	"context"
	"encoding/json"
	"time"
)

// Shown is a message as it would go one way. It holds no secret: no token, signature or
// password.
type Shown struct {
	To       string          `json:"to"` // id of the department; "" is the bureau
	Kind     Kind            `json:"kind"`
	Way      string          `json:"way"`
	Where    string          `json:"where"` // address or host
	Place    string          `json:"place"`
	Subject  string          `json:"subject"`
	Text     string          `json:"text"`
	Document json.RawMessage `json:"document,omitempty"` // what is posted
	Files    []string        `json:"files,omitempty"`
	Until    time.Time       `json:"until,omitzero"` // it waits for quiet hours to end
}

// hidden stands where a password would.
const hidden = "*****-*****-*****-*****"

// Preview shows the messages of a release, and of reminders, as they would be sent. It
// changes nothing.
func (d *Deliverer) Preview(ctx context.Context, rel Release, req Request, orders []Orders) ([]Shown, error) {
	list, err := d.messages(ctx, rel, req)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		list = append(list, d.reminders(rel.Version, o, req.Department)...)
	}
	out := []Shown{}
	for _, m := range list {
		shown, err := d.shown(m)
		if err != nil {
			return nil, err
		}
		out = append(out, shown...)
	}
	return out, nil
}

func (d *Deliverer) shown(m Message) ([]Shown, error) {
	var out []Shown
	for _, t := range d.targets(m.To, len(m.Files) > 0) {
		s, err := d.compose(m, t)
		if err != nil {
			return nil, err
		}
		x := Shown{To: m.To, Kind: m.Kind, Way: t.way.kind(), Where: t.way.where(), Place: t.place}
		if t.role == rolePassword {
			x.Kind, s.fields.Password = OfSecret, hidden
			if s.subject, s.text, err = d.texts.say(OfSecret, s.fields); err != nil {
				return nil, err
			}
		}
		if t.role == roleFile {
			x.Files = m.Files
		}
		x.Subject, x.Text = s.subject, s.text
		if x.Document, err = t.way.show(d, s); err != nil {
			return nil, err
		}
		if until, yes := d.quiet(d.Now()); yes {
			x.Until = until
		}
		out = append(out, x)
	}
	return out, nil
}
