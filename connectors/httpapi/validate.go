package httpapi

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"guiji/internal/address"
	"guiji/internal/fault"
)

// Validate reports the first setting that cannot be, as fault.Config.
func (s *Settings) Validate() error {
	if _, err := parseBase(s.BaseURL); err != nil {
		return err
	}
	if _, err := prefixes(s.Allow); err != nil {
		return err
	}
	if len(s.Tables) == 0 {
		return fault.New(fault.Config, "httpapi.setting.tables")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Tables)) {
		if err := s.validTable(name, s.Tables[name]); err != nil {
			return err
		}
	}
	if (s.Success.Path == "") != (len(s.Success.Values) == 0) {
		return fault.New(fault.Config, "httpapi.setting.success")
	}
	for name := range s.Headers {
		if !headerName.MatchString(name) {
			return fault.New(fault.Config, "httpapi.setting.header", name)
		}
	}
	if s.Tries < 1 || s.Tries > 10 {
		return fault.New(fault.Config, "httpapi.setting.tries", s.Tries)
	}
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"timeout", s.Timeout > 0}, {"max_wait", s.MaxWait >= 0}, {"max_page_bytes", s.MaxPageBytes > 0},
		{"max_pages", s.MaxPages > 0}, {"max_requests_per_minute", s.MaxRequestsPerMinute >= 0},
	} {
		if !f.ok {
			return fault.New(fault.Config, "httpapi.setting.number", f.name)
		}
	}
	return s.Auth.validate()
}

// headerName is a token of RFC 9110, 5.6.2, as far as names of headers go.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func (s *Settings) validTable(name string, t Table) error {
	bad := func(setting string) error { return fault.New(fault.Config, "httpapi.setting.table", name, setting) }
	if name == "" || strings.ContainsAny(t.Path, "?#") {
		return bad("path")
	}
	switch t.Method {
	case "", http.MethodGet:
		if t.Body != "" {
			return bad("body")
		}
	case http.MethodPost:
	default:
		return bad("method")
	}
	paging := s.Paging
	if t.Paging != nil {
		paging = *t.Paging
	}
	if setting := paging.wrong(t); setting != "" {
		return bad("paging: " + setting)
	}
	full := table{Table: t, paging: paging, success: s.Success}
	if _, err := full.envelope(); err != nil {
		return bad("records, total, paging.next, success.path")
	}
	for column, path := range t.Columns {
		if column == "" || path != "" && slices.Contains(parsePath(path), "") {
			return bad("columns: " + column)
		}
	}
	for _, column := range t.Optional {
		if _, ok := t.Columns[column]; !ok {
			return bad("optional: " + column)
		}
	}
	return nil
}

// wrong names the setting of paging that cannot be; "" is none.
func (p Paging) wrong(t Table) string {
	given := func(parameter, placeholder string) bool {
		return parameter != "" || strings.Contains(t.Body, placeholder)
	}
	switch {
	case p.PerPage < 0:
		return "per_page"
	case p.Kind == "page" && !given(p.Page, "{page}"):
		return "page"
	case p.Kind == "offset" && !given(p.Offset, "{offset}"):
		return "offset"
	case p.Kind == "cursor" && !given(p.Cursor, "{cursor}"):
		return "cursor"
	case p.Kind == "cursor" && p.Next == "":
		return "next"
	case slices.Contains([]string{"", "none", "page", "offset", "cursor", "link"}, p.Kind):
		return ""
	}
	return "kind"
}

func (a Auth) validate() error {
	kinds := 0
	for _, given := range []bool{a.Key != nil, a.Basic != nil, a.Bearer != "", a.Token != nil, a.Signature != nil} {
		if given {
			kinds++
		}
	}
	wrong := ""
	switch {
	case kinds > 1:
		return fault.New(fault.Config, "httpapi.setting.auth")
	case a.Key != nil:
		if (a.Key.Header == "") == (a.Key.Query == "") || a.Key.Header != "" && !headerName.MatchString(a.Key.Header) || a.Key.Secret == "" {
			wrong = "key"
		}
	case a.Basic != nil:
		if a.Basic.User == "" || strings.Contains(a.Basic.User, ":") {
			wrong = "basic"
		}
	case a.Token != nil:
		if _, err := parseBase(a.Token.URL); err != nil || a.Token.ClientID == "" || a.Token.ClientSecret == "" {
			wrong = "token"
		}
	case a.Signature != nil:
		wrong = a.Signature.wrong()
	}
	if wrong != "" {
		return fault.New(fault.Config, "httpapi.setting.auth_member", wrong)
	}
	return nil
}

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// wrong names the member of a signature that cannot be; "" is none.
func (g *Signature) wrong() string {
	known := []string{"{method}", "{path}", "{query}", "{timestamp}", "{nonce}", "{body}", "{body_hash}", "{key_id}"}
	signs := false
	for name, template := range g.Headers {
		if !headerName.MatchString(name) {
			return "signature.headers"
		}
		for _, p := range placeholder.FindAllString(template, -1) {
			if p != "{signature}" && !slices.Contains(known, p) {
				return "signature.headers"
			}
			signs = signs || p == "{signature}"
		}
	}
	for _, p := range placeholder.FindAllString(g.Canonical, -1) {
		if p != "{secret}" && !slices.Contains(known, p) {
			return "signature.canonical"
		}
	}
	inText := strings.Contains(g.Canonical, "{secret}")
	switch {
	case !signs:
		return "signature.headers"
	case !slices.Contains([]string{"hmac-sha256", "hmac-sm3", "sha256", "sm3"}, g.Algorithm):
		return "signature.algorithm"
	case g.Secret == "":
		return "signature.secret"
	case g.Canonical == "" || inText == strings.HasPrefix(g.Algorithm, "hmac-"):
		return "signature.canonical"
	case !slices.Contains([]string{"", "base64", "hex", "HEX"}, g.Encoding):
		return "signature.encoding"
	case !slices.Contains([]string{"", "ms", "s"}, g.Timestamp):
		return "signature.timestamp"
	}
	return ""
}

// parseBase reads a URL that requests may go to.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return nil, fault.New(fault.Config, "httpapi.setting.url") // the text may hold a password
	}
	return u, nil
}

// prefixes reads the addresses and networks of allow.
func prefixes(texts []string) (address.Guard, error) {
	g, wrong := address.Parse(texts)
	if wrong != "" {
		return nil, fault.New(fault.Config, "httpapi.setting.allow", wrong)
	}
	return g, nil
}
