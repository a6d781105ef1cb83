package lake

import (
	"bytes"
	"fmt"
)

// sealLen is the length of the seal at the end of an object: ,"sha256":"…"} and a line end.
const sealLen = len(`,"sha256":""}`) + 64 + 1

// seal adds the SHA-256 of an encoded JSON object as its last member, for objects that
// no release names. It says that nothing was damaged, not that nobody meant to change it.
func seal(b []byte) []byte {
	body := bytes.TrimSuffix(b, []byte("}\n"))
	return fmt.Appendf(body[:len(body):len(body)], ",\"sha256\":%q}\n", digest(b))
}

// sealed reports whether an object is as it was sealed. Versions of this program
// before the seal wrote none: what does not end like one passes.
func sealed(b []byte) bool {
	if len(b) < sealLen {
		return true
	}
	end, hex := b[len(b)-sealLen:], 0
	for _, c := range end {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'f' {
			hex++
		}
	}
	if hex < 60 {
		return true
	}
	body := b[: len(b)-sealLen : len(b)-sealLen]
	return bytes.Equal(b, seal(append(body, "}\n"...)))
}
