package simulation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
)

// claim is what a life was told of one of its commits.
type claim struct {
	version uint64
	nonce   string
	err     error
}

// leaseState is a lease as it stands in the store.
type leaseState struct {
	Generation int64     `json:"generation"`
	Owner      string    `json:"owner"`
	Nonce      string    `json:"nonce"`
	Expiry     time.Time `json:"expiry"`
}

func (w *world) claimed(c claim) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.claims = append(w.claims, c)
}

func kindOf(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, lake.ErrConflict):
		return "conflict"
	case errors.Is(err, lake.ErrNotFound):
		return "not found"
	}
	return fault.KindOf(err).String()
}

// witness sees every object that is written, in the moment it is.
func (w *world) witness(key string, was, now []byte) {
	switch {
	case strings.HasPrefix(key, "release/") && was != nil:
		w.rewritten(key, was, now)
	case strings.HasPrefix(key, "release/"):
		w.sawRelease(key, now)
	case strings.HasPrefix(key, "lease/"):
		w.sawLease(key, now)
	case strings.HasPrefix(key, "data/") && was != nil && !bytes.Equal(was, now):
		w.violated("%s was written again with another content", key)
	}
}

// deleted sees every object that goes: nothing a kept release names may.
func (w *world) deleted(key string) {
	if strings.HasPrefix(key, "release/") {
		w.violated("%s was deleted", key)
		return
	}
	for v, rel := range w.kept() {
		if names(rel, key) {
			w.violated("%s was deleted, and release %d names it", key, v)
		}
	}
}

// kept are the releases that are there.
func (w *world) kept() map[uint64]*lake.Release {
	out := map[uint64]*lake.Release{}
	for key, o := range w.objects {
		var rel lake.Release
		if strings.HasPrefix(key, "release/") && json.Unmarshal(o.body, &rel) == nil {
			out[rel.Version] = &rel
		}
	}
	return out
}

func names(rel *lake.Release, key string) bool {
	for _, d := range rel.Datasets {
		if slices.ContainsFunc(d.Files, func(f lake.File) bool { return f.Key == key }) {
			return true
		}
	}
	return false
}

// sawRelease holds a release against everything promised of it.
func (w *world) sawRelease(key string, now []byte) {
	rel := &lake.Release{}
	if err := json.Unmarshal(now, rel); err != nil {
		w.violated("%s is no release: %v", key, err)
		return
	}
	for _, r := range rel.Rewrites {
		w.rewrites[r] = true
	}
	previous := w.last
	w.linked(rel)
	for _, slot := range rel.Slots {
		if v, landed := w.slots[slot]; landed && (previous == nil || !taken(previous, slot)) {
			w.violated("slot %s landed in release %d and again in %d", slot, v, rel.Version)
		} else if !landed {
			w.slots[slot] = rel.Version
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rel.Datasets)) {
		w.sawDataset(rel, previous, name)
	}
	w.last, w.lastBody = rel, now
	w.counts["releases"]++
}

// linked checks a release against the one before it.
func (w *world) linked(rel *lake.Release) {
	switch {
	case w.last == nil && rel.Version != 1:
		w.violated("the first release is %d", rel.Version)
	case w.last != nil && rel.Version != w.last.Version+1:
		w.violated("release %d after %d", rel.Version, w.last.Version)
	case w.last != nil && (rel.Previous == nil || rel.Previous.SHA256 != digest(w.lastBody)):
		w.violated("release %d does not follow from the one before it", rel.Version)
	}
}

// sawDataset checks that a release's files are there, and hold what the source held
// in the moment they were read.
func (w *world) sawDataset(rel, previous *lake.Release, name string) {
	table := strings.TrimPrefix(name, "standard/")
	d, state := rel.Datasets[name], rel.Resources[table]
	for _, f := range d.Files {
		if o, ok := w.objects[f.Key]; !ok || int64(len(o.body)) != f.Size || digest(o.body) != f.SHA256 {
			w.violated("release %d names %s, which is not there as it says", rel.Version, f.Key)
			return
		}
	}
	if previous != nil && previous.Resources[table].Since == state.Since {
		return // carried on
	}
	m := w.tables[table].moments[state.Read]
	if state.Cursor != strconv.FormatInt(m.to, 10) {
		w.violated("release %d: the cursor of %s is %s, its data end at %d", rel.Version, table, state.Cursor, m.to)
	}
	if previous != nil && previous.Resources[table].Read > state.Read {
		w.violated("release %d: %s goes back to an earlier moment", rel.Version, table)
	}
	var im image
	if err := json.Unmarshal(w.objects[d.Files[0].Key].body, &im); err != nil || !reflect.DeepEqual(im, m.rows) {
		w.violated("release %d: %s holds %v, its source held %v", rel.Version, table, im, m.rows)
	}
}

// sawLease checks that holders follow one another.
func (w *world) sawLease(key string, now []byte) {
	was, l := w.leases[key], leaseState{}
	if err := json.Unmarshal(now, &l); err != nil {
		w.violated("%s is rubbish: %v", key, err)
	}
	switch {
	case l.Generation < was.Generation:
		w.violated("%s: generation %d after %d", key, l.Generation, was.Generation)
	case l.Owner != was.Owner && l.Generation != was.Generation+1:
		w.violated("%s: %s follows %s with generation %d after %d", key, l.Owner, was.Owner, l.Generation, was.Generation)
	case l.Nonce == was.Nonce:
		w.violated("%s: the nonce %s twice", key, l.Nonce)
	}
	w.leases[key] = l
}

// returned checks that a lease that was given back is nobody's, or another's.
func (w *world) returned(pipeline string, by *life, generation int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if l := w.leases["lease/"+pipeline+".json"]; l.Owner == by.name && l.Generation == generation && l.Expiry.After(epoch()) {
		w.violated("%s gave back the lease of %s, which is still its", by.name, pipeline)
	}
}

// judge looks at the store when all is at rest.
func (w *world) judge() {
	there := w.kept()
	for _, c := range w.claims {
		mine := there[c.version] != nil && there[c.version].Nonce == c.nonce
		switch {
		case c.err == nil && !mine:
			w.violated("release %d was reported done and is not there", c.version)
		case errors.Is(c.err, lake.ErrConflict) && mine:
			w.violated("release %d was reported another's and is this run's", c.version)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(w.tables)) {
		if w.last == nil {
			w.violated("there is no release")
			return
		}
		d := w.last.Datasets["standard/"+name]
		var im image
		if err := json.Unmarshal(w.objects[d.Files[0].Key].body, &im); err != nil || !reflect.DeepEqual(im, w.tables[name].now) {
			w.violated("at the end %s holds %v, its source %v", name, im, w.tables[name].now)
		}
	}
	problems, _, err := lake.Verify(context.Background(), plain{w}, lake.VerifyOptions{ReadData: 1})
	if err != nil {
		w.violated("verify: %v", err)
	}
	for _, p := range problems {
		if !p.Orphan {
			w.violated("verify: %s: %s", p.Key, p.What)
		}
	}
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
