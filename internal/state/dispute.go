package state

import (
	"slices"
	"strings"
	"time"

	"guiji/internal/fault"
	"guiji/internal/text"
)

// Dispute is a department's objection to a value of a golden record (数据异议, 校核申请).
type Dispute struct {
	Number     string  `json:"number"` // D2026-0001
	Entity     string  `json:"entity"` // id
	GoldenID   string  `json:"-"`
	Key        string  `json:"-"`                   // the subject's entity key when it was filed
	Element    string  `json:"element"`             // code
	Department string  `json:"department"`          // that objects
	Authority  string  `json:"authority,omitempty"` // resource whose value it is; "" where nobody's
	Release    uint64  `json:"release"`             // in which the value was seen
	Value      *string `json:"-"`                   // the value itself, as the golden record showed it; nil: it was empty
	Known      bool    `json:"-"`                   // Value was kept: not of disputes that are older than that
	Acts       []Act   `json:"acts"`                // in order; the first is its filing
}

// Act is one step of a dispute. No person's name is kept: who did it is known to the
// audit chain by account.
type Act struct {
	Verb       Verb      `json:"act"`
	At         time.Time `json:"at"`
	Department string    `json:"department,omitempty"` // "" is the bureau
	Office     string    `json:"office,omitempty"`
	Outcome    Outcome   `json:"outcome,omitempty"` // of handle
	Reason     string    `json:"reason,omitempty"`
	Release    uint64    `json:"release,omitempty"` // of mend: the one that brought another value
}

// Verb is what is done with a dispute.
type Verb string

// The verbs, in the order of a dispute's way: 提出, 受理, 标注, 核实与处理, 撤销标注; and
// 撤回, by which the department takes it back. Two are no person's: a run that brings
// another value than the one an upheld dispute is about mends it, and the erasure of its
// subject ends it.
const (
	File     Verb = "file"
	Accept   Verb = "accept"
	Mark     Verb = "mark"
	Handle   Verb = "handle"
	Lift     Verb = "lift"
	Withdraw Verb = "withdraw"
	Mend     Verb = "mend"
	Erase    Verb = "erase"
)

// Outcome is what a dispute came to.
type Outcome string

// The outcomes. Of an upheld one the authority mends its record; the mark stays until
// it has.
const (
	Upheld    Outcome = "upheld"
	Rejected  Outcome = "rejected"
	Withdrawn Outcome = "withdrawn"
	Erased    Outcome = "erased" // its subject was
)

// Status is where a dispute stands.
type Status string

// The statuses. From marked on until it is lifted readers see the mark.
const (
	Filed    Status = "filed"
	Accepted Status = "accepted"
	Marked   Status = "marked"
	Handled  Status = "handled"
	Closed   Status = "closed"
)

// step is what an act makes of a status. A dispute that is not admitted, or taken back
// before it was marked, has no mark to lift and is closed.
type step struct {
	from    Status
	verb    Verb
	outcome Outcome
}

func steps() map[step]Status {
	return map[step]Status{
		{"", File, ""}:             Filed,
		{Filed, Accept, ""}:        Accepted,
		{Filed, Handle, Rejected}:  Closed,
		{Filed, Withdraw, ""}:      Closed,
		{Accepted, Mark, ""}:       Marked,
		{Accepted, Withdraw, ""}:   Closed,
		{Marked, Handle, Upheld}:   Handled,
		{Marked, Handle, Rejected}: Handled,
		{Marked, Withdraw, ""}:     Handled,
		{Handled, Lift, ""}:        Closed,
		{Handled, Mend, ""}:        Handled,
		{Closed, Mend, ""}:         Closed,
		{Filed, Erase, ""}:         Closed,
		{Accepted, Erase, ""}:      Closed,
		{Marked, Erase, ""}:        Closed,
		{Handled, Erase, ""}:       Closed,
	}
}

// Status is where the dispute stands: what its acts have made of it.
func (d Dispute) Status() Status {
	var at Status
	for _, a := range d.Acts {
		if next, ok := steps()[step{at, a.Verb, a.Outcome}]; ok {
			at = next
		}
	}
	return at
}

// Outcome is what it came to, "" while nothing is settled.
func (d Dispute) Outcome() Outcome {
	if d.did(Erase) {
		return Erased
	}
	for _, a := range d.Acts {
		switch a.Verb {
		case Handle:
			return a.Outcome
		case Withdraw:
			return Withdrawn
		}
	}
	return ""
}

// Flagged tells whether readers of golden records are to see that the value is in
// dispute.
func (d Dispute) Flagged() bool {
	marked := false
	for _, a := range d.Acts {
		switch a.Verb {
		case Mark:
			marked = true
		case Lift, Erase:
			marked = false
		}
	}
	return marked
}

// Answered is when it was settled or taken back; zero while it waits for an answer.
func (d Dispute) Answered() time.Time {
	for _, a := range d.Acts {
		if a.Verb == Handle || a.Verb == Withdraw || a.Verb == Erase {
			return a.At
		}
	}
	return time.Time{}
}

// UpheldAt is when the authority's value was found wrong: from then on the authority is
// asked to mend its record. Zero where it was not.
func (d Dispute) UpheldAt() time.Time {
	for _, a := range d.Acts {
		if a.Verb == Handle && a.Outcome == Upheld {
			return a.At
		}
	}
	return time.Time{}
}

// Mended is the act that told of another value; nil while the disputed one stands.
func (d Dispute) Mended() *Act {
	for i := range d.Acts {
		if d.Acts[i].Verb == Mend {
			return &d.Acts[i]
		}
	}
	return nil
}

// ToMend tells whether an authority is asked to mend the value: the dispute was upheld
// and no run has brought another one. Lifting the mark does not end it; the erasure of
// the subject does.
func (d Dispute) ToMend() bool {
	return !d.UpheldAt().IsZero() && d.Mended() == nil && d.Authority != "" && !d.Forgotten()
}

// Forgotten tells whether its subject was erased.
func (d Dispute) Forgotten() bool { return d.Key == "" && d.GoldenID == "" }

func (d Dispute) did(verb Verb) bool {
	return slices.ContainsFunc(d.Acts, func(a Act) bool { return a.Verb == verb })
}

// FiledAt is when it was filed.
func (d Dispute) FiledAt() time.Time {
	if len(d.Acts) == 0 {
		return time.Time{}
	}
	return d.Acts[0].At
}

// Take adds an act, or refuses one that is out of order or lacks its reason
// (fault.Config).
func (d *Dispute) Take(a Act) error {
	at := d.Status()
	if (a.Verb == File || a.Verb == Handle || a.Verb == Withdraw) && strings.TrimSpace(a.Reason) == "" {
		return fault.New(fault.Config, "dispute.reason")
	}
	if _, ok := steps()[step{at, a.Verb, a.Outcome}]; ok && (a.Verb != Mend || d.ToMend()) {
		d.Acts = append(d.Acts, a)
		return nil
	}
	for _, done := range d.Acts {
		if done.Verb == a.Verb && a.Verb != Withdraw {
			return fault.New(fault.Config, "dispute.twice."+text.Key(a.Verb), d.Number, done.At.Format(time.DateOnly))
		}
	}
	return fault.New(fault.Config, "dispute.order."+text.Key(a.Verb), d.Number).Try("dispute.next." + text.Key(at))
}
