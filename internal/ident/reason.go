// Package ident is the arithmetic of China's identifiers: 公民身份号码
// (GB 11643-1999), 统一社会信用代码 (GB 32100-2015) and the 组织机构代码
// inside it (GB 11714-1997). Functions allocate nothing and keep nothing, so
// that kernels may call them once a row. Any room may import it.
package ident

// Reason says why an identifier is refused; Valid is no reason.
type Reason uint8

// The reasons, in the order they are looked for.
const (
	Valid     Reason = iota
	Length           // not 18 characters (a citizen id may also have 15: OldForm)
	OldForm          // a well-formed 15-digit citizen id that was not lifted
	Character        // a sign outside the alphabet; a lower-case letter too
	Region           // the first two digits are no province
	Date             // the date within does not exist
	Check            // the check character disagrees
)

var reasons = [...]string{"valid", "length", "old form", "character", "region", "date", "check character"}

// String is the reason's short English name.
func (r Reason) String() string {
	if int(r) < len(reasons) {
		return reasons[r]
	}
	return "unknown"
}

// OK reports whether the identifier is good.
func (r Reason) OK() bool { return r == Valid }
