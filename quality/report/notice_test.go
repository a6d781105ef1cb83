package report_test

import (
	"archive/zip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"guiji/catalog"
	"guiji/internal/text"
)

// The letter cites its basis in full, leaves the number to the office, says counts and
// terms, and has no value; both forms say the same.
func TestNoticeSaysWhatIsAsked(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	in := ordered(t, s, first, second)
	in.Project.Profiles = []catalog.ActiveProfile{{ID: "dongchang-2020"}, {ID: "state-council-809-2025"}}
	in.Project.Config.Bureau = catalog.Bureau{Name: "示例区大数据局", Office: "数据资源科", Phone: "0000-0000001"}
	build(t, in)
	page := read(t, in.Dir, "gongan", "notice.html")
	for _, body := range []string{page, docxText(t, filepath.Join(in.Dir, "gongan", "notice.docx"))} {
		contains(t, body, "〔　　　　〕　　号", "数据质量问题整改通知", "东昌府公安分局：",
			"依据《东昌府区政务数据资源管理暂行办法》（东昌政办字〔2020〕12号）第十六条、第二十九条、《政务数据共享条例》（国务院令第809号）、《信息技术 数据质量评价指标》（GB/T 36344-2018）",
			"发现问题3条", "逾期2条", "《常住人口基本信息》公民身份号码校验不通过2条", "逾期事项请立即完成整改", "最近一期为2026年12月8日", "申请）", "示例区大数据局", "2026年11月23日", "附件：", "1.", "问题整改清单（共1个文件）", "0000-0000001")
		lacks(t, body, "371502", "王小明", "report.", "%!")
	}
	contains(t, page, "size:A4;margin:37mm 26mm 35mm 28mm")
	contains(t, read(t, in.Dir, "gongan", "index.html"), `href="./notice.html"`, `href="./notice.docx"`)
	if _, err := os.Stat(filepath.Join(in.Dir, "minzheng", "notice.html")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a department with nothing to mend gets a letter")
	}
}

func TestNoticeInEnglish(t *testing.T) {
	s := newStore(t)
	first, second := chain(s)
	in := ordered(t, s, first, second)
	in.Lang = text.EN
	build(t, in)
	lacks(t, read(t, in.Dir, "gongan", "notice.html"), "report.", "%!", "条", "请")
}

// docxText is the text of a document's body.
func docxText(t *testing.T, path string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	body, err := fs.ReadFile(z, "word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, part := range strings.Split(string(body), "<w:t xml:space=\"preserve\">")[1:] {
		out.WriteString(part[:strings.Index(part, "</w:t>")])
	}
	return out.String()
}
