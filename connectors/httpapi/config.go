package httpapi

import (
	"time"

	"guiji/internal/secret"
)

// Settings are a connection's, as written in guiji.yaml.
type Settings struct {
	BaseURL string                   `yaml:"base_url"`          // https://host[:port][/path]; http only to private addresses
	Tables  map[string]Table         `yaml:"tables"`            // what is read, by the names guiji gives it
	Paging  Paging                   `yaml:"paging,omitempty"`  // how pages are asked for, where a table says nothing else
	Success Success                  `yaml:"success,omitempty"` // how an answer with status 200 says that it is none
	Auth    Auth                     `yaml:"auth,omitempty"`    // one of key, basic, bearer, token, signature
	Headers map[string]secret.Secret `yaml:"headers,omitempty"` // of every request, beside those of auth

	CA    string   `yaml:"ca,omitempty"`    // PEM file of the server's authority; "": the system's
	Allow []string `yaml:"allow,omitempty"` // addresses or networks beside the private ones: 203.0.113.7, 127.0.0.1, 100.64.0.0/10

	MaxRequestsPerMinute int64         `yaml:"max_requests_per_minute,omitempty"` // 0 is no limit
	Tries                int           `yaml:"tries,omitempty"`                   // of a page, the first one included; 1..10
	Timeout              time.Duration `yaml:"timeout,omitempty"`                 // of one page, from dialling to its last byte
	MaxWait              time.Duration `yaml:"max_wait,omitempty"`                // the longest Retry-After that is waited for
	MaxPageBytes         int64         `yaml:"max_page_bytes,omitempty"`          // of an unpacked page
	MaxPages             int           `yaml:"max_pages,omitempty"`               // of a table
}

// Table is one resource of the API.
type Table struct {
	Comment  string            `yaml:"comment,omitempty"`  // its name for people
	Path     string            `yaml:"path"`               // behind base_url
	Method   string            `yaml:"method,omitempty"`   // GET, which is the default, or POST
	Query    map[string]string `yaml:"query,omitempty"`    // fixed parameters
	Body     string            `yaml:"body,omitempty"`     // of a POST, in JSON; {page}, {offset}, {size} and {cursor} are filled in
	Records  string            `yaml:"records,omitempty"`  // path of the array: data.list, or /data/list; "": the body is the array
	Total    string            `yaml:"total,omitempty"`    // path of the number of records over all pages: the read must end with as many
	Columns  map[string]string `yaml:"columns,omitempty"`  // column to path in a record, "" is its name; none: the keys of the first page
	Optional []string          `yaml:"optional,omitempty"` // columns that may be in no record at all
	Paging   *Paging           `yaml:"paging,omitempty"`   // instead of the connection's
}

// Paging is how the next page is asked for. A parameter goes into the query, unless the
// table's body has its placeholder.
type Paging struct {
	Kind      string `yaml:"kind,omitempty"`       // none, page, offset, cursor or link
	Page      string `yaml:"page,omitempty"`       // page: the parameter of its number
	ZeroBased bool   `yaml:"zero_based,omitempty"` // page: the first is number 0
	Offset    string `yaml:"offset,omitempty"`     // offset: the parameter of the records before the page
	Size      string `yaml:"size,omitempty"`       // the parameter of how many records a page is to have
	PerPage   int    `yaml:"per_page,omitempty"`   // how many are asked for; 500 where it is not said
	Cursor    string `yaml:"cursor,omitempty"`     // cursor: the parameter that takes the token of the next page
	Start     string `yaml:"start,omitempty"`      // cursor: the first page's token
	Next      string `yaml:"next,omitempty"`       // cursor: path of the next page's token in the body; link: of its URL, "" is the Link header
}

// Success tells answers from errors that come with status 200.
type Success struct {
	Path   string   `yaml:"path,omitempty"`   // of a code in the body; "" is no check
	Values []string `yaml:"values,omitempty"` // of those that are answers: ["0", "200"], ["true"]
}

// Auth is how requests are signed in: one of its members.
type Auth struct {
	Key       *Key          `yaml:"key,omitempty"`       // an API key
	Basic     *Basic        `yaml:"basic,omitempty"`     // RFC 7617
	Bearer    secret.Secret `yaml:"bearer,omitempty"`    // a token that lasts, RFC 6750
	Token     *Token        `yaml:"token,omitempty"`     // client credentials, RFC 6749, 4.4
	Signature *Signature    `yaml:"signature,omitempty"` // signed headers, as gateways of governments ask
}

// Key is an API key in a header or a parameter.
type Key struct {
	Header string        `yaml:"header,omitempty"` // its header, or
	Query  string        `yaml:"query,omitempty"`  // its parameter
	Secret secret.Secret `yaml:"secret"`
}

// Basic is an account.
type Basic struct {
	User     string        `yaml:"user"`
	Password secret.Secret `yaml:"password"`
}

// Token is where tokens are had.
type Token struct {
	URL          string        `yaml:"url"` // under the same rules as base_url
	ClientID     string        `yaml:"client_id"`
	ClientSecret secret.Secret `yaml:"client_secret"`
	Scope        string        `yaml:"scope,omitempty"`
}

// Signature is how a gateway wants requests signed. Templates hold {method}, {path},
// {query} (sorted and encoded), {timestamp}, {nonce}, {body}, {body_hash} (hex of the
// algorithm's hash) and {key_id}; canonical {secret} too, headers {signature}.
type Signature struct {
	Algorithm string            `yaml:"algorithm"`           // hmac-sha256, hmac-sm3, or sha256, sm3 of a canonical text with {secret} in it
	KeyID     string            `yaml:"key_id,omitempty"`    // the name the gateway gave this account
	Secret    secret.Secret     `yaml:"secret"`              //
	Canonical string            `yaml:"canonical"`           // the text that is signed
	Encoding  string            `yaml:"encoding,omitempty"`  // base64, which is the default, hex or HEX
	Timestamp string            `yaml:"timestamp,omitempty"` // ms, which is the default, or s
	Headers   map[string]string `yaml:"headers"`             // by name
}

const defaultPerPage = 500

// DefaultSettings is what a project need not write.
func DefaultSettings() *Settings {
	return &Settings{Tries: 4, Timeout: 2 * time.Minute, MaxWait: 2 * time.Minute, MaxPageBytes: 256 << 20, MaxPages: 100_000}
}
