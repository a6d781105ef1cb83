package discover

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"

	"guiji/catalog"
)

// enough is the share of the filled values from which a hypothesis about identifiers and
// telephones is taken; sure is that for what changes the type.
const (
	enough = 0.8
	sure   = 0.95
)

// is tells whether a hypothesis is taken for the column's meaning.
func (c *column) is(t trial) bool {
	least := enough
	if t == aDate || t == aTime {
		least = sure
	}
	return c.fits[t] >= 3 && c.share(t) >= least
}

var (
	decimalType = regexp.MustCompile(`^(?:decimal|numeric|number)\(([0-9]+)(?:, ?([0-9]+))?\)`)
	lengthType  = regexp.MustCompile(`^(?:n?varchar2?|n?char|character varying|character|bpchar)\(([0-9]+)`)
)

// typeOf is the catalogue type: the source's own where it has one, else what all values of
// the sample are.
func (c *column) typeOf() catalog.Type {
	switch t := c.Type.(type) {
	case *arrow.Decimal128Type:
		return catalog.Type{Kind: catalog.Number, Precision: int(t.Precision), Scale: int(t.Scale)}
	}
	word := strings.ToLower(c.SourceType)
	whole := func(p int) catalog.Type { return catalog.Type{Kind: catalog.Number, Precision: p} }
	switch c.Type.ID() {
	case arrow.BOOL:
		return whole(1)
	case arrow.INT8, arrow.UINT8:
		return whole(3)
	case arrow.INT16, arrow.UINT16:
		if strings.HasPrefix(word, "year") {
			return catalog.Type{Kind: catalog.Year}
		}
		return whole(5)
	case arrow.INT32, arrow.UINT32:
		return whole(10)
	case arrow.INT64:
		return c.long(19)
	case arrow.UINT64:
		return c.long(20)
	case arrow.FLOAT32, arrow.FLOAT64:
		return catalog.Type{Kind: catalog.Float}
	case arrow.BINARY:
		return catalog.Type{Kind: catalog.Binary}
	}
	return c.textType(word)
}

// long takes 18 digits for 64 bits, which are stored as such, unless there are more.
func (c *column) long(most int) catalog.Type {
	if c.whole > 18 {
		return catalog.Type{Kind: catalog.Number, Precision: most}
	}
	return catalog.Type{Kind: catalog.Number, Precision: 18}
}

// textType is the type of a column that comes as text.
func (c *column) textType(word string) catalog.Type {
	switch {
	case word == "date", word == "date32", word == "date64":
		return catalog.Type{Kind: catalog.Date}
	case strings.HasPrefix(word, "datetime"), strings.HasPrefix(word, "timestamp"):
		return catalog.Type{Kind: catalog.Time}
	}
	if m := decimalType.FindStringSubmatch(word); m != nil {
		p, _ := strconv.Atoi(m[1]) // digits: the expression says so
		s, _ := strconv.Atoi(m[2])
		if p > 0 && s <= p {
			return catalog.Type{Kind: catalog.Number, Precision: p, Scale: s}
		}
	}
	switch {
	case c.is(aDate):
		return catalog.Type{Kind: catalog.Date}
	case c.is(aTime):
		return catalog.Type{Kind: catalog.Time}
	}
	if m := lengthType.FindStringSubmatch(word); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			return catalog.Type{Kind: catalog.Text, Length: n}
		}
	}
	if t, ok := c.numeric(word); ok {
		return t
	}
	return catalog.Type{Kind: catalog.Text, Length: c.length()}
}

// numeric tells numbers from codes and identifiers that are written in digits: those have
// zeros in front, or one length.
func (c *column) numeric(word string) (catalog.Type, bool) {
	declared := strings.Contains(word, "int") || strings.Contains(word, "real") || strings.Contains(word, "doub") || strings.Contains(word, "num")
	if c.filled() == 0 || c.numbers*100 < c.filled()*98 || c.leading > 0 || c.is(citizen) || c.is(credit) || c.is(phone) {
		return catalog.Type{}, false
	}
	switch {
	case c.decimals > 0:
		return catalog.Type{Kind: catalog.Number, Precision: max(10, c.whole+c.decimals+2), Scale: c.decimals}, true
	case declared, len(c.widths) > 1:
		return catalog.Type{Kind: catalog.Number, Precision: max(10, min(18, c.whole+2), c.whole)}, true
	}
	return catalog.Type{}, false
}

// length is the longest value's. Codes and numbers of one length keep it; of everything else
// the sample will not have seen the longest. 0 where the sample says nothing.
func (c *column) length() int {
	if len(c.widths) == 1 && c.filled() >= 20 && c.wide == 0 {
		return c.longest
	}
	want := c.longest + c.longest/2
	if c.wide > 0 {
		want = max(want, 10) // names and words
	}
	for _, n := range []int{2, 4, 6, 10, 20, 30, 50, 100, 200, 500, 1000, 2000, 4000} {
		if c.longest > 0 && want <= n {
			return n
		}
	}
	return 0
}
