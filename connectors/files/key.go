package files

import "encoding/json"

// Key is a row's key as a JSON array of texts, "" if not all its columns were asked for.
// value is that of the column asked for at a place.
func Key(key, columns []string, value func(column int) string) string {
	var parts []string
	for _, k := range key {
		for i, c := range columns {
			if c == k {
				parts = append(parts, value(i))
				break
			}
		}
	}
	if len(parts) == 0 || len(parts) != len(key) {
		return ""
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return ""
	}
	return string(text)
}
