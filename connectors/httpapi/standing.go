package httpapi

import "guiji/connectors"

// standing is where the rows of the batch being filled or lent stand.
type standing struct {
	before int64 // rows of the batches before
	at     []stood
}

// stood is a row's page and the record's number in it, both counted from 1.
type stood struct {
	page   int
	record int64
}

func (s *standing) add(page int, record int64) { s.at = append(s.at, stood{page, record}) }

// next begins a batch.
func (s *standing) next() {
	s.before += int64(len(s.at))
	s.at = s.at[:0]
}

// Place names page and record of a row of the batch a sink has borrowed.
func (n *snapshot) Place(part connectors.Part, row int64) string {
	n.mu.Lock()
	r := n.readings[part.ID]
	n.mu.Unlock()
	if r == nil {
		return ""
	}
	row -= r.stand.before // Place is called by the sink, within the reading's own goroutine
	if row < 0 || row >= int64(len(r.stand.at)) {
		return ""
	}
	return place(r.stand.at[row].page, r.stand.at[row].record)
}

func (n *snapshot) begin(part string, r *reading) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.readings[part] = r
}

func (n *snapshot) end(part string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.readings, part)
}
