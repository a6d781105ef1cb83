package deliver_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/publish/deliver"
)

// again asks for gongan's message of release 12 once more.
func (l *lab) again() error {
	_, err := l.Add(l.Context(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{Department: "gongan", Again: true})
	return err
}

// What is asked for again while it waits goes out once: the later takes the first one's
// place, also where it is the eleventh, and nothing of the first one's password stays.
func TestAgainWhileItWaits(t *testing.T) {
	l := attaching(t, catalog.Channel{Mail: []string{"duty@example.test"}})
	l.mail.Unknown("duty@")
	l.tell(12)
	if kept, err := os.ReadDir(l.options.Passwords); err != nil || len(kept) != 1 {
		t.Fatalf("%d passwords wait: %v", len(kept), err)
	}
	before := len(l.mail.Letters())
	for range 11 {
		if err := l.again(); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadDir(l.options.Passwords); err != nil || len(kept) != 0 {
		t.Errorf("%d passwords of superseded messages: %v", len(kept), err)
	}
	l.mail.Unknown("")
	for range 2 {
		l.now = l.now.Add(time.Hour)
		l.send()
	}
	if n := len(l.mail.Letters()) - before; n != 2 { // the attachment, and its password
		t.Errorf("%d letters", n)
	}
	for id, want := range map[string]deliver.State{first: deliver.Superseded, first + "@2": deliver.Superseded, first + "@11": deliver.Superseded, first + "@12": deliver.Sent} {
		if s := l.state(id); s.State != want {
			t.Errorf("%s is %s", id, s.State)
		}
	}
	l.nowhere(canary)
}

// What another process is sending just now is not asked for again: it would come twice.
func TestAgainWhileItIsSent(t *testing.T) {
	l := newLab(t, func(l *lab) { l.project.Config.Delivery.To = nil })
	other := l.open("other/2")
	var refused error
	l.mail.Taken(func() {
		_, refused = other.Add(context.Background(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{Department: "gongan", Again: true})
	})
	l.tell(12)
	if fault.KindOf(refused) != fault.Locked {
		t.Error(refused)
	}
	if n := len(l.mail.Letters()); n != 1 || l.state(first).State != deliver.Sent {
		t.Errorf("%d letters", n)
	}
	l.mail.Taken(nil)
	if err := l.again(); err != nil {
		t.Fatal(err)
	}
	l.send()
	if n := len(l.mail.Letters()); n != 2 {
		t.Errorf("%d letters after it was asked for again", n)
	}
}

// A message that was given up comes to nothing when there is a later one: a person who
// delivers does not send both.
func TestGivenUpIsSuperseded(t *testing.T) {
	l := givenUp(t)
	l.write(13)
	if _, err := l.Add(t.Context(), deliver.Release{Version: 13, Made: l.now}, deliver.Request{}); err != nil {
		t.Fatal(err)
	}
	if err := l.SendNow(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if s := l.state(first); s.State != deliver.Superseded || len(l.mail.Letters()) != 1 {
		t.Errorf("%d letters, %s", len(l.mail.Letters()), s.State)
	}
}

// A person who delivers to one department sends nothing to another, nor to the bureau.
func TestOneDepartmentAlone(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.Remind = catalog.Remind{Before: 3, Parent: 10}
		l.project.Departments[1].Delivery.To = []catalog.Channel{{Mail: []string{"minzheng@example.test"}}}
	})
	l.mail.Refuse(451)
	l.tell(12)
	l.mail.Refuse(0)
	late := []deliver.Orders{{Department: "gongan", Open: 3, Overdue: 1}, {Department: "minzheng", Open: 9, Overdue: 8, Late: 7}}
	n, err := l.Remind(t.Context(), 12, late, "minzheng")
	if err != nil || n != 1 { // its own: that to the department above is the other's
		t.Fatalf("%d reminders: %v", n, err)
	}
	if err := l.SendNow(t.Context(), "minzheng"); err != nil {
		t.Fatal(err)
	}
	for _, x := range l.mail.Letters() {
		if x.To[0] != "minzheng@example.test" {
			t.Errorf("a letter to %v", x.To)
		}
	}
	if n := len(l.mail.Letters()); n != 2 {
		t.Errorf("%d letters to the department", n)
	}
	shown, err := l.Preview(t.Context(), deliver.Release{Version: 12}, deliver.Request{Department: "gongan"}, late)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, s := range shown {
		kinds = append(kinds, s.To+" "+string(s.Kind))
	}
	if got := strings.Join(kinds, ", "); got != "gongan report, gongan overdue, gongan parent" {
		t.Error(got)
	}
}

// After weeks without a mail server a department is reminded once of each stage, by the
// newest; what nobody is to be reminded of any more is not sent either.
func TestOldReminders(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.Remind = catalog.Remind{Before: 3}
		l.now = time.Date(2026, 12, 13, 22, 0, 0, 0, zone) // a Sunday; the last week has its year's number and the next's days
	})
	l.mail.Refuse(451)
	remind := func(o deliver.Orders) {
		t.Helper()
		if _, err := l.Remind(t.Context(), 12, []deliver.Orders{o}, ""); err != nil {
			t.Fatal(err)
		}
		l.send()
		l.now = l.now.AddDate(0, 0, 7)
	}
	for soon := range int64(4) {
		remind(deliver.Orders{Department: "gongan", Open: 9, Soon: 1 + soon, SoonDue: "2026-12-16", Overdue: 2 + soon})
	}
	l.now = l.now.AddDate(0, 0, -7).Add(12 * time.Hour) // Monday: of the week before are all
	l.mail.Refuse(0)
	remind(deliver.Orders{Department: "gongan", Open: 9, Overdue: 7})
	got := l.mail.Letters()
	if len(got) != 1 {
		t.Fatalf("%d letters", len(got))
	}
	if subject, _, _, _ := got[0].Read(t); !strings.Contains(subject, "7 件整改事项已逾期") {
		t.Error(subject)
	}
	l.mail.Refuse(451)
	remind(deliver.Orders{Department: "gongan", Open: 9, Soon: 1})
	l.mail.Refuse(0)
	l.now = l.now.AddDate(0, 0, 1) // nothing is due any more
	l.send()
	if n := len(l.mail.Letters()); n != 1 {
		t.Errorf("%d letters: a reminder is sent that is more than a week old", n)
	}
}

// The password of a message that another machine ended goes too, and one that was being
// written when its process was killed; that of a message that was sent stays until somebody
// is told.
func TestPasswordsOfOtherMachines(t *testing.T) {
	l := attaching(t)
	l.project.Departments[0].Delivery.To = []catalog.Channel{{Mail: []string{"gone@example.test"}}}
	l.mail.Unknown("gone@")
	l.tell(12)
	own := l.options.Passwords
	l.options.Passwords = filepath.Join(t.TempDir(), "passwords")
	other := l.open("other/2")
	l.write(13)
	if _, err := other.Add(t.Context(), deliver.Release{Version: 13, Made: l.now}, deliver.Request{}); err != nil {
		t.Fatal(err)
	}
	draft := filepath.Join(own, ".new-1")
	if err := os.WriteFile(draft, []byte("AAAAA"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(draft, l.now, l.now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	l.mail.Unknown("")
	l.send() // release 13
	l.send()
	left, err := os.ReadDir(own)
	if err != nil || len(left) != 1 || left[0].Name() != "v000000000013-gongan.txt" {
		t.Errorf("%v %v", left, err)
	}
	if _, _, err := l.Password(t.Context(), "gongan", 13); err != nil {
		t.Error(err)
	}
}
