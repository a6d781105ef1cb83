package lake

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"guiji/internal/fault"
)

// changePrefix is where changes wait until they are carried out.
const changePrefix = "change/"

// change takes data out of releases that were made: those that expire become stubs,
// others get new content. It is written down whole (change/<nonce>.json), then
// committed as a release that pins every new content, then carried out. Whatever
// moment it stops at, Resume ends it: before the commit nothing has changed, after it
// every step can be repeated. It holds no row's value.
type change struct {
	Next     *Release      `json:"next"`     // the release that commits it, with nonce and link
	Replaced []replacement `json:"replaced"` // in order of version
	Dead     []string      `json:"dead"`     // data files that no release names from then on
	Staged   []string      `json:"staged"`   // data files made for it
}

type replacement struct {
	Version uint64          `json:"version"`
	Was     string          `json:"was"` // SHA-256 of the object before
	Body    json.RawMessage `json:"body"`
}

// bytes are the new object's: JSON inside JSON loses its line end.
func (r replacement) bytes() []byte { return append(slices.Clone(r.Body), '\n') }

// Changed counts what a change did.
type Changed struct {
	Release uint64 `json:"release"` // that committed it
	Expired int    `json:"expired"` // releases that became stubs
	Rewrote int    `json:"rewrote"` // releases with new content
	Files   int    `json:"files"`   // data files deleted
}

// Stub is what stays of a release that expires.
func Stub(r *Release, why Expired) *Release {
	return &Release{
		Version: r.Version, Previous: r.Previous, Nonce: r.Nonce, Created: r.Created, RunID: r.RunID, Pipeline: r.Pipeline, Slots: []string{},
		Generation: r.Generation, Guiji: r.Guiji, Audit: r.Audit, Sources: []string{}, Datasets: map[string]Dataset{}, Resources: map[string]Resource{},
		Erasures: r.Erasures, Rewrites: r.Rewrites, Expired: &why,
	}
}

// Amend replaces earlier releases by edits and commits next, the head's successor,
// which pins them; afterwards the data files that only the replaced ones named are
// deleted. staged are the data files made for edits and next. kept are all releases
// with data as they are now, the head among them. ErrConflict if another release was
// committed meanwhile: then nothing has changed, plan anew. Any other error leaves
// the change for Resume.
func (c *Chain) Amend(ctx context.Context, next *Release, kept, edits []*Release, staged []string) (Changed, error) {
	ch, err := c.draft(ctx, next, kept, edits, staged)
	if err != nil {
		return Changed{}, err
	}
	body, err := encode(ch)
	if err != nil {
		return Changed{}, fmt.Errorf("encode change %s: %w", next.Nonce, err)
	}
	_, err = again(ctx, func() (Object, error) {
		return c.objs.Put(ctx, ch.key(), bytes.NewReader(body), int64(len(body)), Condition{})
	})
	if err != nil {
		return Changed{}, fmt.Errorf("write down change %s: %w", next.Nonce, err)
	}
	return c.finish(ctx, ch)
}

func (ch *change) key() string { return changePrefix + ch.Next.Nonce + ".json" }

// draft computes the whole change and fills in next.
func (c *Chain) draft(ctx context.Context, next *Release, kept, edits []*Release, staged []string) (*change, error) {
	_, link, err := c.load(ctx, next.Version-1)
	if err != nil {
		return nil, err
	}
	next.Nonce, next.Previous = rand.Text(), &Link{Version: next.Version - 1, SHA256: link}
	ch := &change{Next: next, Replaced: []replacement{}, Dead: []string{}, Staged: slices.Clone(staged)}
	live, dead, edited := map[string]bool{}, map[string]bool{}, map[uint64]bool{}
	for _, r := range edits {
		_, was, err := c.load(ctx, r.Version)
		if err != nil {
			return nil, err
		}
		body, err := encode(r)
		if err == nil {
			err = r.Validate()
		}
		if err != nil {
			return nil, fmt.Errorf("rewrite release %d: %w", r.Version, err)
		}
		next.Rewrites = append(next.Rewrites, Rewrite{Version: r.Version, Was: was, SHA256: digest(body)})
		ch.Replaced = append(ch.Replaced, replacement{Version: r.Version, Was: was, Body: bytes.TrimSuffix(body, []byte("\n"))})
		edited[r.Version] = true
		r.eachFile(func(key string) { live[key] = true })
	}
	next.eachFile(func(key string) { live[key] = true })
	for _, r := range kept {
		into := live
		if edited[r.Version] {
			into = dead
		}
		r.eachFile(func(key string) { into[key] = true })
	}
	maps.DeleteFunc(dead, func(key string, _ bool) bool { return live[key] })
	ch.Dead = append(ch.Dead, slices.Sorted(maps.Keys(dead))...)
	return ch, nil
}

func (r *Release) eachFile(f func(key string)) {
	for _, d := range r.Datasets {
		for _, file := range d.Files {
			f(file.Key)
		}
	}
}

// finish commits a change and carries it out, or drops it where its version is
// another's.
func (c *Chain) finish(ctx context.Context, ch *change) (Changed, error) {
	err := c.Commit(ctx, ch.Next)
	if errors.Is(err, ErrConflict) {
		for _, key := range ch.Staged {
			if derr := c.objs.Delete(ctx, key); derr != nil {
				return Changed{}, derr
			}
		}
		return Changed{}, errors.Join(err, c.objs.Delete(ctx, ch.key()))
	}
	if err != nil {
		return Changed{}, err
	}
	done := Changed{Release: ch.Next.Version, Files: len(ch.Dead)}
	for _, r := range ch.Replaced {
		expires, err := c.replace(ctx, r)
		if err != nil {
			return done, err
		}
		if expires {
			done.Expired++
		} else {
			done.Rewrote++
		}
	}
	for _, key := range ch.Dead {
		if err := c.objs.Delete(ctx, key); err != nil {
			return done, fmt.Errorf("delete %s: %w", key, err)
		}
	}
	return done, c.objs.Delete(ctx, ch.key())
}

// replace puts a release's new content over the old; what is neither the old nor the
// new is left alone, for verify to name.
func (c *Chain) replace(ctx context.Context, r replacement) (expires bool, err error) {
	key, body, to := releaseKey(r.Version), r.bytes(), &Release{}
	if err := decode(body, to); err != nil {
		return false, fmt.Errorf("new content of %s: %w", key, err)
	}
	_, err = again(ctx, func() (Object, error) {
		now, at, err := read(ctx, c.objs, key)
		if err != nil || digest(now) != r.Was {
			return Object{}, err
		}
		o, err := c.objs.Put(ctx, key, bytes.NewReader(body), int64(len(body)), Condition{ETag: at.ETag})
		if fault.KindOf(err) == fault.Unknown && ctx.Err() == nil {
			err = fault.New(fault.Unreachable, "lake.upload", key).Because(err)
		}
		return o, err
	})
	if errors.Is(err, ErrConflict) { // somebody else carries it out too
		err = nil
	}
	return to.Expired != nil, err
}

// Resume ends what a killed process left of changes. The one who calls it holds the
// lease of whoever makes changes (Care).
func (c *Chain) Resume(ctx context.Context) ([]Changed, error) {
	open, err := c.changes(ctx)
	if err != nil {
		return nil, err
	}
	var out []Changed
	for _, ch := range open {
		done, err := c.finish(ctx, ch)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return out, err
		}
		out = append(out, done)
	}
	return out, nil
}

// changes reads those that wait, oldest first.
func (c *Chain) changes(ctx context.Context) ([]*change, error) {
	var out []*change
	for o, err := range c.objs.List(ctx, changePrefix) {
		if err != nil {
			return nil, fmt.Errorf("list the changes: %w", err)
		}
		b, _, err := read(ctx, c.objs, o.Key)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", o.Key, err)
		}
		ch, err := parseChange(o.Key, b)
		if err != nil {
			return nil, fault.New(fault.Data, "lake.change.bad", o.Key).Because(err).Try("lake.change.bad.hint")
		}
		out = append(out, ch)
	}
	slices.SortFunc(out, func(a, b *change) int { return int(a.Next.Version) - int(b.Next.Version) })
	return out, nil
}

func parseChange(key string, b []byte) (*change, error) {
	ch := &change{}
	err := decode(b, ch)
	if err == nil && (ch.Next == nil || ch.key() != key) {
		err = errors.New("it is not the change its name says")
	}
	if err == nil {
		err = ch.Next.Validate()
	}
	return ch, err
}

// changing reports whether an open change still has to replace this content.
func (c *Chain) changing(ctx context.Context, version uint64, sum string) bool {
	open, err := c.changes(ctx)
	return err == nil && slices.ContainsFunc(open, func(ch *change) bool {
		return slices.ContainsFunc(ch.Replaced, func(r replacement) bool { return r.Version == version && r.Was == sum })
	})
}
