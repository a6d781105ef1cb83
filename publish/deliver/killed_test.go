package deliver_test

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/testkit/postoffice"
	"guiji/internal/text"
	"guiji/lake/localdir"
	"guiji/publish/deliver"
)

// A process that is killed while the mail server has the mail and it does not know yet
// costs one letter twice at most, to one receiver: the next process goes on from there.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("DELIVER_CHILD"); dir != "" {
		child(t, dir)
		return
	}
	dir := t.TempDir()
	office := postoffice.Open(t, nil, false)
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$", "-test.timeout=60s")
	cmd.Env = append(os.Environ(), "DELIVER_CHILD="+dir, "DELIVER_MAIL="+office.Address)
	var once sync.Once
	taken := 0
	office.Taken(func() {
		if taken++; taken == 2 { // of three; the answer is not given yet
			once.Do(func() {
				_ = cmd.Process.Kill()
				_, _ = cmd.Process.Wait()
			})
		}
	})
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); len(office.Letters()) < 2 && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	office.Taken(nil)
	times := map[string]int{}
	for _, later := range []time.Duration{time.Minute, time.Hour, 2 * time.Hour} { // too soon; taken up; done
		d := childDeliverer(t, dir, office.Address, time.Now().Add(later))
		if err := d.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range office.Letters() {
		times[l.To[0]]++
	}
	if times["one@example.test"] != 1 || times["two@example.test"] != 2 || times["three@example.test"] != 1 {
		t.Errorf("%v", times)
	}
	ids := map[string]bool{}
	for _, l := range office.Letters() {
		_, _, header, _ := l.Read(t)
		ids[header.Get("Message-Id")] = true
	}
	if len(ids) != 3 {
		t.Errorf("%d message ids: what is sent again has another", len(ids))
	}
}

// child adds and sends until it is killed.
func child(t *testing.T, dir string) {
	d := childDeliverer(t, dir, os.Getenv("DELIVER_MAIL"), time.Now())
	if _, err := d.Add(t.Context(), deliver.Release{Version: 12, Made: time.Now()}, deliver.Request{}); err != nil {
		t.Fatal(err)
	}
	_ = d.Send(t.Context()) // nobody reads how it ends
}

func childDeliverer(t *testing.T, dir, mail string, now time.Time) *deliver.Deliverer {
	t.Helper()
	objects, err := localdir.Open(filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	reports := filepath.Join(dir, "reports")
	for _, at := range []string{reports, filepath.Join(reports, "gongan")} {
		if err := os.MkdirAll(at, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(at, "report.json"), []byte(`{"release":12,"problems":3}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := &catalog.Project{Dir: dir, Config: catalog.Config{Name: "示例区", Mail: catalog.Mail{Server: mail, From: "guiji@example.test", TLS: "off"}, Delivery: &catalog.Delivery{}},
		Departments: []catalog.Department{{ID: "gongan", Name: "示例区公安局", Delivery: catalog.Receiver{To: []catalog.Channel{{Mail: []string{"one@example.test", "two@example.test", "three@example.test"}}}}}}}
	d, err := deliver.New(deliver.Options{Project: p, Objects: objects, Passwords: filepath.Join(dir, "passwords"), Lang: text.ZH, Zone: zone, Owner: "child",
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }, Audit: func(_, _, _ string) error { return nil },
		Reports: func(context.Context, uint64) (string, func() error, error) {
			return reports, func() error { return nil }, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
