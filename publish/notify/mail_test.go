package notify_test

import (
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/internal/testkit/certs"
	"guiji/internal/testkit/postoffice"
)

// A mail goes out by a server that proves who it is, and by no other.
func TestMailTLS(t *testing.T) {
	ca := certs.NewAuthority(t)
	hour := time.Now().Add(time.Hour)
	for _, c := range []struct {
		name     string
		conf     *tls.Config
		implicit bool
		mode, ca string
		sent     bool
	}{
		{"tls", ca.Serve("127.0.0.1", hour), true, "", ca.File, true},
		{"tls, said", ca.Serve("127.0.0.1", hour), true, "verify", ca.File, true},
		{"starttls", ca.Serve("127.0.0.1", hour), false, "starttls", ca.File, true},
		{"expired", ca.Serve("127.0.0.1", time.Now().Add(-time.Hour)), true, "", ca.File, false},
		{"expired, starttls", ca.Serve("127.0.0.1", time.Now().Add(-time.Hour)), false, "starttls", ca.File, false},
		{"wrong host", ca.Serve("mail.example.test", hour), true, "", ca.File, false},
		{"wrong host, starttls", ca.Serve("mail.example.test", hour), false, "starttls", ca.File, false},
		{"unknown authority", ca.Serve("127.0.0.1", hour), true, "", "", false},
		{"no starttls offered", nil, false, "starttls", ca.File, false},
		{"plain where tls is wanted", nil, false, "", ca.File, false},
		{"plain", nil, false, "off", "", true},
	} {
		o := postoffice.Open(t, c.conf, c.implicit)
		d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Mail: []string{"a@example.test", "b@example.test"}}}})
		d.Mail = catalog.Mail{Server: o.Address, From: "guiji@example.test", TLS: c.mode, CA: c.ca}
		if c.sent && c.conf != nil {
			d.Mail.User, d.Mail.Password = "robot", "${MAIL_PASSWORD}"
			t.Setenv("MAIL_PASSWORD", postoffice.Password)
		}
		d.Tell(t.Context(), failure())
		got := o.Letters()
		if c.sent != (len(got) == 1) {
			t.Errorf("%s: %d letters; %s", c.name, len(got), d.log.String())
			continue
		}
		if c.sent && (strings.Join(got[0].To, " ") != "a@example.test b@example.test" || got[0].From != "guiji@example.test" || (c.conf != nil) != (got[0].User == "robot")) {
			t.Errorf("%s: %+v", c.name, got[0])
		}
		if strings.Contains(d.log.String(), postoffice.Password) || strings.Contains(d.log.String(), "example.test") {
			t.Errorf("%s: the log tells too much: %s", c.name, d.log.String())
		}
	}
}

// Plain mail to another machine is refused, whatever the settings' check let through.
func TestMailPlainStaysHere(t *testing.T) {
	d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Mail: []string{"a@example.test"}}}})
	d.Mail = catalog.Mail{Server: "203.0.113.7:25", From: "guiji@example.test", TLS: "off"}
	d.Tell(t.Context(), failure())
	if !strings.Contains(d.log.String(), "kind=config") {
		t.Error(d.log.String())
	}
}

// What an office reads: in Chinese, with counts, dates and names.
func TestMailText(t *testing.T) {
	o := postoffice.Open(t, nil, false)
	d := newDesk(t, catalog.Hooks{OnFailure: []catalog.Hook{{Mail: []string{"a@example.test"}}}, OnMissed: []catalog.Hook{{Mail: []string{"a@example.test"}}}})
	d.Mail = catalog.Mail{Server: o.Address, From: "guiji@example.test", TLS: "off"}
	for _, e := range eventsOfAllKinds() {
		d.Tell(t.Context(), e)
	}
	got := o.Letters()
	if len(got) != 4 {
		t.Fatalf("%d letters: %s", len(got), d.log.String())
	}
	for i, want := range [][]string{
		{"【归集告警】示例区：任务 nightly 运行部分完成", "批次：2026-11-22 22:00", "房屋信息（gongan/house，示例区公安局）失败: 无法连接来源", "共 9 个，其中 1 个", "系统将自动重试", "guiji runs show 20261122T220003-7f3a2b", "不含数据内容"},
		{"运行失败", "未产生新版本", "自动重试次数已用完"},
		{"未按时启动", "未启动批次：3 个", "调度服务未运行", "正在补跑"},
		{"房屋信息 (gongan/house)逾期未归集", "更新周期：每日", "最近归集：2026-11-20 22:00"},
	} {
		subject, body, header, _ := got[i].Read(t)
		for _, w := range want {
			if !strings.Contains(subject+"\n"+body, w) {
				t.Errorf("letter %d lacks %s:\n%s\n%s", i, w, subject, body)
			}
		}
		if ct := header.Get("Content-Type"); !strings.HasPrefix(ct, "text/plain") || header.Get("Auto-Submitted") != "auto-generated" {
			t.Errorf("letter %d: %s", i, ct)
		}
	}
}
