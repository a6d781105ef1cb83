//go:build pictures

package report_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"guiji/catalog"
	"guiji/lake"
)

// TestPictures opens reports in a browser, at a desk's width and a phone's, and prints
// them: make pictures asks for it, with GUIJI_PICTURES, the folder that keeps what it saw. A page opens
// within two seconds with 100 000 open work orders, and no page is wider than a phone.
func TestPictures(t *testing.T) {
	to := os.Getenv("GUIJI_PICTURES")
	if to == "" {
		t.Fatal("GUIJI_PICTURES is not set: run make pictures")
	}
	b := &browser{t: t, path: findBrowser(t), to: to}
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	s := newStore(t)
	first, second := chain(s)
	withDoubts(s, second)
	in := ordered(t, s, first, second)
	in.Project.Profiles = []catalog.ActiveProfile{{ID: "dongchang-2020"}}
	in.Project.Config.Bureau = catalog.Bureau{Name: "示例区大数据局", Office: "数据资源科", Phone: "0000-0000001"}
	build(t, in)
	for _, name := range []string{"gongan/index.html", "gongan/problems.html", "gongan/problems-1.html", "gongan/notice.html", "renshe/index.html", "index.html"} {
		b.look(name, filepath.Join(in.Dir, name))
	}
	in = s.input(letIn(s), nil, t.TempDir())
	build(t, in)
	b.look("let-in", filepath.Join(in.Dir, "gongan", "index.html"))
	dir := crowded(t, s)
	for _, name := range []string{"index.html", "problems.html", "problems-100.html"} {
		if took := b.look("100000-"+name, filepath.Join(dir, "gongan", name)); took > 2*time.Second {
			t.Errorf("%s of 100 000 work orders opens in %v", name, took)
		}
	}
}

// crowded is a department with 100 000 open work orders.
func crowded(t *testing.T, s *store) string {
	t.Helper()
	rel := release(1, 20)
	const rows = 100_000
	s.put(rel, "raw/gongan/resident", fmt.Sprintf("SELECT i AS id, '37150219900101' || lpad(i::VARCHAR, 6, '0') AS citizen_id, NULL::VARCHAR AS citizen_id_raw FROM range(%d) t(i)", rows))
	s.put(rel, "quality/gongan/resident/failures", fmt.Sprintf("SELECT i AS id, 'citizen_id.citizen_id' AS rule, 'aaaaaaaa' AS version FROM range(%d) t(i)", rows))
	s.metrics(rel, "gongan/resident", metric{"citizen_id.citizen_id", "aaaaaaaa", "citizen_id", "citizen_id", "公民身份号码校验不通过", "0302", "error", "fail", rows, rows, ""})
	rel.Resources["gongan/resident"] = lake.Resource{Outcome: "ok", Read: rows, Pulled: rel.Created}
	s.openOrders(rel)
	in := s.input(rel, nil, t.TempDir())
	in.Orders = openBook(t, s, in, nil)
	build(t, in)
	return in.Dir
}

// browser is a Chromium without a window.
type browser struct {
	t        *testing.T
	path, to string
}

func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatal("no Chromium on this machine: install the package chromium")
	return ""
}

// look takes two pictures of a page and prints it; it returns how long the page takes to
// open.
func (b *browser) look(name, page string) time.Duration {
	b.t.Helper()
	name = strings.ReplaceAll(name, "/", "-")
	url := "file://" + page
	b.run("--window-size=1280,1800", "--screenshot="+filepath.Join(b.to, name+".desk.png"), url)
	b.run("--window-size=390,1800", "--screenshot="+filepath.Join(b.to, name+".phone.png"), url)
	pdf := filepath.Join(b.to, name+".pdf")
	b.run("--no-pdf-header-footer", "--print-to-pdf="+pdf, url)
	body, err := os.ReadFile(pdf)
	if err != nil {
		b.t.Fatal(err)
	}
	sheets := len(regexp.MustCompile(`/Type\s*/Page\b`).FindAll(body, -1))
	if sheets == 0 || sheets > 60 {
		b.t.Errorf("%s is printed on %d sheets", name, sheets)
	}
	wide, took := b.measure(url)
	if wide > 390 {
		b.t.Errorf("%s is %d wide on a phone of 390", name, wide)
	}
	b.t.Logf("%-28s opens in %4d ms, is %d wide on a phone of 390, prints on %d sheets", name, took.Milliseconds(), wide, sheets)
	return took
}

// measure opens the page in a frame as wide as a phone, since the page itself runs no
// script, and tells its width and the time until all of it is laid out.
func (b *browser) measure(url string) (wide int, took time.Duration) {
	b.t.Helper()
	frame := filepath.Join(b.t.TempDir(), "frame.html")
	body := `<!DOCTYPE html><body><iframe id="f" style="width:390px;height:800px;border:0" src="` + url + `"></iframe><script>
		onload = () => { const d = document.getElementById("f").contentDocument.documentElement; const w = d.scrollWidth + d.offsetHeight * 0; document.body.textContent = "wide=" + w + " took=" + Math.round(performance.now()) + "." }</script>`
	if err := os.WriteFile(frame, []byte(body), 0o600); err != nil {
		b.t.Fatal(err)
	}
	out := b.run("--allow-file-access-from-files", "--window-size=1280,1800", "--dump-dom", "file://"+frame)
	m := regexp.MustCompile(`wide=(\d+) took=(\d+)\.`).FindSubmatch(out)
	if m == nil {
		b.t.Fatalf("the page could not be measured: %.300s", out)
	}
	w, _ := strconv.Atoi(string(m[1])) // digits
	ms, _ := strconv.Atoi(string(m[2]))
	return w, time.Duration(ms) * time.Millisecond
}

func (b *browser) run(args ...string) []byte {
	b.t.Helper()
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + filepath.Join(b.t.TempDir(), "browser")}, args...)
	cmd := exec.Command(b.path, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		b.t.Fatalf("browser: %v\n%.500s", err, errs.Bytes())
	}
	return out
}
