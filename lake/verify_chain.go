package lake

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"guiji/internal/fault"
	"guiji/internal/text"
)

// changes reads what killed processes left half done: no damage, but to be ended.
func (v *verifier) changes(ctx context.Context) error {
	for o, err := range v.objs.List(ctx, changePrefix) {
		if err != nil {
			return fmt.Errorf("list the changes: %w", err)
		}
		b, err := v.read(ctx, o.Key)
		if err != nil {
			return err
		}
		ch, err := parseChange(o.Key, b)
		if err != nil {
			v.found(o.Key, "lake.verify.change", err.Error())
			continue
		}
		for _, key := range slices.Concat(ch.Dead, ch.Staged) {
			v.dead[key] = true
		}
		for _, r := range ch.Replaced {
			v.was[r.Was] = true
		}
		what := text.Key("lake.verify.unfinished")
		if len(ch.Next.Erasures) > 0 {
			what = "lake.verify.unfinished.erasure"
		}
		v.note(o.Key, what, ch.Next.Version)
	}
	return nil
}

// read gets a listed object; nil for one that went away meanwhile.
func (v *verifier) read(ctx context.Context, key string) ([]byte, error) {
	b, _, err := read(ctx, v.objs, key)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if fault.KindOf(err) == fault.Data { // a sealed object that does not open is no JSON either
		return []byte{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return b, nil
}

// place is one release's object.
type place struct {
	version uint64
	sum     string
	rel     *Release // what links need of it; nil if it cannot be read
}

// releases reads all, then follows the links from the newest down.
func (v *verifier) releases(ctx context.Context) error {
	hint, err := v.read(ctx, hintKey) // first: it is written after what it names
	if err != nil {
		return err
	}
	var all []place
	for o, err := range v.objs.List(ctx, "release/") {
		if err != nil {
			return fmt.Errorf("list the releases: %w", err)
		}
		version, ok := releaseVersion(o.Key)
		if !ok {
			v.found(o.Key, "lake.verify.stray")
			continue
		}
		b, err := v.read(ctx, o.Key)
		if err != nil {
			return err
		}
		all = append(all, place{version, digest(b), v.release(version, b)})
		v.stats.Releases++
	}
	v.newest(hint, all)
	if len(all) > 0 {
		v.follow(all)
	}
	return nil
}

// release takes in one release's object.
func (v *verifier) release(version uint64, b []byte) *Release {
	key, r := releaseKey(version), &Release{}
	err := decode(b, r)
	if err == nil {
		err = r.Validate()
	}
	if err == nil && r.Version != version {
		v.found(key, "lake.verify.version", r.Version)
		return nil
	}
	if err != nil {
		v.found(key, "lake.verify.release", err.Error())
		return nil
	}
	if r.Audit != nil {
		v.stats.Anchors = append(v.stats.Anchors, *r.Audit)
	}
	if r.Expired != nil {
		v.stats.Expired++
	}
	for _, name := range slices.Sorted(maps.Keys(r.Datasets)) {
		for _, f := range r.Datasets[name].Files {
			if other, ok := v.named[f.Key]; ok && other != f {
				v.found(f.Key, "lake.verify.twice", version)
				continue
			}
			if !v.dead[f.Key] {
				v.named[f.Key] = f
			}
		}
	}
	return &Release{Previous: r.Previous, Rewrites: r.Rewrites}
}

// newest compares the newest release with what was noted when it was committed: no
// later release names its hash.
func (v *verifier) newest(hint []byte, all []place) {
	if hint == nil {
		return
	}
	version, sum, ok := parseHint(hint)
	var last place
	if len(all) > 0 {
		last = all[len(all)-1]
	}
	was := last.sum // of the release that it names, as it was committed
	for _, p := range all {
		if p.rel != nil && p.rel.Previous != nil && p.rel.Previous.Version == version {
			was = p.rel.Previous.SHA256
		}
	}
	switch {
	case !ok, version > last.version, sum != "" && string(hint) != hintText(version, sum), version < last.version && sum != "" && sum != was:
		v.found(hintKey, "lake.verify.hint", last.version)
	case version == last.version && sum != "" && sum != was:
		v.found(hintKey, "lake.verify.hint", last.version)
		v.found(releaseKey(version), "lake.verify.newest", hintKey)
	}
	for missing := last.version + 1; missing <= version && version < last.version+gap; missing++ {
		v.found(releaseKey(missing), "lake.verify.missing")
	}
}

// gap is how many releases may be missing at the end for each to be named: a number
// further on is rubbish.
const gap = 1000

// follow checks every link.
func (v *verifier) follow(all []place) {
	chain := newLinks()
	below := all[len(all)-1].version
	for _, p := range slices.Backward(all) {
		for missing := below; missing > p.version; missing-- {
			v.found(releaseKey(missing), "lake.verify.missing")
		}
		below = p.version - 1
		if !chain.fit(p.version, p.sum) && p.rel != nil { // what cannot be read was named already
			if v.was[p.sum] {
				v.note(releaseKey(p.version), "lake.verify.unchanged")
			} else {
				v.found(releaseKey(p.version), "lake.verify.link", p.version+1)
			}
		}
		if p.rel != nil {
			chain.pass(p.rel)
		}
	}
	for missing := below; missing > 0; missing-- {
		v.found(releaseKey(missing), "lake.verify.missing")
	}
}
