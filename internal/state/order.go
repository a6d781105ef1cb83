package state

import (
	"cmp"
	"strings"
	"time"

	"guiji/internal/fault"
)

// OrderVerb is what people do about a work order (整改事项).
type OrderVerb string

// The verbs. What the checks find is none of them: orders are opened and closed by runs.
const (
	Assign        OrderVerb = "assign"         // 分派: to an office of the department
	Start         OrderVerb = "start"          // 整改中
	Done          OrderVerb = "done"           // 已整改, by the department's word: the next run verifies it
	RequestExempt OrderVerb = "request_exempt" // 申请不予整改
	Exempt        OrderVerb = "exempt"         // 批准不予整改, for a time
	RefuseExempt  OrderVerb = "refuse_exempt"  // 不同意不予整改
	LiftExempt    OrderVerb = "lift"           // 撤销不予整改
	Object        OrderVerb = "object"         // 提出数据异议: a dispute was opened, or, without one, the bureau is to answer
	Answer        OrderVerb = "answer"         // 答复异议: to an objection without a dispute
	Note          OrderVerb = "note"           // 整改说明
)

// OrderAct is one act on one work order. No person's name is kept, but the approver's
// post: who did it is known to the audit chain by account.
type OrderAct struct {
	Number     string    `json:"-"`
	Verb       OrderVerb `json:"act"`
	At         time.Time `json:"at"`
	Department string    `json:"department,omitempty"` // that acts; "" is the bureau
	Office     string    `json:"office,omitempty"`     // that acts
	To         string    `json:"to,omitempty"`         // of assign: the office that mends
	Reason     string    `json:"reason,omitempty"`
	Approver   string    `json:"approver,omitempty"` // of exempt
	Until      string    `json:"until,omitempty"`    // of exempt: the last day it holds, 2006-01-02
	Dispute    string    `json:"dispute,omitempty"`  // of object: the dispute's number
}

// OrderStanding is what the acts on one order have made of it; the zero value is that of
// an order nobody has touched.
type OrderStanding struct {
	Number     string
	AssignedTo string
	Started    time.Time // last said to be under way
	Done       time.Time // last said to be mended
	Requested  time.Time // of a request that waits for its answer; zero without one
	Refused    time.Time // of the last refusal; zero where none stands
	Exempted   time.Time // when the exemption that stands was given; zero without one
	Until      string    // its last day
	Approver   string
	Reason     string // of the request, the refusal or the exemption, whichever stands
	Dispute    string
	Objected   time.Time // of an objection that no dispute was opened for and that waits for its answer; zero without one
	Note       string    // the last note
	Last       time.Time // of the last act
}

// Apply is the standing after one more act.
func (s OrderStanding) Apply(a OrderAct) OrderStanding {
	s.Number, s.Last = a.Number, a.At
	switch a.Verb {
	case Assign:
		s.AssignedTo = a.To
	case Start:
		s.Started = a.At
	case Done:
		s.Done = a.At
	case RequestExempt:
		s.Requested, s.Refused, s.Reason = a.At, time.Time{}, a.Reason
	case Exempt:
		s.Exempted, s.Until, s.Approver, s.Reason = a.At, a.Until, a.Approver, a.Reason
		s.Requested, s.Refused, s.Objected = time.Time{}, time.Time{}, time.Time{}
	case RefuseExempt:
		s.Requested, s.Refused, s.Reason = time.Time{}, a.At, a.Reason
	case LiftExempt:
		s.Exempted, s.Until, s.Approver, s.Reason = time.Time{}, "", "", ""
	case Object:
		s.Dispute = cmp.Or(a.Dispute, s.Dispute)
		if a.Dispute == "" {
			s.Objected = a.At
		}
	case Answer:
		s.Objected = time.Time{}
	}
	if text := strings.TrimSpace(a.Reason); text != "" && (a.Verb == Note || a.Verb == Start || a.Verb == Done) {
		s.Note = text
	}
	return s
}

// Exempt reports whether an exemption holds on a day (2006-01-02).
func (s OrderStanding) Exempt(day string) bool { return !s.Exempted.IsZero() && day <= s.Until }

// Admit refuses an act that lacks something, or that nothing before it calls for
// (fault.Config).
func (s OrderStanding) Admit(a OrderAct) error {
	day := a.At.Format(time.DateOnly)
	reasoned := strings.TrimSpace(a.Reason) != ""
	if a.Department != "" && (a.Verb == Exempt || a.Verb == RefuseExempt || a.Verb == Answer) { // who asks does not decide
		return fault.New(fault.Config, "orders.act.own").Try("orders.act.own.hint")
	}
	switch a.Verb {
	case Assign:
		if strings.TrimSpace(a.To) == "" {
			return fault.New(fault.Config, "orders.act.to")
		}
	case Exempt:
		return admitExempt(a, day, reasoned)
	case RequestExempt, RefuseExempt, Note, Object, Answer:
		if !reasoned {
			return fault.New(fault.Config, "orders.act.reason")
		}
	case Start, Done, LiftExempt:
	default:
		return fault.New(fault.Config, "orders.act.unknown", string(a.Verb))
	}
	switch {
	case a.Verb == RequestExempt && !s.Requested.IsZero():
		return fault.New(fault.Config, "orders.act.requested", a.Number, s.Requested.In(a.At.Location()).Format(time.DateOnly))
	case a.Verb == RefuseExempt && s.Requested.IsZero():
		return fault.New(fault.Config, "orders.act.no_request", a.Number)
	case a.Verb == Answer && s.Objected.IsZero():
		return fault.New(fault.Config, "orders.act.no_objection", a.Number)
	case a.Verb == LiftExempt && !s.Exempt(day):
		return fault.New(fault.Config, "orders.act.no_exemption", a.Number)
	}
	return nil
}

func admitExempt(a OrderAct, day string, reasoned bool) error {
	until, err := time.Parse(time.DateOnly, a.Until)
	switch {
	case !reasoned:
		return fault.New(fault.Config, "orders.act.reason")
	case strings.TrimSpace(a.Approver) == "":
		return fault.New(fault.Config, "orders.act.approver")
	case err != nil:
		return fault.New(fault.Config, "orders.act.until", a.Until)
	case until.Format(time.DateOnly) < day:
		return fault.New(fault.Config, "orders.act.past", a.Until)
	}
	return nil
}
