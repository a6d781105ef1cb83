// Package orders keeps the work orders (整改事项): one for each rule, resource and record
// key. The machine's half is a fold over the releases, the dataset quality/<r>/orders:
// what a run finds opens an order, and what it finds mended closes it. The people's half
// is acts in internal/state. Shown is both together. quality/report, quality/returned,
// pipelines and cmd import it; it imports quality, catalog and internal.
package orders

import "guiji/internal/text"

// State is the machine's word on an order, the column order_state.
type State string

// The states.
const (
	Open   State = "open"
	Mended State = "mended" // the rule ran, unchanged, the record is there and passes
	Gone   State = "gone"   // the record is no longer there
	Ended  State = "ended"  // closed without a fix that a run could see: because says why
)

// Because says why an open order was not judged by the last run, or why one ended without
// a fix: the column because, NULL elsewhere.
type Because string

// The reasons. The first seven leave an order open; the others end it, and so does the
// first where its department says that it is mended.
const (
	RuleChanged   Because = "rule_changed"   // the rule is not the one it failed, and does not fail now
	NotEvaluated  Because = "not_evaluated"  // the rule did not run
	Unreadable    Because = "unreadable"     // the record is not there, and a row could not be read that may be it
	GateShut      Because = "gate"           // the record is not there, but the image was refused
	Partial       Because = "partial"        // the record is not there, but only a sample was read
	Unsettled     Because = "unsettled"      // the record is not there, but the source was not read as of one moment
	NotRead       Because = "not_read"       // what it failed by was judged again, and nothing was read since
	RuleWithdrawn Because = "rule_withdrawn" // the catalogue has no such rule any more
	Rekeyed       Because = "rekeyed"        // the resource's records go by another key
)

// Status is what people are shown: state and acts together.
type Status string

// The statuses.
const (
	Pending    Status = "pending"     // 待整改
	InProgress Status = "in_progress" // 整改中
	ToVerify   Status = "to_verify"   // 待复核: said to be mended since the last run that judged it
	Closed     Status = "closed"      // 已销号
	Exempted   Status = "exempt"      // 不予整改
	Returned   Status = "returned"    // 问题再次出现
	Deleted    Status = "gone"        // 记录已删除
	Lapsed     Status = "ended"       // 已终止: the rule, the key or the resource is no more
)

// Statuses are all, in the order of an order's way.
func Statuses() []Status {
	return []Status{Pending, Returned, InProgress, ToVerify, Exempted, Closed, Deleted, Lapsed}
}

// Text is a status in words: 待整改, 整改中, 待复核, 已销号, 不予整改, 问题再次出现, 记录已删除,
// 已终止.
func (s Status) Text(lang text.Lang) string {
	return text.Format(lang, text.Key("orders.status."+string(s)))
}

// Text is a reason in words.
func (b Because) Text(lang text.Lang) string {
	return text.Format(lang, text.Key("orders.because."+string(b)))
}

// Dataset is the name of a resource's orders in a release.
func Dataset(resource string) string { return "quality/" + resource + "/orders" }
