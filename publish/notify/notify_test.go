package notify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/testkit/listener"
	"guiji/internal/text"
	"guiji/lake"
	"guiji/lake/localdir"
	"guiji/publish/notify"
	"guiji/publish/post"
)

var zone = time.FixedZone("CST", 8*3600)

// desk is a notifier with a store, a log that is kept and a clock.
type desk struct {
	*notify.Notifier
	log *bytes.Buffer
	now time.Time
}

func newDesk(t *testing.T, hooks catalog.Hooks) *desk {
	t.Helper()
	objs, err := localdir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{log: &bytes.Buffer{}, now: time.Now()}
	d.Notifier = &notify.Notifier{Hooks: hooks, Dir: t.TempDir(), Objects: objs, Post: post.New(post.Options{Pause: time.Millisecond}), Lang: text.ZH, Zone: zone,
		Owner: "lab/1", Log: slog.New(slog.NewTextHandler(d.log, nil)), Now: func() time.Time { return d.now }}
	return d
}

func failure() notify.Event {
	at := time.Date(2026, 11, 22, 22, 0, 0, 0, zone)
	return notify.Event{Kind: notify.Failed, Project: "示例区", Pipeline: "nightly", Slot: "nightly@2026-11-22T22:00+0800", Time: at, Run: "20261122T220003-7f3a2b",
		Outcome: "partial", Error: "unreachable", Reason: "无法连接来源", Release: 12, Started: at.Add(3 * time.Second), Ended: at.Add(time.Hour), Planned: 9, Again: true,
		Resources: []notify.Resource{{ID: "gongan/house", Title: "房屋信息", Department: "示例区公安局", Outcome: "failed", Error: "unreachable", Reason: "无法连接来源"}}}
}

func eventsOfAllKinds() []notify.Event {
	at := time.Date(2026, 11, 22, 22, 0, 0, 0, zone)
	last := failure()
	last.Again, last.LastTry, last.Outcome, last.Release, last.Resources = false, true, "failed", 0, nil
	return []notify.Event{failure(), last,
		{Kind: notify.Missed, Project: "示例区", Pipeline: "nightly", Slot: "nightly@2026-11-22T22:00+0800", Time: at, Why: "down", Slots: 3, First: at.AddDate(0, 0, -2), CaughtUp: true},
		{Kind: notify.Late, Project: "示例区", Pipeline: "nightly", Resource: "gongan/house", Title: "房屋信息", Cycle: "每日", Since: at.AddDate(0, 0, -2)},
	}
}

// An event is told once over any number of daemons; the last try of a slot is another
// event than its first failure, and a late resource is one until it lands.
func TestOnce(t *testing.T) {
	r := listener.Open(t)
	t.Setenv("ROBOT", r.URL+"/send?key=t0ken")
	hook := []catalog.Hook{{Webhook: "${ROBOT}"}}
	d := newDesk(t, catalog.Hooks{OnFailure: hook, OnMissed: hook})
	var all sync.WaitGroup
	for i := range 8 {
		other := *d.Notifier
		other.Owner, other.Log = fmt.Sprint("lab/", i), slog.New(slog.DiscardHandler)
		all.Go(func() {
			for _, e := range eventsOfAllKinds() {
				other.Tell(t.Context(), e)
			}
		})
	}
	all.Wait()
	got := r.Taken()
	if len(got) != 4 || got[0].URL != "/send?key=t0ken" {
		t.Errorf("%d events told", len(got))
	}
	for _, p := range got {
		var e notify.Event
		if err := json.Unmarshal(p.Body, &e); err != nil || e.Project != "示例区" {
			t.Errorf("%v: %s", err, p.Body)
		}
	}
	later := eventsOfAllKinds()[3]
	later.Since = later.Since.Add(time.Hour)
	d.Tell(t.Context(), later)
	hand := failure()
	hand.Slot = "manual@1"
	d.Tell(t.Context(), hand)
	if len(r.Taken()) != 6 {
		t.Errorf("%d events told", len(r.Taken()))
	}
	if strings.Contains(d.log.String(), "t0ken") {
		t.Error("the address is in the log")
	}
	for o, err := range d.Objects.List(t.Context(), "") {
		if err != nil || !strings.HasPrefix(o.Key, "notified/") {
			t.Error(o.Key, err)
		}
		body, _, err := d.Objects.Get(t.Context(), o.Key)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(body)
		body.Close()
		if bytes.Contains(b, []byte("t0ken")) {
			t.Errorf("%s holds the address", o.Key)
		}
	}
}

// A hook that is down gets the event when it is up again, those that took it do not
// get it twice; a daemon that died between claim and send loses nothing.
func TestResume(t *testing.T) {
	down, up := listener.Open(t), listener.Open(t)
	down.Say("", 503)
	d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Webhook: down.URL}, {Webhook: up.URL}}})
	d.Tell(t.Context(), failure())
	if len(down.Taken()) != 0 || len(up.Taken()) != 1 {
		t.Fatal(len(down.Taken()), len(up.Taken()))
	}
	resume := func(after time.Duration) {
		t.Helper()
		d.now = d.now.Add(after)
		if err := d.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	down.Say("", 200)
	resume(time.Minute) // too soon: the one who claimed it may be at it
	if len(down.Taken()) != 0 {
		t.Error("told by two at once")
	}
	resume(10 * time.Minute)
	resume(time.Hour)
	if len(down.Taken()) != 1 || len(up.Taken()) != 1 {
		t.Errorf("told %d and %d times", len(down.Taken()), len(up.Taken()))
	}
	e := failure()
	e.Slot = "nightly@2026-11-23T22:00+0800"
	e.Identify()
	claim := fmt.Sprintf(`{"event":{"id":%q,"kind":"failed","slot":%q,"pipeline":"nightly"},"owner":"dead/1","claimed":%q,"tries":1,"pending":["on_failure[0]","on_failure[1]"],"done":[]}`,
		e.ID, e.Slot, d.now.Format(time.RFC3339))
	if _, err := d.Objects.Put(t.Context(), "notified/"+e.ID+".json", strings.NewReader(claim), int64(len(claim)), lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Objects.Put(t.Context(), "notified/rubbish.json", strings.NewReader("{"), 1, lake.Condition{}); err != nil {
		t.Fatal(err)
	}
	resume(time.Hour)
	if len(down.Taken()) != 2 || len(up.Taken()) != 2 {
		t.Errorf("told %d and %d times", len(down.Taken()), len(up.Taken()))
	}
	resume(100 * 24 * time.Hour)
	for o := range d.Objects.List(t.Context(), "notified/") {
		t.Errorf("%s is not forgotten", o.Key)
	}
}

// Where the outbox is out of reach the event goes out all the same: that the store is
// down is what there is to tell.
func TestStoreDown(t *testing.T) {
	r := listener.Open(t)
	d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Webhook: r.URL}}})
	d.Objects = gone{d.Objects}
	d.Tell(t.Context(), failure())
	if len(r.Taken()) != 1 {
		t.Error(d.log.String())
	}
}

type gone struct{ lake.Objects }

func (gone) Put(_ context.Context, _ string, _ io.Reader, _ int64, _ lake.Condition) (lake.Object, error) {
	return lake.Object{}, fault.New(fault.Unreachable, "publish.address")
}

// A command gets the event on its standard input and none of guiji's secrets; what it
// prints is logged, cut short; what it starts ends with it.
func TestCommand(t *testing.T) {
	t.Setenv("LAB_SECRET", "c4nary-3317")
	d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Command: []string{"/bin/sh", "-c", "cat > event.json; env > env.txt; echo '$x' \"$1\"; head -c 5000 /dev/zero | tr '\\0' x", "sh", "a b;c"}}}})
	d.Tell(t.Context(), failure())
	b, err := os.ReadFile(filepath.Join(d.Dir, "event.json"))
	if err != nil {
		t.Fatal(err, d.log.String())
	}
	var e notify.Event
	if err := json.Unmarshal(b, &e); err != nil || e.Run != "20261122T220003-7f3a2b" || e.ID != "failed/nightly/nightly@2026-11-22T22-00-0800" {
		t.Errorf("%v: %s", err, b)
	}
	env, err := os.ReadFile(filepath.Join(d.Dir, "env.txt"))
	if err != nil || bytes.Contains(env, []byte("LAB_SECRET")) || !bytes.Contains(env, []byte("GUIJI_EVENT=failed")) {
		t.Errorf("%v: %s", err, env)
	}
	if l := d.log.String(); !strings.Contains(l, "$x a b;c") || !strings.Contains(l, "cut=true") || len(l) > 4000 {
		t.Errorf("logged %d bytes: %.300s", len(l), l)
	}
	for _, c := range []struct{ command, kind string }{{"exit 3", "refused"}, {"", "config"}} {
		d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Command: []string{"/bin/sh", "-c", c.command}}}})
		if c.command == "" {
			d.Hooks.OnFailure[0].Command = []string{"./not-there"}
		}
		d.Tell(t.Context(), failure())
		if !strings.Contains(d.log.String(), "kind="+c.kind) {
			t.Errorf("%q: %s", c.command, d.log.String())
		}
	}
}

// A reader of the heartbeat never sees half of one.
// A hook that leaves something running in the background ended well: told again it would
// ring twice.
func TestCommandThatForks(t *testing.T) {
	d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Command: []string{"/bin/sh", "-c", "sleep 3 & echo sent"}}}})
	began := time.Now()
	d.Tell(t.Context(), failure())
	if log := d.log.String(); strings.Contains(log, "step failed") || !strings.Contains(log, "told") || time.Since(began) > 2500*time.Millisecond {
		t.Errorf("after %s: %s", time.Since(began), log)
	}
}

func TestHeartbeat(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heartbeat.json")
	next := time.Date(2026, 11, 22, 22, 0, 0, 0, zone)
	stop := make(chan struct{})
	var both sync.WaitGroup
	if err := notify.NewHeartbeat(next, "1").Write(path); err != nil {
		t.Fatal(err)
	}
	both.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			b, err := os.ReadFile(path)
			var h notify.Heartbeat
			if err == nil {
				err = json.Unmarshal(b, &h)
			}
			if err != nil || h.PID != os.Getpid() {
				t.Error(err, string(b))
				return
			}
		}
	})
	for i := range 200 {
		h := notify.NewHeartbeat(next.Add(time.Duration(i)*time.Minute), strings.Repeat("v", i))
		h.Next, h.Slot = &next, "nightly@x"
		if err := h.Write(path); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	both.Wait()
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
		t.Errorf("%d files are left", len(list))
	}
	if err := notify.NewHeartbeat(next, "1").Write(filepath.Join(t.TempDir(), "no", "such")); err != nil {
		t.Errorf("into a folder that is to be made: %v", err)
	}
	if err := notify.NewHeartbeat(next, "1").Write(filepath.Join(path, "under", "a-file")); fault.KindOf(err) != fault.Config {
		t.Error(err)
	}
}

func FuzzIdentify(f *testing.F) {
	f.Add("nightly", "nightly@2026-11-22T22:00+0800", "r")
	f.Add("../x", "..", "/")
	f.Fuzz(func(t *testing.T, pipeline, slot, run string) {
		e := notify.Event{Kind: notify.Failed, Pipeline: pipeline, Slot: slot, Run: run}
		e.Identify()
		if strings.Contains(e.ID, "..") || strings.Count(e.ID, "/") > 3 || strings.ContainsAny(e.ID, " \x00\\\n") {
			t.Errorf("%q", e.ID)
		}
	})
}
