package csvfile

import (
	"strconv"

	"guiji/connectors"
)

// standing is where the rows of the batch being filled or lent stand.
type standing struct {
	before int64 // rows of the batches before
	lines  []int // by row of the batch
	files  []begun
}

// begun is a file and the row of the batch it begins with.
type begun struct {
	name string
	row  int
}

func (s *standing) open(file string) { s.files = append(s.files, begun{file, len(s.lines)}) }

func (s *standing) add(line int) { s.lines = append(s.lines, line) }

// next begins a batch; its first rows are of the file being read.
func (s *standing) next() {
	s.before += int64(len(s.lines))
	s.lines = s.lines[:0]
	last := s.files[len(s.files)-1]
	s.files = append(s.files[:0], begun{last.name, 0})
}

// at is the place of a row counted over all batches, "" if it is in another one.
func (s *standing) at(row int64) string {
	row -= s.before
	if row < 0 || row >= int64(len(s.lines)) {
		return ""
	}
	var name string
	for _, f := range s.files {
		if f.row <= int(row) {
			name = f.name
		}
	}
	return place(name, s.lines[row])
}

// place is how a line of a file is named everywhere.
func place(file string, line int) string { return file + ":" + strconv.Itoa(line) }

// Place names file and line of a row of the batch a sink has borrowed.
func (s *snapshot) Place(part connectors.Part, row int64) string {
	s.mu.Lock()
	r := s.readings[part.ID]
	s.mu.Unlock()
	if r == nil {
		return ""
	}
	return r.stand.at(row) // Place is called by the sink, within the reading's own goroutine
}

func (s *snapshot) begin(part string, r *reading) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.readings[part] = r
}

func (s *snapshot) end(part string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.readings, part)
}
