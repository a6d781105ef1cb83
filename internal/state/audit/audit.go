// Package audit is who did what, provable later (art. 31, 32): a file of JSON
// lines in which each record holds the SM3 hash (GB/T 32905-2016) of the one
// before, with a head beside it that tells how long the file must be. Whoever
// can write both files can write both anew: so the head's hash goes into releases
// too, and Verify takes those as anchors. publish and cmd import it.
package audit

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"guiji/internal/fault"
	"guiji/internal/state/filelock"
	"guiji/internal/text"
)

const (
	logFile  = "audit.jsonl"
	headFile = "audit.head"
	lockFile = "audit.lock"
	maxLine  = 64 << 10
)

// ErrBroken is what a chain fails with that was edited, shortened or reordered.
var ErrBroken = errors.New("audit chain broken")

// Entry is what the caller knows of an act. It holds no row's value.
type Entry struct {
	Actor  string           `json:"actor"`
	Act    string           `json:"act"`    // reveal, export, grant, …
	Object string           `json:"object"` // what was read or decided
	Reason string           `json:"reason,omitempty"`
	Detail map[string]int64 `json:"detail,omitempty"` // counts
}

// Record is one line of the chain.
type Record struct {
	Seq  int64     `json:"seq"` // from 1
	Time time.Time `json:"time"`
	Entry
	Prev string `json:"prev"`           // the hash of the record before, "" for the first
	Hash string `json:"hash,omitempty"` // SM3 over this record's JSON without it
}

// Head is where a chain ends: for releases to carry.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// Log is an audit chain in a folder. Several processes may append to it.
type Log struct{ dir string }

// Open opens the chain in a folder, which is made (0700) where it is not there.
func Open(dir string) (*Log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, explain(dir, err)
	}
	return &Log{dir: dir}, nil
}

// Append adds a record and returns when it is durable: only then may what it
// speaks of be done. A chain that does not end as its head says is refused.
func (l *Log) Append(e Entry) (Record, error) {
	unlock, err := filelock.Lock(l.path(lockFile))
	if err != nil {
		return Record{}, explain(l.dir, err)
	}
	defer unlock()
	f, err := os.OpenFile(l.path(logFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return Record{}, explain(l.dir, err)
	}
	r, err := l.append(f, e)
	if err = errors.Join(err, f.Close()); err != nil {
		return Record{}, explain(l.dir, err)
	}
	return r, nil
}

func (l *Log) append(f *os.File, e Entry) (Record, error) {
	last, size, err := tail(f)
	if err != nil {
		return Record{}, err
	}
	head, err := l.Head()
	if err != nil {
		return Record{}, err
	}
	if err := endsAs(last, head); err != nil {
		return Record{}, err
	}
	r := Record{Seq: last.Seq + 1, Time: time.Now().UTC().Truncate(time.Microsecond), Entry: e, Prev: last.Hash}
	line, err := seal(&r)
	if err != nil {
		return Record{}, err
	}
	if len(line) > maxLine {
		return Record{}, fault.New(fault.Config, "audit.long")
	}
	// A line cut by a crash was never answered for: it is written over.
	_, err = f.WriteAt(line, size)
	if err == nil {
		err = f.Truncate(size + int64(len(line)))
	}
	if err == nil {
		err = f.Sync()
	}
	if err != nil {
		return Record{}, errors.Join(err, f.Truncate(size))
	}
	return r, l.setHead(Head{Seq: r.Seq, Hash: r.Hash})
}

// endsAs compares the last record with the head. One record more is a crash
// between the two files, and no harm.
func endsAs(last Record, head Head) error {
	switch {
	case last.Seq == head.Seq && last.Hash == head.Hash:
	case last.Seq == head.Seq+1 && last.Prev == head.Hash:
	case last.Seq < head.Seq:
		return broken(last.Seq+1, "audit.why.short")
	default:
		return broken(last.Seq, "audit.why.head")
	}
	return nil
}

// seal computes a record's hash and returns its line.
func seal(r *Record) ([]byte, error) {
	r.Hash = ""
	b, err := marshal(r)
	if err != nil {
		return nil, err
	}
	sum := sm3.Sum(bytes.TrimSuffix(b, []byte("\n")))
	r.Hash = hex.EncodeToString(sum[:])
	return marshal(r)
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}

// Head is where the chain ends; zero for an empty one.
func (l *Log) Head() (Head, error) {
	b, err := os.ReadFile(l.path(headFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Head{}, nil
	}
	if err != nil {
		return Head{}, explain(l.dir, err)
	}
	var h Head
	if err := json.Unmarshal(b, &h); err != nil || h.Seq < 1 || h.Hash == "" {
		return Head{}, broken(0, "audit.why.headfile")
	}
	return h, nil
}

func (l *Log) setHead(h Head) error {
	b, err := marshal(h)
	if err != nil {
		return err
	}
	temp := l.path(headFile + ".tmp") // under the lock
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, l.path(headFile)); err != nil {
		return err
	}
	d, err := os.Open(l.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// tail reads the last whole record and where it ends.
func tail(f *os.File) (last Record, end int64, err error) {
	st, err := f.Stat()
	if err != nil {
		return last, 0, err
	}
	from := max(0, st.Size()-2*maxLine)
	b := make([]byte, st.Size()-from)
	if _, err := f.ReadAt(b, from); err != nil && err != io.EOF {
		return last, 0, err
	}
	whole := bytes.LastIndexByte(b, '\n')
	if whole < 0 {
		if from > 0 {
			return last, 0, broken(0, "audit.why.long")
		}
		return last, 0, nil
	}
	line := b[bytes.LastIndexByte(b[:whole], '\n')+1 : whole+1]
	last, wrong := parse(line)
	if wrong != "" {
		return last, 0, broken(0, "audit.why.last")
	}
	return last, from + int64(whole) + 1, nil
}

// parse reads a line and refuses any but the form seal writes.
func parse(line []byte) (r Record, wrong text.Key) {
	if err := json.Unmarshal(line, &r); err != nil {
		return r, "audit.why.record"
	}
	want := r
	again, err := seal(&want)
	if err != nil || want.Hash != r.Hash || !bytes.Equal(again, line) {
		return r, "audit.why.changed"
	}
	return r, ""
}

func (l *Log) path(name string) string { return filepath.Join(l.dir, name) }

// chainError is an ErrBroken that a person can read.
type chainError struct{ error }

func (chainError) Is(target error) bool { return target == ErrBroken }
func (e chainError) Unwrap() error      { return e.error }

func broken(seq int64, why text.Key) error {
	return chainError{fault.New(fault.Data, "audit.broken", seq).Because(fault.New(fault.Data, why)).Try("audit.broken.hint")}
}

// explain gives a file system's error its kind.
func explain(dir string, err error) error {
	var fe *fault.Error
	switch {
	case errors.As(err, &fe):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EFBIG):
		return fault.New(fault.Unreachable, "audit.full", dir).Try("audit.full.hint")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fault.New(fault.Refused, "audit.rights", dir).Because(err)
	case errors.Is(err, syscall.ENOTDIR):
		return fault.New(fault.Config, "audit.folder", dir).Try("audit.folder.hint")
	}
	return fmt.Errorf("audit chain in %s: %w", dir, err)
}
