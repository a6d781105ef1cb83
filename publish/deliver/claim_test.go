package deliver_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"guiji/internal/fault"
	"guiji/lake"
	"guiji/publish/deliver"
	"guiji/publish/outbox"
)

// hooked is a store that stops before an object is written, and after it was.
type hooked struct {
	lake.Objects
	before, after func(key string, cond lake.Condition)
}

func (h hooked) Put(ctx context.Context, key string, body io.Reader, size int64, cond lake.Condition) (lake.Object, error) {
	h.before(key, cond)
	o, err := h.Objects.Put(ctx, key, body, size, cond)
	if err == nil {
		h.after(key, cond)
	}
	return o, err
}

// Two processes at the same moment: one has seen a message that waits and is about to take
// it, when the other puts the one there that takes its place and has not ended the first
// yet. One of the two goes out, the later.
func TestTakenWhileItIsReplaced(t *testing.T) {
	for name, ask := range map[string]struct {
		release uint64
		again   bool
	}{"a later release": {13, false}, "asked for again": {12, true}} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, func(l *lab) { l.project.Config.Delivery.To = nil })
			if _, err := l.Add(t.Context(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{Department: "gongan"}); err != nil {
				t.Fatal(err)
			}
			there, sent, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
			nothing := func(string, lake.Condition) {}
			plain := l.options.Objects
			l.options.Objects = hooked{plain, nothing, func(key string, cond lake.Condition) {
				if cond.Absent && strings.Contains(key, "/gongan") { // the later one is there, the first has not been ended
					close(there)
					<-sent
				}
			}}
			second := l.open("second/2")
			l.write(ask.release)
			began := false
			l.options.Objects = hooked{plain, func(key string, cond lake.Condition) {
				if cond.ETag != "" && !began { // about to take the first
					began = true
					go func() {
						_, err := second.Add(context.Background(), deliver.Release{Version: ask.release, Made: l.now}, deliver.Request{Department: "gongan", Again: ask.again})
						ended <- err
					}()
					<-there
				}
			}, nothing}
			if err := l.open("first/1").Send(t.Context()); err != nil {
				t.Fatal(err)
			}
			close(sent)
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			l.send()
			if n := len(l.mail.Letters()); n != 1 || l.state(first).State != deliver.Superseded {
				t.Errorf("%d letters, the first is %s", n, l.state(first).State)
			}
		})
	}
}

// What is refused because one department's message is being sent leaves the others as they
// were: they are tried again when they would have been.
func TestRefusedLeavesTheOthers(t *testing.T) {
	l := newLab(t, nil)
	other := l.open("other/2")
	l.mail.Unknown("bureau@")
	var refused error
	l.mail.Taken(func() {
		_, refused = other.Add(context.Background(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{Again: true})
	})
	l.tell(12)
	l.mail.Taken(nil)
	if fault.KindOf(refused) != fault.Locked || len(l.mail.Letters()) != 1 {
		t.Fatalf("%v, %d letters", refused, len(l.mail.Letters()))
	}
	l.mail.Unknown("")
	l.now = l.now.Add(outbox.Stale + time.Second)
	l.send()
	if n := len(l.mail.Letters()); n != 2 {
		t.Errorf("%d letters: %s", n, l.log)
	}
}
