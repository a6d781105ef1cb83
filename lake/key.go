package lake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"guiji/internal/fault"
)

// ValidKey refuses keys no store should see: empty or dotted segments (which
// leave the folder or hide in it), absolute paths, backslashes, control
// characters, invalid UTF-8, and lengths file systems and S3 do not take. The
// error is of kind fault.Internal: keys are made by guiji, never by a person.
func ValidKey(key string) error {
	bad := key == "" || len(key) > 900 || !utf8.ValidString(key) ||
		strings.ContainsRune(key, '\\') || strings.IndexFunc(key, unicode.IsControl) >= 0
	for _, seg := range strings.Split(key, "/") {
		bad = bad || seg == "" || seg[0] == '.' || len(seg) > 200
	}
	if bad {
		return fault.New(fault.Internal, "lake.key", key)
	}
	return nil
}

// Local is the optional ability of a store whose objects are files on this
// machine: readers open them in place instead of copying them into the cache.
type Local interface {
	// LocalPath is the absolute path of an object that is there; ErrNotFound if
	// it is not. The file must not be written to.
	LocalPath(key string) (string, error)
	// LocalRoot is the folder all of them are in.
	LocalRoot() string
}
