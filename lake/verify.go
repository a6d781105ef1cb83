package lake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

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
	Anchors   []audit.Head `json:"-"` // of the audit chain, as the releases hold them
}

// VerifyOptions say how much is read.
type VerifyOptions struct {
	ReadData float64 // share of the data files read in full, 0..1; their choice follows from the SHA-256
}

// Verify checks a whole store: every link of the chain, that every file a kept
// release names is there with its size, and for the share asked for, its
// SHA-256. What is wrong is in the problems, in order of key; the error is for
// a store that could not be read.
func Verify(ctx context.Context, objs Objects, o VerifyOptions) ([]Problem, Stats, error) {
	v := &verifier{objs: objs, opts: o, named: map[string]File{}}
	if err := v.releases(ctx); err != nil {
		return nil, v.stats, err
	}
	if err := v.files(ctx); err != nil {
		return nil, v.stats, err
	}
	slices.SortStableFunc(v.problems, func(a, b Problem) int { return strings.Compare(a.Key, b.Key) })
	return v.problems, v.stats, nil
}

type verifier struct {
	objs     Objects
	opts     VerifyOptions
	named    map[string]File // all files of all releases
	problems []Problem
	stats    Stats
}

func (v *verifier) found(key string, what text.Key, args ...any) {
	v.problems = append(v.problems, Problem{Key: key, What: what, Args: args})
}

// releases reads the chain from its oldest kept release on.
func (v *verifier) releases(ctx context.Context) error {
	var last uint64
	sum := "" // of the release before, "" if it is not to be had
	for o, err := range v.objs.List(ctx, "release/") {
		if err != nil {
			return fmt.Errorf("list the releases: %w", err)
		}
		version, ok := releaseVersion(o.Key)
		if !ok {
			v.found(o.Key, "lake.verify.stray")
			continue
		}
		for missing := last + 1; last > 0 && missing < version; missing++ {
			v.found(releaseKey(missing), "lake.verify.missing")
			sum = ""
		}
		b, _, err := read(ctx, v.objs, o.Key)
		if err != nil {
			return fmt.Errorf("read %s: %w", o.Key, err)
		}
		v.release(version, b, sum)
		last, sum = version, digest(b)
		v.stats.Releases++
	}
	return nil
}

func (v *verifier) release(version uint64, b []byte, previous string) {
	key, r := releaseKey(version), &Release{}
	err := decode(b, r)
	if err == nil {
		err = r.Validate()
	}
	switch {
	case err != nil:
		v.found(key, "lake.verify.release", err.Error())
		return
	case r.Version != version:
		v.found(key, "lake.verify.version", r.Version)
	case r.Previous != nil && previous != "" && r.Previous.SHA256 != previous:
		v.found(releaseKey(version-1), "lake.verify.link", version)
	}
	if r.Audit != nil {
		v.stats.Anchors = append(v.stats.Anchors, *r.Audit)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Datasets)) {
		for _, f := range r.Datasets[name].Files {
			if other, ok := v.named[f.Key]; ok && other != f {
				v.found(f.Key, "lake.verify.twice", version)
				continue
			}
			v.named[f.Key] = f
		}
	}
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
			v.problems = append(v.problems, Problem{Key: o.Key, What: "lake.verify.orphan", Orphan: true})
			v.stats.Orphans++
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
