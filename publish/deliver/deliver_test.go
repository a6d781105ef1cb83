package deliver_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/fault"
	"guiji/internal/testkit/certs"
	"guiji/internal/testkit/postoffice"
	"guiji/publish/deliver"
)

// What a department reads, and what the bureau does: counts, dates, names and a link.
func TestWhatIsSaid(t *testing.T) {
	l := newLab(t, nil)
	l.tell(12)
	got := l.mail.Letters()
	if len(got) != 2 {
		t.Fatalf("%d letters: %s", len(got), l.log)
	}
	for i, want := range [][]string{
		{"示例区大数据局", "bureau@example.test", "第 12 版", "17 个", "示例区公安局：17", "https://reports.example.test/guiji/\n"},
		{"示例区公安局", "gongan@example.test", "第 12 版", "待整改问题：17 个（新增 3 个，已整改 5 个）", "2026-12-14", "常住人口信息：17 个", "https://reports.example.test/guiji/gongan/", "数据资源科", "0000-0000000"},
	} {
		subject, body, header, files := got[i].Read(t)
		all := subject + "\n" + strings.ReplaceAll(body, "\r\n", "\n") + strings.Join(got[i].To, " ") + "示例区大数据局"
		for _, w := range want {
			if !strings.Contains(all, w) {
				t.Errorf("letter %d lacks %q:\n%s", i, w, all)
			}
		}
		if len(files) > 0 || header.Get("Auto-Submitted") != "auto-generated" || len(got[i].To) != 1 || got[i].User != "robot" {
			t.Errorf("letter %d: %v %v", i, header, got[i].To)
		}
	}
	if s := l.state("v000000000012/minzheng"); s.State != deliver.Nobody {
		t.Errorf("a department without a way: %+v", s)
	}
}

// One message a release and department, over any number of daemons and lookings.
func TestOnceOverDaemons(t *testing.T) {
	l := newLab(t, nil)
	var all sync.WaitGroup
	for _, owner := range []string{"a/1", "b/2", "c/3", "d/4"} {
		d := l.open(owner)
		all.Go(func() {
			if _, err := d.Add(t.Context(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{}); err != nil {
				t.Error(err)
			}
			if err := d.Send(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	l.tell(12)
	if n := len(l.mail.Letters()); n != 2 {
		t.Errorf("%d letters for 2 messages", n)
	}
	if _, err := l.Add(t.Context(), deliver.Release{Version: 12}, deliver.Request{Department: "gongan", Again: true}); err != nil {
		t.Fatal(err)
	}
	l.send()
	if n := len(l.mail.Letters()); n != 3 {
		t.Errorf("%d letters after one was asked for again", n)
	}
}

// A mail server that is down, refuses, or cuts the connection, is tried again, ever more
// rarely; when it is well again the message comes, once.
func TestMailGoesWrong(t *testing.T) {
	for name, c := range map[string]struct {
		spoil, mend func(l *lab)
		why         string
	}{
		"refused for now":  {func(l *lab) { l.mail.Refuse(451) }, func(l *lab) { l.mail.Refuse(0) }, "拒收邮件（状态码 451）"},
		"refused":          {func(l *lab) { l.mail.Refuse(554) }, func(l *lab) { l.mail.Refuse(0) }, "拒收邮件（状态码 554）"},
		"no such address":  {func(l *lab) { l.mail.Unknown("gongan") }, func(l *lab) { l.mail.Unknown("") }, "不接受该收件地址"},
		"cut in the midst": {func(l *lab) { l.mail.Cut(true) }, func(l *lab) { l.mail.Cut(false) }, "无法连接邮件服务器"},
		"wrong password":   {func(l *lab) { l.Setenv("MAIL_PASSWORD", "wrong") }, func(l *lab) { l.Setenv("MAIL_PASSWORD", postoffice.Password) }, "拒绝了用户名或密码"},
		"down":             {func(l *lab) { l.mail.Close() }, func(l *lab) { l.reopen() }, "无法连接邮件服务器"},
	} {
		l := newLab(t, func(l *lab) { l.project.Config.Delivery.To = nil })
		c.spoil(l)
		l.tell(12)
		s := l.state(first)
		if len(l.mail.Letters()) != 0 || s.State != deliver.Failing || !strings.Contains(s.Steps[0].Why, c.why) {
			t.Errorf("%s: %+v", name, s)
		}
		l.send()
		if again := l.state(first); again.Tries != s.Tries {
			t.Errorf("%s: tried again at once", name)
		}
		c.mend(l)
		l.now = s.Next
		l.send()
		l.send()
		if s := l.state(first); len(l.mail.Letters()) != 1 || s.State != deliver.Sent || s.Steps[0].Why != "" {
			t.Errorf("%s: %d letters, %+v", name, len(l.mail.Letters()), s)
		}
		for _, secret := range []string{postoffice.Password, "example.test", "no such user"} {
			if strings.Contains(l.log.String(), secret) {
				t.Errorf("%s: the log holds %s: %s", name, secret, l.log)
			}
		}
	}
}

// A server that takes a mail and hangs up without a word has it: it is not sent again.
func TestServerHangsUp(t *testing.T) {
	l := newLab(t, func(l *lab) { l.project.Config.Delivery.To = nil })
	l.mail.HangUp()
	l.tell(12)
	l.now = l.now.Add(24 * time.Hour)
	l.send()
	if s := l.state(first); len(l.mail.Letters()) != 1 || s.State != deliver.Sent {
		t.Errorf("%d letters, %+v", len(l.mail.Letters()), s)
	}
}

// reopen starts the mail server anew where it was.
func (l *lab) reopen() {
	ca := certs.NewAuthority(l.T)
	l.project.Config.Mail.CA = ca.File
	l.mail = postoffice.OpenAt(l.T, l.mail.Address, ca.Serve("127.0.0.1", time.Now().Add(time.Hour)), true)
	l.Deliverer = l.open("lab/1")
}

// One bad address does not keep the others' messages; who got one does not get it again.
func TestAddressesStandAlone(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Departments[0].Delivery.To = []catalog.Channel{{Mail: []string{"gone@example.test", "gongan@example.test", "GONGAN@example.test"}}}
	})
	l.mail.Unknown("gone")
	l.tell(12)
	l.now = l.now.Add(time.Hour)
	l.send()
	var to []string
	for _, x := range l.mail.Letters() {
		to = append(to, x.To...)
	}
	if slices.Sort(to); strings.Join(to, " ") != "bureau@example.test gongan@example.test" {
		t.Error(to)
	}
	s := l.state(first)
	if s.Tries != 2 || len(s.Steps) != 2 || s.Steps[1].Done || !strings.Contains(s.Steps[1].Place, "delivery.to[0].mail[0]") {
		t.Errorf("%+v", s)
	}
}

// A message over slow servers is nobody else's as long as its steps go on.
func TestSlowServer(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.To = nil
		l.project.Departments[0].Delivery.To = []catalog.Channel{{Mail: []string{"a@example.test", "b@example.test", "c@example.test"}}}
	})
	other := l.open("other/2")
	l.mail.Taken(func() {
		l.now = l.now.Add(4 * time.Minute)
		if err := other.Send(context.Background()); err != nil {
			t.Error(err)
		}
	})
	l.tell(12)
	if n := len(l.mail.Letters()); n != 3 || l.state(first).State != deliver.Sent {
		t.Errorf("%d letters: %s", n, l.log)
	}
}

// A message whose address was wrong goes to the one that stands there now, once; who got
// it does not get it again.
func TestMendedAddress(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.To = nil
		l.project.Departments[0].Delivery.To = []catalog.Channel{{Mail: []string{"wrong@example.test", "duty@example.test"}}}
	})
	l.mail.Unknown("wrong")
	l.tell(12)
	l.project.Departments[0].Delivery.To[0].Mail[0] = "right@example.test"
	l.Deliverer = l.open("lab/1")
	for range 2 {
		l.now = l.now.Add(24 * time.Hour)
		l.send()
	}
	got := l.mail.Letters()
	if s := l.state(first); len(got) != 2 || got[0].To[0] != "duty@example.test" || got[1].To[0] != "right@example.test" || s.State != deliver.Sent {
		t.Errorf("%d letters, %+v", len(got), s)
	}
}

// In quiet hours and on days off nothing goes out; afterwards it does.
func TestQuiet(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.Quiet, l.project.Config.Delivery.Workdays = "22:00-07:00", true
		l.now = time.Date(2026, 11, 20, 23, 30, 0, 0, zone) // a Friday
	})
	l.tell(12)
	if s := l.state(first); len(l.mail.Letters()) != 0 || s.State != deliver.Waiting || !s.Next.Equal(time.Date(2026, 11, 23, 7, 0, 0, 0, zone)) {
		t.Errorf("%+v", s)
	}
	for _, at := range []time.Time{time.Date(2026, 11, 21, 12, 0, 0, 0, zone), time.Date(2026, 11, 23, 6, 59, 0, 0, zone)} {
		if l.now = at; true {
			l.send()
		}
		if n := len(l.mail.Letters()); n != 0 {
			t.Errorf("%d letters at %s", n, at)
		}
	}
	l.now = time.Date(2026, 11, 23, 7, 0, 0, 0, zone)
	l.send()
	if n := len(l.mail.Letters()); n != 2 {
		t.Errorf("%d letters in the morning", n)
	}
}

// After days without a mail server one message comes, about the newest release.
func TestSuperseded(t *testing.T) {
	l := newLab(t, nil)
	l.mail.Refuse(451)
	for _, release := range []uint64{12, 13, 14} {
		l.write(release)
		l.tell(release)
		l.now = l.now.Add(24 * time.Hour)
	}
	l.mail.Refuse(0)
	l.send()
	got := l.mail.Letters()
	if len(got) != 2 || l.state(first).State != deliver.Superseded {
		t.Fatalf("%d letters, %+v", len(got), l.state(first))
	}
	if subject, _, _, _ := got[0].Read(t); !strings.Contains(subject, "第 14 版") {
		t.Error(subject)
	}
}

// A clock that jumps does neither lose a message nor repeat one.
func TestClockJumps(t *testing.T) {
	l := newLab(t, nil)
	l.mail.Refuse(451)
	l.now = l.now.AddDate(10, 0, 0) // far ahead
	l.tell(12)
	l.now = l.now.AddDate(-10, 0, 0)
	l.mail.Refuse(0)
	l.send()
	l.send()
	if n := len(l.mail.Letters()); n != 2 {
		t.Errorf("%d letters after the clock was set back", n)
	}
	l.now = l.now.AddDate(0, 0, 60)
	l.send()
	if n := len(l.mail.Letters()); n != 2 {
		t.Errorf("%d letters after the clock ran ahead", n)
	}
}

// A message that failed for good is given up, and tried again when a person asks.
func TestGivenUp(t *testing.T) {
	l := givenUp(t)
	if err := l.SendNow(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if s := l.state(first); s.State != deliver.Sent || len(l.mail.Letters()) != 1 {
		t.Errorf("%+v", s)
	}
}

// givenUp is a lab whose message of release 12 was tried as often as may be; its mail
// server is well again.
func givenUp(t *testing.T) *lab {
	l := newLab(t, func(l *lab) { l.project.Config.Delivery.To = nil })
	l.mail.Refuse(554)
	l.tell(12)
	for range 40 {
		l.now = l.now.Add(6*time.Hour + time.Minute)
		l.send()
	}
	if s := l.state(first); s.State != deliver.GivenUp {
		t.Fatalf("%+v", s)
	}
	l.mail.Refuse(0)
	return l
}

// Without delivery nothing is sent.
func TestOff(t *testing.T) {
	l := newLab(t, nil)
	l.options.Project.Config.Delivery = nil
	if _, err := deliver.New(l.options); fault.KindOf(err) != fault.Config {
		t.Error(err)
	}
}

// A daemon that dies between adding and sending, or between sending and noting it, loses
// nothing: another takes the message up, and repeats one step at most.
func TestDies(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Departments[0].Delivery.To = []catalog.Channel{{Mail: []string{"one@example.test", "two@example.test", "three@example.test"}}}
		l.project.Config.Delivery.To = nil
	})
	if _, err := l.Add(t.Context(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	o := l.options
	o.Objects = &dying{Objects: o.Objects, after: 3, die: func() { cancel(errors.New("killed")) }} // claim, first step noted, second lost
	d, err := deliver.New(o)
	if err != nil {
		t.Fatal(err)
	}
	_ = d.Send(ctx) // it dies
	if n := len(l.mail.Letters()); n < 2 || n > 3 {
		t.Fatalf("%d letters before it died", n)
	}
	l.now = l.now.Add(time.Hour)
	l.send()
	times := map[string]int{}
	for _, x := range l.mail.Letters() {
		times[x.To[0]]++
	}
	if times["one@example.test"] != 1 || times["two@example.test"] > 2 || times["three@example.test"] > 2 || len(times) != 3 {
		t.Errorf("%v", times)
	}
	if s := l.state(first); s.State != deliver.Sent {
		t.Errorf("%+v", s)
	}
}
