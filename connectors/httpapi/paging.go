package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"guiji/internal/fault"
)

// pager goes from page to page of a table.
type pager struct {
	*table
	base *url.URL
	most int // pages

	page    int // the one that is asked for next, counted from 1
	records int64
	total   int64 // as the last page that said it did; -1 is not said
	moved   bool  // pages said different totals
	cursor  string
	link    *url.URL // where the next page is; nil is the first

	digests map[xxh3.Uint128]bool // of pages by number or offset
	targets map[string]bool       // tokens or links that were followed
}

func (s *Source) pager(t *table) *pager {
	return &pager{
		table: t, base: s.base, most: s.settings.MaxPages, page: 1, total: -1, cursor: t.paging.Start,
		digests: map[xxh3.Uint128]bool{}, targets: map[string]bool{t.paging.Start: t.paging.Kind == "cursor"},
	}
}

// call is the request for the next page.
func (p *pager) call() call {
	c := call{method: p.Method, url: p.link}
	if c.method == "" {
		c.method = http.MethodGet
	}
	per := p.perPage()
	number := p.page
	if p.paging.ZeroBased {
		number--
	}
	c.body = []byte(strings.NewReplacer(
		"{page}", strconv.Itoa(number), "{offset}", strconv.FormatInt(p.records, 10), "{size}", strconv.Itoa(per), "{cursor}", inText(p.cursor),
	).Replace(p.Body))
	if c.url != nil {
		return c
	}
	first := *p.base
	c.url = &first
	if p.Path != "" {
		c.url = p.base.JoinPath(p.Path)
	}
	q := url.Values{}
	for name, value := range p.Query {
		q.Set(name, value)
	}
	for _, f := range []struct{ kind, name, value string }{
		{"page", p.paging.Page, strconv.Itoa(number)}, {"offset", p.paging.Offset, strconv.FormatInt(p.records, 10)},
		{"cursor", p.paging.Cursor, p.cursor}, {p.paging.Kind, p.paging.Size, strconv.Itoa(per)},
	} {
		if f.kind == p.paging.Kind && f.name != "" && (f.kind != "cursor" || f.value != "") {
			q.Set(f.name, f.value)
		}
	}
	c.url.RawQuery = q.Encode()
	if p.paging.Kind == "link" {
		p.targets[c.url.String()] = true
	}
	return c
}

// perPage is how many records a page is asked for.
func (t *table) perPage() int {
	if t.paging.PerPage == 0 {
		return defaultPerPage
	}
	return t.paging.PerPage
}

// mute reports an answer that says nothing of a next page, not even that there is none, where
// only that would tell: the path of next may be wrong, or the server tell it otherwise.
func (t *table) mute(a *answer) bool {
	switch {
	case t.Total != "" || t.paging.Kind != "cursor" && t.paging.Kind != "link":
		return false
	case t.paging.Next == "":
		return len(a.header.Values("Link")) == 0
	}
	return !a.points
}

// inText is a token as it stands within the quotes of a JSON text.
func inText(token string) string {
	quoted, _ := json.Marshal(token) // a text always is JSON
	return string(quoted[1 : len(quoted)-1])
}

// next takes notice of a page and tells whether there is another.
func (p *pager) next(a *answer) (bool, error) {
	p.records += a.records
	if a.total >= 0 {
		p.moved = p.moved || p.total >= 0 && a.total != p.total
		p.total = a.total
	}
	more, err := p.advance(a)
	if err != nil || !more {
		return false, err
	}
	if p.page++; p.page > p.most {
		return false, fault.New(fault.Data, "httpapi.pages", p.at, p.most).Try("httpapi.pages.hint")
	}
	return true, nil
}

func (p *pager) advance(a *answer) (bool, error) {
	if p.page == 1 && p.paging.Size != "" && a.records >= int64(p.perPage()) && p.mute(a) { // full, and the last?
		return false, fault.New(fault.Data, "httpapi.no_next", p.at, a.records).Try("httpapi.no_next.hint")
	}
	switch p.paging.Kind {
	case "page", "offset":
		// A short page proves nothing: servers give fewer than they are asked for.
		if a.records == 0 || p.total >= 0 && p.records >= p.total {
			return false, nil
		}
		if p.digests[a.digest] {
			return false, fault.New(fault.Data, "httpapi.loop", p.at, p.page).Try("httpapi.loop.hint")
		}
		p.digests[a.digest] = true
		return true, nil
	case "cursor":
		p.cursor = a.next
		return a.next != "", p.follow(a.next)
	case "link":
		target := a.next
		if p.paging.Next == "" {
			target = nextLink(a.header.Values("Link"))
		}
		if target == "" {
			return false, nil
		}
		var err error
		if p.link, err = resolve(a.url, target); err != nil || !sameOrigin(p.base, p.link) || p.link.User != nil {
			return false, fault.New(fault.Data, "httpapi.link", p.at, p.page).Try("httpapi.link.hint")
		}
		p.link.Fragment = "" // no part of what is asked for
		return true, p.follow(p.link.String())
	}
	return false, nil
}

// follow refuses to go where it was before.
func (p *pager) follow(target string) error {
	if target == "" {
		return nil
	}
	if p.targets[target] {
		return fault.New(fault.Data, "httpapi.loop", p.at, p.page).Try("httpapi.loop.hint")
	}
	p.targets[target] = true
	return nil
}

// whole compares what came with what the API said there is.
func (p *pager) whole() error {
	switch {
	case p.total < 0 || p.records == p.total:
		return nil
	case p.moved:
		return fault.New(fault.Changed, "httpapi.moved", p.at, p.records, p.total)
	}
	return fault.New(fault.Unreachable, "httpapi.short", p.at, p.records, p.total).Try("httpapi.short.hint")
}

// place names a record for a person who asks the department about it.
func place(page int, record int64) string { return fmt.Sprintf("page %d record %d", page, record) }

// nextLink is the target of the first link with the relation next (RFC 8288, 3); "" is none.
func nextLink(headers []string) string {
	for _, h := range headers {
		for h != "" {
			var target string
			var params map[string]string
			if target, params, h = cutLink(h); slices.Contains(strings.Fields(strings.ToLower(params["rel"])), "next") {
				return target
			}
		}
	}
	return ""
}

// cutLink takes the first link off a Link header.
func cutLink(h string) (target string, params map[string]string, rest string) {
	params = map[string]string{}
	_, h, ok := strings.Cut(h, "<")
	if !ok {
		return "", params, ""
	}
	if target, h, ok = strings.Cut(h, ">"); !ok {
		return "", params, ""
	}
	for {
		h = strings.TrimLeft(h, " \t")
		switch {
		case strings.HasPrefix(h, ";"):
			var name, value string
			name, value, h = cutParam(h[1:])
			if _, twice := params[name]; !twice { // the first rel counts (RFC 8288, 3.3)
				params[name] = value
			}
		case strings.HasPrefix(h, ","):
			return target, params, h[1:]
		default:
			return target, params, ""
		}
	}
}

// cutParam takes a parameter off a link: a token, or a quoted text.
func cutParam(h string) (name, value, rest string) {
	end := strings.IndexAny(h, "=;,")
	if end < 0 {
		return strings.ToLower(strings.TrimSpace(h)), "", ""
	}
	name, rest = strings.ToLower(strings.TrimSpace(h[:end])), h[end:]
	if rest[0] != '=' {
		return name, "", rest
	}
	rest = strings.TrimLeft(rest[1:], " \t")
	if !strings.HasPrefix(rest, `"`) {
		if end = strings.IndexAny(rest, ";,"); end < 0 {
			end = len(rest)
		}
		return name, strings.TrimSpace(rest[:end]), rest[end:]
	}
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch c := rest[i]; {
		case c == '"':
			return name, b.String(), rest[i+1:]
		case c == '\\' && i+1 < len(rest):
			i++
			b.WriteByte(rest[i])
		default:
			b.WriteByte(c)
		}
	}
	return name, b.String(), ""
}
