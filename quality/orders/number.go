package report

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
)

// IssueNumber is the 问题编号: short, stable over releases, the same for the same
// resource, rule and record key, and without any of the key in it. It is 60 bits
// of SHA-256 over the JSON array of the three, in signs that cannot be mistaken
// for one another (no I, L, O, U): with a million problems two share a number once
// in two million times.
func IssueNumber(resource, rule string, key []string) string {
	body, _ := json.Marshal(append([]string{resource, rule}, key...)) // strings always marshal
	sum := sha256.Sum256(body)
	s := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").EncodeToString(sum[:10])
	return s[:6] + "-" + s[6:12]
}
