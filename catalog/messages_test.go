package catalog

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"guiji/internal/text"
)

var (
	keyInUse = regexp.MustCompile(`"(catalog\.[a-z_.]+)"`)
	verb     = regexp.MustCompile(`%\[\d+\]`)
)

// Every message this room uses is there in both languages, and both show the
// same arguments; every message of the room is used.
func TestMessages(t *testing.T) {
	used := map[string]bool{}
	for _, pattern := range []string{"*.go", "../internal/secret/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range keyInUse.FindAllStringSubmatch(string(source), -1) {
				used[m[1]] = true
			}
		}
	}
	for _, path := range []string{"share", "open"} { // made of a path and a rule
		for _, rule := range []string{"class", "condition", "basis", "kind"} {
			used["catalog.check."+path+"."+rule] = true
		}
	}
	delete(used, "catalog.check.") // the beginning of the four above
	for key := range used {
		m, ok := text.Messages(text.Key(key))
		if !ok || m.EN == "" || m.ZH == "" {
			t.Errorf("%s lacks a message", key)
			continue
		}
		en, zh := verb.FindAllString(m.EN, -1), verb.FindAllString(m.ZH, -1)
		slices.Sort(en)
		slices.Sort(zh)
		if !slices.Equal(slices.Compact(en), slices.Compact(zh)) {
			t.Errorf("%s shows %v in English and %v in Chinese", key, en, zh)
		}
	}
	source, err := os.ReadFile("../internal/text/messages_catalog.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range keyInUse.FindAllStringSubmatch(string(source), -1) {
		if !used[m[1]] {
			t.Errorf("%s is said nowhere", m[1])
		}
	}
}
