package deliver_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"guiji/catalog"
	"guiji/publish/deliver"
)

// robots is a lab in which gongan has a robot of each messenger.
func robots(t *testing.T) *lab {
	return newLab(t, func(l *lab) {
		l.project.Config.Delivery.To = nil
		l.project.Departments[0].Delivery.To = []catalog.Channel{
			{WeCom: l.robot("${KEY_WECOM}", "")}, {DingTalk: l.robot("${KEY_DING}", "${SEC_DING}")}, {Feishu: l.robot("${KEY_FEISHU}", "${SEC_FEISHU}")},
		}
	})
}

// Each messenger gets what its documentation asks for, signed as it says.
func TestRobots(t *testing.T) {
	l := robots(t)
	l.project.Departments[0].Name += `<at user_id="all"></at>` // 飞书 would call everybody
	l.tell(12)
	got := l.web.Posts()
	if len(got) != 3 || strings.Contains(string(got[2].Body), "<at") || !strings.Contains(string(got[2].Body), "＜at user_id") {
		t.Fatalf("%d posts: %s", len(got), l.log)
	}
	var weCom, ding struct {
		Type string `json:"msgtype"`
		Text struct {
			Content string `json:"content"`
		} `json:"text"`
	}
	var fei struct {
		Type      string `json:"msg_type"`
		Timestamp string `json:"timestamp"`
		Sign      string `json:"sign"`
		Content   struct {
			Text string `json:"text"`
		} `json:"content"`
	}
	for i, v := range []any{&weCom, &ding, &fei} {
		if err := json.Unmarshal(got[i].Body, v); err != nil {
			t.Fatal(err)
		}
	}
	for i, said := range []string{weCom.Text.Content, ding.Text.Content, fei.Content.Text} {
		if !strings.Contains(said, "17 个") || !strings.Contains(said, "https://reports.example.test/guiji/gongan/") || strings.Contains(said, "常住人口信息") {
			t.Errorf("post %d: %s", i, said)
		}
	}
	if got[0].URL != "/cgi-bin/webhook/send?key=wecom-t0ken" || weCom.Type != "text" {
		t.Errorf("%s %+v", got[0].URL, weCom)
	}
	u, err := url.Parse(got[1].URL)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	stamp := strconv.FormatInt(l.now.UnixMilli(), 10)
	if u.Path != "/robot/send" || q.Get("access_token") != "ding-t0ken" || q.Get("timestamp") != stamp || q.Get("sign") != hmac256("SEC-ding-s3cret", stamp+"\n"+"SEC-ding-s3cret") || ding.Type != "text" {
		t.Errorf("%s", got[1].URL)
	}
	stamp = strconv.FormatInt(l.now.Unix(), 10)
	if got[2].URL != "/open-apis/bot/v2/hook/feishu-t0ken" || fei.Type != "text" || fei.Timestamp != stamp || fei.Sign != hmac256(stamp+"\n"+"feishu-s3cret", "") {
		t.Errorf("%s %+v", got[2].URL, fei)
	}
	for _, secret := range []string{"t0ken", "s3cret"} {
		if strings.Contains(l.log.String(), secret) || strings.Contains(fmt.Sprint(l.state(first)), secret) {
			t.Errorf("%s is told: %s", secret, l.log)
		}
	}
}

func hmac256(key, message string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// The test's own signatures, by which the robots are judged, are those that the vendors'
// sample code (Python's hmac) makes.
func TestSignatures(t *testing.T) {
	for _, c := range []struct{ key, message, want string }{
		{"this is secret", "1577262236757\nthis is secret", "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="},
		{"1599360473\ndemo", "", "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="},
	} {
		if got := hmac256(c.key, c.message); got != c.want {
			t.Error(got)
		}
	}
}

// Status 200 says nothing: the answer's code does. A robot that is found too busy is
// left alone for ten minutes.
func TestRobotAnswers(t *testing.T) {
	for answer, want := range map[string]string{
		`{"errcode":0,"code":0}`:                                    "",
		`{"errcode":93000,"code":19021,"errmsg":"invalid"}`:         "拒收消息",
		`{"errcode":310000,"code":19024,"errmsg":"sign not match"}`: "拒收消息",
		`{"errcode":45009,"code":11232}`:                            "暂不接收",
		`{"errcode":130101,"code":11232}`:                           "暂不接收",
		`<html>`:                                                    "无法识别",
		`{}`:                                                        "无法识别",
		`{"errcode":"x","code":null}`:                               "无法识别",
	} {
		l := robots(t)
		l.web.Say(answer, 200)
		l.tell(12)
		s := l.state(first)
		if want == "" != (s.State == deliver.Sent) {
			t.Errorf("%s: %+v", answer, s)
		}
		told := false
		for _, x := range s.Steps {
			told = told || want != "" && strings.Contains(x.Why, want)
			if strings.Contains(x.Why, "invalid") || strings.Contains(x.Why, "sign not") {
				t.Errorf("%s: the answer is repeated: %s", answer, x.Why)
			}
		}
		if want != "" && !told {
			t.Errorf("%s: %+v", answer, s.Steps)
		}
	}
}

func TestBusyRobotRests(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.To = nil
		l.project.Departments[0].Delivery.To = []catalog.Channel{{DingTalk: l.robot("${KEY_DING}", "${SEC_DING}")}}
	})
	l.web.Say(`{"errcode":130101}`, 200)
	l.tell(12)
	l.web.Say(`{"errcode":0}`, 200)
	l.now = l.now.Add(5 * time.Minute)
	l.send()
	if n := len(l.web.Posts()); n != 1 {
		t.Errorf("%d posts while it rests", n)
	}
	l.now = l.state(first).Next
	l.send()
	if s := l.state(first); s.State != deliver.Sent || len(l.web.Posts()) != 2 {
		t.Errorf("%+v", s)
	}
}

// A robot that many departments share sends no more than twenty a minute: the rest waits.
func TestPace(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.To = nil
		l.project.Departments = nil
		for i := range 25 {
			id := fmt.Sprintf("d%02d", i)
			l.project.Departments = append(l.project.Departments, catalog.Department{ID: id, Name: id, Delivery: catalog.Receiver{To: []catalog.Channel{{WeCom: l.robot("${KEY_WECOM}", "")}}}})
			l.page(id, map[string]any{"release": 12, "sentence": "x"})
		}
	})
	if _, err := l.Add(t.Context(), deliver.Release{Version: 12, Made: l.now}, deliver.Request{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Send(ctx) }()
	for len(l.web.Posts()) < 20 && t.Context().Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // one more would be there by now
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if n := len(l.web.Posts()); n != 20 {
		t.Fatalf("%d posts within a minute", n)
	}
	l.now = l.now.Add(10 * time.Minute)
	l.send()
	if n := len(l.web.Posts()); n != 25 {
		t.Errorf("%d posts in the end", n)
	}
}

// A webhook's document is the project's own, and JSON whatever names hold; addresses
// that are not allowed are not asked.
func TestWebhook(t *testing.T) {
	l := newLab(t, func(l *lab) {
		l.project.Config.Delivery.To = nil
		l.project.Departments[0].Name = "甲\"局\\\r\n乙"
		body := `{"msg": {"title": "{{.Subject}}", "body": "{{.Text}}", "n": {{.Problems}}, "dept": "{{.Department}}"}}`
		if err := os.WriteFile(filepath.Join(l.project.Dir, "hook.tmpl"), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		l.project.Departments[0].Delivery.To = []catalog.Channel{{Webhook: &catalog.Webhook{URL: l.web.URL + "/send", Template: "hook.tmpl", OKField: "ret", OKValue: "ok"}}}
	})
	l.web.Say(`{"ret":"busy"}`, 200)
	l.tell(12)
	if s := l.state(first); s.State != deliver.Failing {
		t.Errorf("%+v", s)
	}
	l.web.Say(`{"ret":"ok"}`, 200)
	l.now = l.now.Add(time.Hour)
	l.send()
	var got struct {
		Msg struct {
			Title, Body, Dept string
			N                 int64
		}
	}
	posts := l.web.Posts()
	if err := json.Unmarshal(posts[len(posts)-1].Body, &got); err != nil || got.Msg.N != 17 || got.Msg.Dept != "甲\"局\\ 乙" || !strings.Contains(got.Msg.Body, "\n") {
		t.Errorf("%v: %+v", err, got)
	}
	l.project.Config.Delivery.Hosts = []string{"elsewhere.example.test"}
	if _, err := l.Add(t.Context(), deliver.Release{Version: 12}, deliver.Request{Department: "gongan", Again: true}); err != nil {
		t.Fatal(err)
	}
	before := len(l.web.Posts())
	l.send()
	if s := l.state(first + "@2"); s.State != deliver.Failing || !strings.Contains(s.Steps[0].Why, "许可范围") || len(l.web.Posts()) != before {
		t.Errorf("%+v", s)
	}
}

// What is too long for a messenger is cut between two characters, and says so.
func TestLongForRobots(t *testing.T) {
	l := robots(t)
	l.project.Departments[0].Name = strings.Repeat("长", 5000)
	l.project.Config.Name = strings.Repeat("名", 5000) + "\r\nBcc: x@example.test"
	l.project.Config.Bureau.Phone = strings.Repeat("9", 5000)
	l.tell(12)
	for _, p := range l.web.Posts() {
		if !utf8.Valid(p.Body) || !json.Valid(p.Body) || strings.HasPrefix(p.URL, "/cgi-bin") && len(p.Body) > 2400 {
			t.Errorf("%s: %d bytes", p.URL, len(p.Body))
		}
	}
	if n := len(l.web.Posts()); n != 3 {
		t.Errorf("%d posts", n)
	}
}
