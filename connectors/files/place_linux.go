package files

import (
	"os"
	"syscall"
)

// placeOf is where a file lies and when anything of it last changed.
func placeOf(stat os.FileInfo) ([]int64, bool) {
	s, ok := stat.Sys().(*syscall.Stat_t)
	if !ok {
		return nil, false
	}
	return []int64{int64(s.Ino), int64(s.Ctim.Sec), int64(s.Ctim.Nsec)}, true
}
