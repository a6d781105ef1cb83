package standardize

import (
	"bytes"
	"slices"
	"strings"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/ident"
)

// Step is one way of mending a text, as written under standardize.
type Step struct {
	Name  string
	Param string // what a parameter may be, "" if the step takes none
	Doc   string
	Kinds string // the type letters it applies to: C N D T Y F
	bind  func(param string, t catalog.Type, codes map[string]*catalog.CodeTable) (mender, bool)
}

// mender is a step bound to an item. apply returns b itself, a piece of it, or
// dst with the mended text appended; it never writes to b. idle, where it is
// set, says of all bytes of a batch that no cell can change.
type mender struct {
	apply func(dst, b []byte) []byte
	idle  func(all []byte) bool
	empty bool // the step empty: it is the cast's, not apply's
	ends  bool // trim: only the ends of a text matter
}

// Steps lists the steps in the order in which they are best written.
func Steps() []Step {
	return []Step{
		{Name: "trim", Kinds: "CNDTYF", Doc: "Cuts blanks off both ends: ASCII white space, the ideographic space U+3000, no-break and fixed-width spaces, zero-width characters and a byte order mark.",
			bind: plainStep(mender{apply: trim, ends: true})},
		{Name: "width", Param: "all", Kinds: "CNDTYF", Doc: "Makes full-width letters, digits and spaces half-width; with `width: all` full-width ASCII punctuation too, which in Chinese prose would be wrong.",
			bind: bindWidth},
		{Name: "upper", Kinds: "C", Doc: "Makes ASCII letters upper-case.", bind: plainStep(mender{apply: upper})},
		{Name: "name", Kinds: "C", Doc: "Writes the separator dot in names as U+00B7 (民委发〔2016〕33号) in place of U+2022, U+30FB, U+2027, U+22C5, U+FF65.",
			bind: plainStep(mender{apply: foldDots})},
		{Name: "id18", Kinds: "C", Doc: "Lifts a well-formed 15-digit 公民身份号码 to 18 characters (GB 11643-1999) and makes a final x upper-case.",
			bind: plainStep(mender{apply: id18})},
		{Name: "codes", Param: "name of a code table", Kinds: "C", Doc: "Replaces a name or alias of a code table by its code. A text that names two codes stays as it is.",
			bind: bindCodes},
		{Name: "thousands", Kinds: "NF", Doc: "Takes the commas out of 1,234,567.89 where every group after the first has three digits. Never by default.",
			bind: plainStep(mender{apply: thousands})},
		{Name: "date", Kinds: "CDT", Doc: "Writes dates as 2020-09-01 and times as 2020-09-01 08:30:00. Reads 2020-9-1, 2020/9/1, 2020.9.1, 20200901, 2020年9月1日, 20200901083000 and these with a time (8:30, 08:30:00.5, 8时30分). A date with the time 00:00:00 is a date; a date alone, where a time is wanted, is its midnight. A two-digit year, day or month first, a missing day and a zone are not guessed at.",
			bind: func(_ string, t catalog.Type, _ map[string]*catalog.CodeTable) (mender, bool) {
				return mender{apply: dateStep(t.Kind)}, true
			}},
		{Name: "empty", Kinds: "CNDTYF", Doc: "Makes an empty text NULL, whatever its place in the list.", bind: plainStep(mender{empty: true})},
	}
}

func plainStep(m mender) func(string, catalog.Type, map[string]*catalog.CodeTable) (mender, bool) {
	return func(string, catalog.Type, map[string]*catalog.CodeTable) (mender, bool) { return m, true }
}

// Validate refuses steps that are not there, do not apply to the item's type, or
// name a code table that is not there.
func Validate(item *catalog.Item, codes map[string]*catalog.CodeTable) error {
	_, err := bindSteps(item, item.Standardize, codes)
	return err
}

func bindSteps(item *catalog.Item, specs []catalog.StepSpec, codes map[string]*catalog.CodeTable) ([]mender, error) {
	known := Steps()
	var out []mender
	for _, spec := range specs {
		at := slices.IndexFunc(known, func(s Step) bool { return s.Name == spec.Name })
		if at < 0 {
			var names []string
			for _, s := range known {
				names = append(names, s.Name)
			}
			return nil, fault.New(fault.Config, "standardize.unknown_step", item.Name, spec.Name, strings.Join(names, ", "))
		}
		step := known[at]
		if !strings.Contains(step.Kinds, item.Type.String()[:1]) {
			return nil, fault.New(fault.Config, "standardize.step_type", item.Name, spec.Name, item.Type.String())
		}
		if spec.Param != "" && step.Param == "" {
			return nil, fault.New(fault.Config, "standardize.step_param", item.Name, spec.Name, spec.Param)
		}
		m, ok := step.bind(spec.Param, item.Type, codes)
		if !ok && step.Name == "codes" {
			return nil, fault.New(fault.Config, "standardize.no_codes", item.Name, spec.Param).Try("standardize.add_codes", spec.Param)
		}
		if !ok {
			return nil, fault.New(fault.Config, "standardize.step_param", item.Name, spec.Name, spec.Param)
		}
		out = append(out, m)
	}
	return out, nil
}

// Defaults are the steps of an item that writes none: by its checks, the
// standard its element follows ("" if unknown), then its type.
func Defaults(item *catalog.Item, standard string) []catalog.StepSpec {
	steps := func(names ...string) (out []catalog.StepSpec) {
		for _, n := range names {
			name, param, _ := strings.Cut(n, ":")
			out = append(out, catalog.StepSpec{Name: name, Param: param})
		}
		return out
	}
	switch item.Type.Kind {
	case catalog.Binary:
		return nil
	case catalog.Number, catalog.Float, catalog.Year:
		return steps("trim", "width:all", "empty")
	case catalog.Date, catalog.Time:
		return steps("trim", "width:all", "date", "empty")
	}
	switch {
	case hasCheck(item, "citizen_id") || strings.Contains(standard, "GB 11643"):
		return steps("trim", "width:all", "id18", "empty")
	case hasCheck(item, "credit_code") || strings.Contains(standard, "GB 32100"):
		return steps("trim", "width:all", "upper", "empty")
	case hasCheck(item, "phone"):
		return steps("trim", "width:all", "empty")
	case item.CodeTable() != "":
		return steps("trim", "width", "codes:"+item.CodeTable(), "empty")
	}
	return steps("trim", "width", "empty")
}

func hasCheck(item *catalog.Item, kind string) bool {
	return slices.ContainsFunc(item.Checks, func(c catalog.CheckSpec) bool { return c.Kind == kind })
}

func id18(dst, b []byte) []byte {
	switch {
	case len(b) == 15:
		if lifted, ok := ident.LiftCitizenID(string(b)); ok {
			return append(dst, lifted...)
		}
	case len(b) == 18 && b[17] == 'x' && allDigits(b[:17]):
		return append(append(dst, b[:17]...), 'X')
	}
	return b
}

func upper(dst, b []byte) []byte {
	for _, c := range b {
		if c >= 'a' && c <= 'z' {
			dst = append(dst, b...)
			for i, c := range dst {
				if c >= 'a' && c <= 'z' {
					dst[i] = c - 'a' + 'A'
				}
			}
			return dst
		}
	}
	return b
}

// thousands takes commas out of digits grouped by three.
func thousands(dst, b []byte) []byte {
	if bytes.IndexByte(b, ',') < 0 {
		return b
	}
	digits, frac, point := bytes.Cut(b, []byte{'.'})
	if len(digits) > 0 && (digits[0] == '-' || digits[0] == '+') {
		dst = append(dst, digits[0])
		digits = digits[1:]
	}
	for i, group := range bytes.Split(digits, []byte{','}) {
		if !allDigits(group) || len(group) == 0 || len(group) > 3 || (i > 0 && len(group) != 3) {
			return b
		}
		dst = append(dst, group...)
	}
	if point {
		dst = append(append(dst, '.'), frac...)
	}
	return dst
}

// dateStep writes what readCivil reads in ISO form, for a date, a time or a text.
func dateStep(kind catalog.TypeKind) func(dst, b []byte) []byte {
	return func(dst, b []byte) []byte {
		c, ok := readCivil(b)
		if !ok || (kind == catalog.Text && !c.exists()) {
			return b // a date column says itself that a date does not exist
		}
		midnight := c.hour == 0 && c.minute == 0 && c.second == 0 && c.micros == 0
		switch {
		case kind == catalog.Time || (kind == catalog.Text && c.timed):
			return c.appendTime(dst)
		case midnight:
			return c.appendDate(dst)
		}
		return b
	}
}
