package httpapi

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Resolve makes names mean what a test says.
func (s *Source) Resolve(f func(ctx context.Context, host string) ([]netip.Addr, error)) {
	s.resolve = f
}

// RetryAfter reads a header at a moment.
func RetryAfter(header string, now time.Time) (time.Duration, bool) { return retryAfter(header, now) }

// NextLink is the target of the first next link.
func NextLink(headers ...string) string { return nextLink(headers) }

// Picked is what became of a record: its column's value, nil for NULL, or why it is none.
type Picked struct {
	Value *string
	Why   string
}

// Pick reads one column of the records of a page.
func Pick(body []byte, records, column string) ([]Picked, error) {
	t := &table{Table: Table{Records: records}, at: "t"}
	page := &spool{small: body}
	if _, err := t.survey(page); err != nil {
		return nil, err
	}
	p := newPicker([][]string{{column}})
	var out []Picked
	_, err := t.each(page, func(raw jsontext.Value) error {
		why, _ := p.pick(raw)
		one := Picked{Why: string(why)}
		if text := p.cells[0].text; text != nil {
			value := string(text)
			one.Value = &value
		}
		out = append(out, one)
		return nil
	})
	return out, err
}

// Follow goes from page to page as tokens or links say, and returns how many pages were asked for,
// with the URL and body of each.
func (s *Source) Follow(name string, next []string) ([]string, error) {
	t, err := s.table(name)
	if err != nil {
		return nil, err
	}
	p := s.pager(t)
	var asked []string
	for {
		c := p.call()
		asked = append(asked, c.url.String()+" "+string(c.body))
		a := &answer{url: c.url, header: http.Header{}, facts: facts{records: 1, total: -1}}
		if i := len(asked) - 1; i < len(next) {
			a.facts.next = next[i]
			a.digest.Lo = uint64(len(next[i]))
			a.header.Set("Link", "<"+next[i]+">; rel=next")
		} else {
			a.facts.next = strconv.Itoa(i)
			a.digest.Hi = uint64(i)
			a.header.Set("Link", "<?at="+strconv.Itoa(i)+">; rel=next")
		}
		if more, err := p.next(a); err != nil || !more {
			return asked, err
		}
	}
}
