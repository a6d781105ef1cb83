package audit

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"

	"guiji/internal/state/filelock"
)

// Records walks the chain from its first record and checks each on the way. It
// stops with an error that is ErrBroken and names the first bad record.
func (l *Log) Records() iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		f, err := os.Open(l.path(logFile))
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(Record{}, explain(l.dir, err))
			return
		}
		defer f.Close()
		in := bufio.NewReaderSize(f, maxLine+1)
		var last Record
		for {
			line, err := in.ReadSlice('\n')
			if errors.Is(err, io.EOF) {
				return // what is left of a cut line was never answered for
			}
			if err == nil {
				last, err = next(last, line)
			} else if errors.Is(err, bufio.ErrBufferFull) {
				err = broken(last.Seq+1, "audit.why.long")
			}
			if err != nil {
				yield(Record{}, explain(l.dir, err))
				return
			}
			if !yield(last, nil) {
				return
			}
		}
	}
}

// next reads a line as the record after last.
func next(last Record, line []byte) (Record, error) {
	r, wrong := parse(line)
	switch {
	case wrong != "":
		return r, broken(last.Seq+1, wrong)
	case r.Seq != last.Seq+1:
		return r, broken(last.Seq+1, "audit.why.place")
	case r.Prev != last.Hash:
		return r, broken(r.Seq, "audit.why.link")
	}
	return r, nil
}

// Verify checks the whole chain against its head and against anchors, heads that
// were kept elsewhere, and returns how many records it has. The error is
// ErrBroken and names the first bad record: edited, deleted, reordered, or cut off.
func (l *Log) Verify(anchors ...Head) (int64, error) {
	unlock, err := filelock.Lock(l.path(lockFile))
	if err != nil {
		return 0, explain(l.dir, err)
	}
	defer unlock()
	want := map[int64][]string{} // a chain that was written anew has two anchors at one place
	var furthest int64
	for _, a := range anchors {
		want[a.Seq] = append(want[a.Seq], a.Hash)
		furthest = max(furthest, a.Seq)
	}
	var last Record
	for r, err := range l.Records() {
		if err != nil {
			return last.Seq, err
		}
		if slices.ContainsFunc(want[r.Seq], func(h string) bool { return h != r.Hash }) {
			return last.Seq, broken(r.Seq, "audit.why.anchor")
		}
		last = r
	}
	head, err := l.Head()
	if err != nil {
		return last.Seq, err
	}
	if err := endsAs(last, head); err != nil {
		return last.Seq, err
	}
	if last.Seq < furthest {
		return last.Seq, broken(last.Seq+1, "audit.why.short")
	}
	return last.Seq, nil
}
