package catalog

import (
	"fmt"
	"regexp"
	"time"
)

var sizeForm = regexp.MustCompile(`(?i)^[1-9][0-9]*(\.[0-9]+)?\s*([KMGT]i?)?B$`)

// defaults judges the settings that resources and pipelines fall back to.
func (j *judge) defaults() {
	d := j.p.Config.Defaults
	for _, n := range []struct {
		name              string
		value, from, upTo int
	}{
		{"parts", d.Parts, 1, 256}, {"batch", d.Batch, 1, 1 << 20}, {"parallel", d.Parallel, 1, 64},
		{"threads", d.Threads, 0, 512}, {"mend_days", d.MendDays, 1, 365}, {"doubt_from", d.DoubtFrom, 1, 100},
	} {
		if n.value < n.from || n.value > n.upTo {
			j.file(configFile, "defaults."+n.name, "", "catalog.check.defaults.range", n.name, n.value, n.from, n.upTo)
		}
	}
	for _, s := range []struct{ name, value string }{{"memory", d.Memory}, {"cache_max", d.CacheMax}} {
		if !sizeForm.MatchString(s.value) {
			j.file(configFile, "defaults."+s.name, "", "catalog.check.defaults.size", s.name, s.value)
		}
	}
	if d.Lease < time.Second {
		j.file(configFile, "defaults.lease", "", "catalog.check.lease", fmt.Sprint(d.Lease))
	}
}
