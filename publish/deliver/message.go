package deliver

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"guiji/publish/mail"
	"guiji/quality/worklist"
)

// Kind is what a message is about; its text is the template of that name.
type Kind string

// The kinds.
const (
	OfReport  Kind = "report"   // a department's report of a release
	OfAll     Kind = "overall"  // the bureau's
	OfSoon    Kind = "remind"   // tasks are due soon
	OfOverdue Kind = "overdue"  // tasks are overdue
	OfParent  Kind = "parent"   // tasks of a department below are long overdue
	OfSecret  Kind = "password" // password of a report's attachments
)

// Message is one of the outbox: what it says, in counts, names and dates.
type Message struct {
	ID       string           `json:"id"`
	Kind     Kind             `json:"kind"`
	To       string           `json:"to"` // id of the department; "" is the bureau
	At       time.Time        `json:"at"`
	Release  uint64           `json:"release,omitempty"`
	Made     time.Time        `json:"made,omitzero"` // when the release was
	Report   worklist.Summary `json:"report,omitzero"`
	Parts    []Part           `json:"parts,omitempty"`
	More     int              `json:"more,omitempty"`  // parts that are not named
	Orders   Orders           `json:"orders,omitzero"` // of reminders
	Files    []string         `json:"files,omitempty"` // attached
	TooLarge bool             `json:"too_large,omitempty"`
}

// Part is a resource of a department, or a department of the whole, with its problems.
type Part struct {
	Name     string `json:"name"`
	Problems int64  `json:"problems"`
}

// Orders are a department's open tasks in counts: work orders, conflicts (values that
// disagree with their authority) and doubts (own values that others agree against).
type Orders struct {
	Department string `json:"department"`
	Open       int64  `json:"open"`
	Soon       int64  `json:"soon,omitempty"`    // due within Remind.Before working days
	Overdue    int64  `json:"overdue,omitempty"` //
	Late       int64  `json:"late,omitempty"`    // overdue by more than Remind.Parent working days
	SoonDue    string `json:"soon_due,omitempty"`
	FirstDue   string `json:"first_due,omitempty"` // of those overdue; 2006-01-02
	// How many of each count are no work orders.
	OpenOf    Kinds `json:"open_of,omitzero"`
	SoonOf    Kinds `json:"soon_of,omitzero"`
	OverdueOf Kinds `json:"overdue_of,omitzero"`
	LateOf    Kinds `json:"late_of,omitzero"`
}

// Kinds are tasks of a count that are no work orders.
type Kinds struct {
	Conflicts int64 `json:"conflicts,omitempty"`
	Doubts    int64 `json:"doubts,omitempty"`
}

// Fields are what templates may say. Texts are one line each, without control
// characters, cut where they are very long.
type Fields struct {
	Kind                              string
	Project                           string // name of the project
	Bureau, BureauOffice, BureauPhone string
	Receiver                          string // who gets it
	Department, Office                string // whose data it is about
	Release                           uint64
	Made                              string // 2006-01-02
	Sentence                          string // the report's first
	Problems, New, Open, Mended       int64  // Open: tasks in reminders, problems that were there before in reports
	Returned, Exempt, Conflicts       int64
	Gated                             int
	Score, Grade                      string
	Compared, Stale                   bool
	Soon, Overdue, Late               int64
	OpenOf, SoonOf, OverdueOf, LateOf Kinds // of reminders: what of the counts is no work order
	Days                              int   // working days of the reminder
	Due                               string
	Provisional                       bool
	Link                              string
	Parts                             []Part
	More                              int
	Short                             bool // for a messenger
	Attached, TooLarge                bool
	Password                          string // of OfSecret alone
}

// nameLimit is in runes: a subject is read in a list.
const nameLimit = 100

// clean makes one line of a name.
func clean(s string) string {
	s = mail.Line(strings.ToValidUTF8(s, "�"))
	if utf8.RuneCountInString(s) > nameLimit {
		return string([]rune(s)[:nameLimit]) + "…"
	}
	return s
}

// fields are what a message says, but for what depends on its way.
func (d *Deliverer) fields(m Message) Fields {
	c := d.Project.Config
	f := Fields{
		Kind: string(m.Kind), Project: clean(c.Name), Bureau: clean(cmp.Or(c.Bureau.Name, c.Name)), BureauOffice: clean(c.Bureau.Office), BureauPhone: clean(c.Bureau.Phone),
		Release: m.Release, Due: m.Report.Due, Provisional: m.Report.Provisional, Sentence: mail.Line(m.Report.Sentence), Problems: m.Report.Problems,
		New: m.Report.New, Open: m.Report.Open, Mended: m.Report.Mended, Returned: m.Report.Returned, Exempt: m.Report.Exempt, Conflicts: m.Report.Conflicts,
		Gated: m.Report.Gated, Grade: m.Report.Grade, Compared: m.Report.Delta != nil, Stale: m.Report.Stale, Overdue: m.Report.Overdue,
		More: m.More, Attached: len(m.Files) > 0, TooLarge: m.TooLarge,
	}
	if !m.Made.IsZero() {
		f.Made = m.Made.In(d.Zone).Format(time.DateOnly)
	}
	if s := m.Report.Score; s != nil {
		f.Score = fmt.Sprintf("%.1f", *s)
	}
	for _, p := range m.Parts {
		f.Parts = append(f.Parts, Part{Name: clean(p.Name), Problems: p.Problems})
	}
	about := m.To
	if o := m.Orders; o.Department != "" {
		about = o.Department
		f.Open, f.Soon, f.Overdue, f.Late, f.Due = o.Open, o.Soon, o.Overdue, o.Late, o.FirstDue
		f.OpenOf, f.SoonOf, f.OverdueOf, f.LateOf = o.OpenOf, o.SoonOf, o.OverdueOf, o.LateOf
		f.Days = d.set().Remind.Parent
		if m.Kind == OfSoon {
			f.Due, f.Days = o.SoonDue, d.set().Remind.Before
		}
	}
	f.Receiver = f.Bureau
	if to := d.Project.Department(m.To); to != nil {
		f.Receiver = clean(to.Name)
	}
	f.Department = clean(about)
	if dep := d.Project.Department(about); dep != nil {
		f.Department, f.Office = clean(dep.Name), clean(dep.Contact.Office)
	}
	if m.Kind != OfParent { // who is above has no business in the department's own page
		f.Link = d.link(about)
	}
	return f
}

// link is the page of a department's report; of the whole for "".
func (d *Deliverer) link(department string) string {
	base := strings.TrimSuffix(d.set().Link, "/")
	switch {
	case base == "":
		return ""
	case department == "":
		return base + "/"
	}
	return base + "/" + department + "/"
}
