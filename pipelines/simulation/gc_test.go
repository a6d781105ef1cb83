package simulation

import (
	"context"
	"encoding/json"
	"time"

	"guiji/catalog"
	"guiji/lake"
	"guiji/lake/sweep"
)

// orphanAge is longer than any run here takes, wrong clocks included.
const orphanAge = 3 * time.Hour

// care collects garbage now and then until the world ends.
func (l *life) care() {
	for !l.over() {
		l.rest(time.Duration(5+l.rng.IntN(40)) * time.Second)
		l.err = l.collect()
	}
}

// collect is guiji gc: three releases are kept.
func (l *life) collect() error {
	if l.world.bug.hasty {
		return l.collectHastily()
	}
	now := time.Now().Add(time.Duration(l.skew.Load()))
	_, err := sweep.Collect(context.Background(), sweep.Input{
		Objects: l.objs, Chain: lake.NewChain(l.objs), Rules: catalog.Retention{Last: 3, Orphans: orphanAge}, Zone: time.UTC,
		By: lake.By{RunID: l.name, Pipeline: "_gc", Now: now}, Owner: l.name, Lease: leaseTTL, Expired: "outside retention",
	})
	return err
}

// collectHastily deletes what the head does not name, however young it is.
func (l *life) collectHastily() error {
	ctx := context.Background()
	head, err := lake.NewChain(l.objs).Head(ctx)
	if err != nil || head == nil {
		return err
	}
	for o, err := range l.objs.List(ctx, "data/") {
		if err != nil {
			return err
		}
		if !names(head, o.Key) {
			if err := l.objs.Delete(ctx, o.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

// finalCare ends what killed collections left.
func (l *life) finalCare() {
	for range 20 {
		if l.err = l.collect(); l.err == nil {
			l.landed = true
			return
		}
		time.Sleep(10 * time.Second)
	}
}

// night kills every life, lets whatever is still under way get lost, and begins all
// anew hours later: what is left behind then is old.
func (w *world) night() {
	w.tell("night falls")
	for _, l := range w.lives {
		l.dead.Store(true)
	}
	for _, o := range w.asked() {
		w.answer(o)
	}
	w.delayed = nil
	n := len(w.lives)
	w.lives = nil
	w.advance(orphanAge + time.Hour)
	for i := range n {
		w.start(i)
	}
}

// rewritten checks that a release changed as the chain says it did, and not otherwise.
func (w *world) rewritten(key string, was, now []byte) {
	rel := &lake.Release{}
	if err := json.Unmarshal(now, rel); err != nil {
		w.violated("%s is no release: %v", key, err)
		return
	}
	if rel.Version == w.last.Version {
		w.violated("release %d was written twice", rel.Version)
		return
	}
	to := lake.Rewrite{Version: rel.Version, Was: digest(was), SHA256: digest(now)}
	if !w.rewrites[to] {
		w.violated("release %d was rewritten, and no later release says so", rel.Version)
	}
	w.counts["rewritten"]++
}
