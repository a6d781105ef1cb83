package deliver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"guiji/catalog"
	"guiji/internal/testkit/certs"
	"guiji/internal/testkit/listener"
	"guiji/internal/testkit/postoffice"
	"guiji/internal/text"
	"guiji/lake/localdir"
	"guiji/publish/deliver"
	"guiji/quality/worklist"
)

var zone = time.FixedZone("CST", 8*3600)

// canary is a value that only the work list of gongan holds.
const canary = "朱雀玄武371502199001010012"

// lab is a project with reports of a release, a deliverer, and where its messages come
// in.
type lab struct {
	*testing.T
	*deliver.Deliverer
	options deliver.Options
	project *catalog.Project
	mail    *postoffice.Office
	web     *listener.Listener
	reports string
	log     *bytes.Buffer
	now     time.Time
	audited []string
	looks   atomic.Int64 // at the clock
}

// newLab is a lab whose project is changed before it opens.
func newLab(t *testing.T, change func(l *lab)) *lab {
	t.Helper()
	for name, v := range map[string]string{"MAIL_PASSWORD": postoffice.Password, "KEY_WECOM": "wecom-t0ken", "KEY_DING": "ding-t0ken", "SEC_DING": "SEC-ding-s3cret", "KEY_FEISHU": "feishu-t0ken", "SEC_FEISHU": "feishu-s3cret"} {
		t.Setenv(name, v)
	}
	l := &lab{T: t, log: &bytes.Buffer{}, now: time.Date(2026, 11, 23, 10, 0, 0, 0, zone), web: listener.Open(t), reports: t.TempDir()}
	ca := certs.NewAuthority(t)
	l.mail = postoffice.Open(t, ca.Serve("127.0.0.1", time.Now().Add(time.Hour)), true)
	l.project = &catalog.Project{Dir: t.TempDir(), Config: catalog.Config{Name: "示例区", Bureau: catalog.Bureau{Name: "示例区大数据局", Office: "数据资源科", Phone: "0000-0000000"},
		Mail:     catalog.Mail{Server: l.mail.Address, From: "guiji@example.test", User: "robot", Password: "${MAIL_PASSWORD}", CA: ca.File},
		Delivery: &catalog.Delivery{Link: "https://reports.example.test/guiji", Hosts: []string{"127.0.0.1"}, To: []catalog.Channel{{Mail: []string{"bureau@example.test"}}}}}}
	l.project.Departments = []catalog.Department{
		{ID: "gongan", Name: "示例区公安局", Contact: catalog.Contact{Office: "信息通信科", Email: "gongan@example.test"}, Delivery: catalog.Receiver{To: []catalog.Channel{{Mail: []string{"gongan@example.test"}}}}},
		{ID: "minzheng", Name: "示例区民政局", Parent: "gongan", Contact: catalog.Contact{Office: "办公室", Email: "minzheng@example.test"}},
	}
	l.write(12)
	objects, err := localdir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	l.options = deliver.Options{Project: l.project, Objects: objects, Passwords: filepath.Join(t.TempDir(), "passwords"), Lang: text.ZH, Zone: zone, Owner: "lab/1",
		Log: slog.New(slog.NewTextHandler(l.log, nil)), Now: l.clock,
		Reports: func(context.Context, uint64) (string, func() error, error) {
			return l.reports, func() error { return nil }, nil
		},
		Audit: func(act, object, reason string) error {
			l.audited = append(l.audited, act+" "+object+" "+reason)
			return nil
		}}
	l.web.Say(`{"errcode":0,"errmsg":"ok","code":0,"msg":"success"}`, 200)
	if change != nil {
		change(l)
	}
	l.Deliverer = l.open("lab/1")
	return l
}

// clock goes on a little each time it is looked at, as clocks do.
func (l *lab) clock() time.Time {
	return l.now.Add(time.Duration(l.looks.Add(1)) * time.Microsecond)
}

// open is another process of the same project and store.
func (l *lab) open(owner string) *deliver.Deliverer {
	l.Helper()
	o := l.options
	o.Owner = owner
	d, err := deliver.New(o)
	if err != nil {
		l.Fatal(err)
	}
	return d
}

// write makes the reports of a release, as guiji report does.
func (l *lab) write(release uint64) {
	l.Helper()
	score := 98.25
	delta := int64(-2)
	mine := worklist.Summary{Department: "gongan", Name: "示例区公安局", Release: release, Date: "2026-11-23", Sentence: "本次核查 1000 条记录，发现问题 17 个。", Checked: 1000, Problems: 17,
		Delta: &delta, New: 3, Open: 14, Mended: 5, Overdue: 2, Due: "2026-12-14", Score: &score, Grade: "良", Files: []worklist.File{
			{Name: "index.html", Values: true}, {Name: "work-list.xlsx", Rows: 17, Values: true}, {Name: "report.json"}}}
	other := worklist.Summary{Department: "minzheng", Name: "示例区民政局", Release: release, Files: []worklist.File{{Name: "index.html"}}}
	whole := worklist.Summary{Name: "示例区大数据局", Release: release, Sentence: "2 个部门，发现问题 17 个。", Problems: 17}
	l.page("gongan", struct {
		worklist.Summary
		Resources []map[string]any `json:"resources"`
	}{mine, []map[string]any{{"id": "gongan/resident", "name": "常住人口信息", "problems": 17}, {"id": "gongan/house", "name": "房屋信息", "problems": 0}}})
	l.page("minzheng", other)
	l.page("", struct {
		worklist.Summary
		Departments []worklist.Summary `json:"departments"`
	}{whole, []worklist.Summary{mine, other}})
	book := excelize.NewFile()
	if err := book.SetCellValue("Sheet1", "A1", canary); err != nil {
		l.Fatal(err)
	}
	if err := book.SaveAs(filepath.Join(l.reports, "gongan", "work-list.xlsx")); err != nil {
		l.Fatal(err)
	}
}

func (l *lab) page(department string, v any) {
	l.Helper()
	dir := filepath.Join(l.reports, department)
	b, err := json.Marshal(v)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "report.json"), b, 0o600)
	}
	if err != nil {
		l.Fatal(err)
	}
}

// tell puts a release into the outbox and sends.
func (l *lab) tell(release uint64) {
	l.Helper()
	if _, err := l.Add(l.Context(), deliver.Release{Version: release, Made: l.now}, deliver.Request{}); err != nil {
		l.Fatal(err)
	}
	l.send()
}

func (l *lab) send() {
	l.Helper()
	if err := l.Send(l.Context()); err != nil {
		l.Fatal(err)
	}
}

// state is where the message of a department stands.
func (l *lab) state(id string) deliver.Standing {
	l.Helper()
	all, err := l.Status(l.Context())
	if err != nil {
		l.Fatal(err)
	}
	for _, s := range all {
		if s.ID == id {
			return s
		}
	}
	l.Fatalf("no message %s in %v", id, all)
	return deliver.Standing{}
}

const first = "v000000000012/gongan"

// robot is a messenger's robot where the listener is.
func (l *lab) robot(token, secret string) *catalog.Robot {
	return &catalog.Robot{Token: token, Secret: secret, Base: l.web.URL}
}
