package alike

import (
	"strings"

	"guiji/catalog"
)

// oneTable is the least score of two entries that read one table. Whatever they are called,
// and whatever samples of their rows say (keys that are running numbers tell nothing, two
// landings may be of different days): what is in the table is collected twice, or the
// table is divided between two entries for a reason that is to be written down.
const oneTable = 0.6

// tableOf is what an entry reads, the same for the same table or view of the same source
// however its connection is called; "" where the entry does not say.
func tableOf(p *catalog.Project, r *catalog.Resource) string {
	name := strings.ToLower(strings.TrimSpace(r.Source.Table))
	if name == "" || r.Source.Connection == "" {
		return ""
	}
	conn := p.Config.Connections[r.Source.Connection].Data()
	if conn == "" {
		conn = r.Source.Connection
	}
	return conn + "\x00" + name
}

// byTable adds the pairs of entries that read one table.
func (c *Catalogue) byTable(out map[[2]int]bool) {
	reads := map[string][]int{}
	for at, e := range c.entries {
		if e.table != "" {
			reads[e.table] = append(reads[e.table], at)
		}
	}
	for _, list := range reads {
		for i := range list {
			for _, b := range list[i+1:] {
				out[[2]int{list[i], b}] = true
			}
		}
	}
}

// sameTable tells that two entries read one table.
func sameTable(a, b *entry) bool { return a.table != "" && a.table == b.table }
