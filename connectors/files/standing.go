package files

import (
	"strconv"
	"sync"
)

// Standings are the places of the rows of a snapshot's parts under way, by part.
type Standings struct {
	mu   sync.Mutex
	open map[string]*Standing
}

// Begin starts the places of a part; End forgets them.
func (s *Standings) Begin(part string) *Standing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[string]*Standing{}
	}
	s.open[part] = &Standing{}
	return s.open[part]
}

// End forgets a part's places.
func (s *Standings) End(part string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, part)
}

// Place names file and line of a row of the batch that the part's sink has borrowed, ""
// for any other. The sink calls it within the reading's own goroutine.
func (s *Standings) Place(part string, row int64) string {
	s.mu.Lock()
	standing := s.open[part]
	s.mu.Unlock()
	if standing == nil {
		return ""
	}
	return standing.at(row)
}

// Standing is where the rows of the batch being filled or lent stand.
type Standing struct {
	before int64 // rows of the batches before
	lines  []int // by row of the batch
	files  []begun
}

// begun is a file and the row of the batch it begins with.
type begun struct {
	name string
	row  int
}

// Open tells that rows of a file follow.
func (s *Standing) Open(file string) { s.files = append(s.files, begun{file, len(s.lines)}) }

// Add tells the line of the next row.
func (s *Standing) Add(line int) { s.lines = append(s.lines, line) }

// Next begins a batch; its first rows are of the file being read.
func (s *Standing) Next() {
	s.before += int64(len(s.lines))
	s.lines = s.lines[:0]
	last := s.files[len(s.files)-1]
	s.files = append(s.files[:0], begun{last.name, 0})
}

// at is the place of a row counted over all batches, "" if it is in another one.
func (s *Standing) at(row int64) string {
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
	return Line(name, s.lines[row])
}

// Line is how a line of a file is named everywhere.
func Line(file string, line int) string { return file + ":" + strconv.Itoa(line) }
