package catalog

import "time"

// Due says which resources of a pipeline a scheduled run takes.
type Due string

// DueAll takes all; DueCycle those whose update cycle (更新周期) asks for it on the
// day of the slot.
const (
	DueAll   Due = "all"
	DueCycle Due = "cycle"
)

// Retention says which releases are kept: those that any of its rules keeps. The head
// always is.
type Retention struct {
	Last    int           `yaml:"last"`    // the newest so many
	Daily   int           `yaml:"daily"`   // the last one of each of so many days
	Monthly int           `yaml:"monthly"` // the last one of each of so many months
	Orphans time.Duration `yaml:"orphans"` // objects no release names are swept when older; at least as long as a run may take
	Orders  time.Duration `yaml:"orders"`  // work orders (整改事项) are carried on in new releases so long after they were closed
}

// Encryption at rest. Keys are references (${ENV}, ${file:…}), never the keys
// themselves: 64 hex digits (32 bytes) for AES, 32 (16 bytes) for SM4.
type Encryption struct {
	Store   string `yaml:"store,omitempty"`   // sm4-gcm: a local store's objects are sealed by guiji; sse-s3, sse-kms:<key id>: by the S3 store
	Key     string `yaml:"key,omitempty"`     // of sm4-gcm
	Serving string `yaml:"serving,omitempty"` // reference to the key of the DuckDB serving files; "" leaves them plain
}

// Schedule holds the daemon's settings.
type Schedule struct {
	Metrics   string        `yaml:"metrics,omitempty"`   // address of /metrics and /healthz: 127.0.0.1:9464; "" is none
	Heartbeat string        `yaml:"heartbeat,omitempty"` // a file touched every minute while the daemon lives
	Retry     time.Duration `yaml:"retry"`               // a slot whose run failed is tried again after so long
	Tries     int           `yaml:"tries"`               // how often at most
	Grace     time.Duration `yaml:"grace"`               // a slot that has not begun by then counts as missed
	GC        string        `yaml:"gc"`                  // when the daemon takes out of the store what need not be kept: five fields as cron; off: never by itself
}

// NoGC is the setting schedule.gc of a daemon that leaves gc to somebody else.
const NoGC = "off"

// Hooks tell of what went wrong, or did not happen.
type Hooks struct {
	OnFailure []Hook `yaml:"on_failure,omitempty"` // a run ended partial, gated or failed
	OnMissed  []Hook `yaml:"on_missed,omitempty"`  // a slot did not begin, or a resource is late against its update cycle
}

// Hook is one way to tell: exactly one of its fields is set. Messages carry counts,
// names and dates, never a value.
type Hook struct {
	Command []string `yaml:"command,omitempty"` // run without a shell; the event as JSON on standard input
	Webhook string   `yaml:"webhook,omitempty"` // http(s) address; the event as JSON by POST; may be a reference
	Mail    []string `yaml:"mail,omitempty"`    // addresses
}

// Mail is the server that mail goes out by.
type Mail struct {
	Server   string `yaml:"server,omitempty"` // host:port
	From     string `yaml:"from,omitempty"`
	User     string `yaml:"user,omitempty"`
	Password string `yaml:"password,omitempty"` // a reference
	TLS      string `yaml:"tls,omitempty"`      // verify (default), starttls, off (loopback only)
	CA       string `yaml:"ca,omitempty"`       // PEM file; "": the system's
}

// Lineage says where OpenLineage events go.
type Lineage struct {
	File      string `yaml:"file,omitempty"` // appended to, one event a line
	URL       string `yaml:"url,omitempty"`  // POST; may be a reference
	Namespace string `yaml:"namespace,omitempty"`
}
