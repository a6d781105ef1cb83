package catalog

import (
	"encoding/json"
	"slices"
	"strings"
)

// Data is what of a connection's settings decides which data it gives, in one form
// however it is written; references stay as they are. What paces, times, signs in or
// secures is left out: who is gentler to a source does not read another.
func (c Connection) Data() string {
	var settings map[string]any
	if c.decode == nil || c.Decode(&settings, false) != nil {
		return ""
	}
	for name := range settings {
		if paces(name) {
			delete(settings, name)
		}
	}
	b, err := json.Marshal(settings) // keys are sorted
	if err != nil {
		return c.Node.String() // in any form: too often another is safe
	}
	return c.Connector + string(b)
}

// paces tells settings, of any connector, that say how data is fetched, not which.
func paces(setting string) bool {
	return strings.HasPrefix(setting, "max_") || strings.HasSuffix(setting, "timeout") || strings.HasSuffix(setting, "_limit_mb") ||
		slices.Contains([]string{"window", "lock_tables", "tls", "ca", "password", "auth", "allow", "tries", "at_once", "wait", "in_place", "limit_mb",
			"access_key", "secret_key", "private_key", "passphrase", "known_hosts", "fingerprint"}, setting)
}
