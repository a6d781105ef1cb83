package audit

import (
	"errors"
	"io"
	"iter"
	"os"

	"guiji/internal/fault"
	"guiji/internal/state/filelock"
)

// Copy writes the chain's whole records, as they are now, to a file that is not there
// yet, and returns where they end; zero, and no file, of an empty chain.
func (l *Log) Copy(path string) (Head, error) {
	unlock, err := filelock.Lock(l.path(lockFile))
	if err != nil {
		return Head{}, explain(l.dir, err)
	}
	defer unlock()
	f, err := os.Open(l.path(logFile))
	if errors.Is(err, os.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, explain(l.dir, err)
	}
	defer f.Close()
	last, end, err := tail(f)
	if err != nil || end == 0 {
		return Head{}, err
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Head{}, explain(l.dir, err)
	}
	_, err = io.Copy(out, io.NewSectionReader(f, 0, end))
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return Head{}, explain(l.dir, err)
	}
	return Head{Seq: last.Seq, Hash: last.Hash}, nil
}

// Has tells whether the chain has the record that a head names: whether it goes on from
// there. Every chain goes on from nothing.
func (l *Log) Has(h Head) (bool, error) {
	if h.Seq == 0 {
		return true, nil
	}
	for r, err := range l.Records() {
		if err != nil {
			return false, err
		}
		if r.Seq == h.Seq {
			return r.Hash == h.Hash, nil
		}
	}
	return false, nil
}

// Adopt takes over a chain from elsewhere, a copy of this one, and returns how many
// records that brought: none where this one is as long or longer. Two that are not one
// chain are refused, and this one stays as it is (fault.Config).
func (l *Log) Adopt(from *Log) (records int64, err error) {
	unlock, err := filelock.Lock(l.path(lockFile))
	if err != nil {
		return 0, explain(l.dir, err)
	}
	defer unlock()
	mine, theirs, err := l.compare(from)
	if err != nil {
		return 0, err
	}
	if mine.Seq > theirs.Seq || theirs.Seq == 0 {
		return 0, nil
	}
	if mine.Seq < theirs.Seq {
		if err := l.replace(from); err != nil {
			return 0, explain(l.dir, err)
		}
	}
	if err := l.setHead(Head{Seq: theirs.Seq, Hash: theirs.Hash}); err != nil { // of an adoption that was stopped before it, too
		return 0, explain(l.dir, err)
	}
	return theirs.Seq - mine.Seq, nil
}

// compare walks both chains and returns the last record of each.
func (l *Log) compare(from *Log) (mine, theirs Record, err error) {
	next, stop := iter.Pull2(l.Records())
	defer stop()
	more := true
	for r, err := range from.Records() {
		if err != nil {
			return mine, theirs, err
		}
		theirs = r
		if !more {
			continue
		}
		var own Record
		if own, err, more = next(); err != nil {
			return mine, theirs, err
		}
		if !more {
			continue
		}
		if mine = own; own.Hash != r.Hash {
			return mine, theirs, fault.New(fault.Config, "audit.other", l.dir, own.Seq).Try("audit.other.hint")
		}
	}
	for more {
		own, err, ok := next()
		if err != nil {
			return mine, theirs, err
		}
		if more = ok; ok {
			mine = own
		}
	}
	return mine, theirs, nil
}

// replace puts another chain's records in this one's place.
func (l *Log) replace(from *Log) error {
	in, err := os.Open(from.path(logFile))
	if err != nil {
		return err
	}
	defer in.Close()
	temp := l.path(logFile + ".tmp") // under the lock
	out, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	return os.Rename(temp, l.path(logFile))
}
