package lake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"guiji/internal/fault"
	"guiji/internal/state/audit"
	"guiji/internal/text"
)

// Problem is one thing verify found in a store.
type Problem struct {
	Key    string   `json:"key"`
	What   text.Key `json:"what"` // a message of internal/text about the object
	Args   []any    `json:"args,omitempty"`
	Orphan bool     `json:"orphan,omitempty"` // no release names it: left by a killed run, no damage
}

// Stats say what verify looked at.
type Stats struct {
	Releases  int          `json:"releases"`
	Files     int          `json:"files"`
	Bytes     int64        `json:"bytes"` // of all files
	Read      int          `json:"read"`  // files read in full
	ReadBytes int64        `json:"read_bytes"`
	Orphans   int          `json:"orphans"`
	Expired   int          `json:"expired"` // releases of which a stub is left
	Runs      int          `json:"runs"`    // run records
	Anchors   []audit.Head `json:"-"`       // of the audit chain, as the releases hold them
}

// VerifyOptions say how much is read.
type VerifyOptions struct {
	ReadData float64 // share of the data files read in full, 0..1; their choice follows from the SHA-256
}

// Verify checks a whole store: every link of the chain, by way of what later releases
// say they rewrote, that every release is there, expired ones as stubs, that every
// file a release names is there with its size, and for the share asked for, its
// SHA-256, and every run record. What is wrong is in the problems, in order of key;
// the error is for a store that could not be read.
func Verify(ctx context.Context, objs Objects, o VerifyOptions) ([]Problem, Stats, error) {
	for try := 0; ; try++ {
		before, err := moment(ctx, objs)
		if err != nil {
			return nil, Stats{}, err
		}
		problems, stats, err := verify(ctx, objs, o)
		if err != nil || try == 3 || !slices.ContainsFunc(problems, func(p Problem) bool { return !p.Orphan }) {
			return problems, stats, err
		}
		after, err := moment(ctx, objs)
		if err != nil || before == after {
			return problems, stats, err
		} // a run or gc was at work meanwhile: what looked wrong may have been between two moments
	}
}

// moment tells whether releases were made or changed between two calls.
func moment(ctx context.Context, objs Objects) (string, error) {
	b, _, err := read(ctx, objs, hintKey)
	if err != nil && !errors.Is(err, ErrNotFound) && fault.KindOf(err) != fault.Data {
		return "", fmt.Errorf("read %s: %w", hintKey, err)
	}
	out := string(b)
	for o, err := range objs.List(ctx, changePrefix) {
		if err != nil {
			return "", fmt.Errorf("list the changes: %w", err)
		}
		out += o.Key
	}
	return out, nil
}

func verify(ctx context.Context, objs Objects, o VerifyOptions) ([]Problem, Stats, error) {
	v := &verifier{objs: unopened{objs}, opts: o, named: map[string]File{}, dead: map[string]bool{}, was: map[string]bool{}}
	for _, part := range []func(context.Context) error{v.changes, v.releases, v.files, v.records, v.others} {
		if err := part(ctx); err != nil {
			return nil, v.stats, err
		}
	}
	slices.SortStableFunc(v.problems, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return v.problems, v.stats, nil
}

type verifier struct {
	objs     Objects
	opts     VerifyOptions
	named    map[string]File // all files of all releases
	dead     map[string]bool // files that an unfinished change deletes
	was      map[string]bool // contents, by SHA-256, that an unfinished change replaces
	problems []Problem
	stats    Stats
}

func (v *verifier) found(key string, what text.Key, args ...any) {
	v.problems = append(v.problems, Problem{Key: key, What: what, Args: args})
}

// note is about what harms nothing.
func (v *verifier) note(key string, what text.Key, args ...any) {
	v.problems = append(v.problems, Problem{Key: key, What: what, Args: args, Orphan: true})
}

// files compares what is named with what is there.
func (v *verifier) files(ctx context.Context) error {
	there := map[string]bool{}
	for o, err := range v.objs.List(ctx, "data/") {
		if err != nil {
			return fmt.Errorf("list the data files: %w", err)
		}
		f, ok := v.named[o.Key]
		if !ok {
			if !v.dead[o.Key] {
				v.note(o.Key, "lake.verify.orphan")
				v.stats.Orphans++
			}
			continue
		}
		there[o.Key] = true
		v.stats.Files++
		v.stats.Bytes += o.Size
		if o.Size != f.Size {
			v.found(o.Key, "lake.verify.size", o.Size, f.Size)
			continue
		}
		if !v.chosen(f) {
			continue
		}
		if err := v.content(ctx, f); err != nil {
			return err
		}
	}
	for key := range v.named {
		if !there[key] {
			v.found(key, "lake.verify.missing")
		}
	}
	return nil
}

// chosen reports whether a file is in the share to be read: by its hash, so
// that the same share is the same files.
func (v *verifier) chosen(f File) bool {
	b, _ := hex.DecodeString(f.SHA256[:4]) // Validate saw that it is hex
	return float64(int(b[0])<<8|int(b[1])) < v.opts.ReadData*65536
}

func (v *verifier) content(ctx context.Context, f File) error {
	body, _, err := v.objs.Get(ctx, f.Key)
	if errors.Is(err, ErrNotFound) { // listed a moment ago
		v.found(f.Key, "lake.verify.missing")
		return nil
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", f.Key, err)
	}
	h := sha256.New()
	n, err := io.Copy(h, body)
	if err = errors.Join(err, body.Close()); err != nil {
		return fmt.Errorf("read %s: %w", f.Key, err)
	}
	v.stats.Read++
	v.stats.ReadBytes += n
	if hex.EncodeToString(h.Sum(nil)) != f.SHA256 {
		v.found(f.Key, "lake.verify.content")
	}
	return nil
}
