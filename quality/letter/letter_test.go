package letter_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"guiji/quality/letter"
)

func sample() *letter.Letter {
	return &letter.Letter{
		Number: "〔　　〕　　号", Title: "关于<整改>的通知", To: "某局：", Attached: "附件：", Attachments: []string{"报告", "清单"}, From: "某区大数据局", Date: "2026年11月23日", Lang: "zh-CN",
		Body: []letter.Paragraph{{Text: "正文 & \"引号\"。"}, {Level: letter.First, Text: "一、情况"}, {Level: letter.Second, Text: "（一）按期。请于期限前完成。"}, {Text: "坏字\x01符"}},
	}
}

// Every part is well-formed, every part that is named is there, and the page is that of
// GB/T 9704: twips are twentieths of a point.
func TestDocumentIsWhole(t *testing.T) {
	var b bytes.Buffer
	if err := sample().DOCX(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts["/"+f.Name] = string(body)
		for d := xml.NewDecoder(bytes.NewReader(body)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
		}
	}
	var types struct {
		Override []struct {
			PartName string `xml:",attr"`
		}
	}
	if err := xml.Unmarshal([]byte(parts["/[Content_Types].xml"]), &types); err != nil {
		t.Fatal(err)
	}
	for _, o := range types.Override {
		if parts[o.PartName] == "" {
			t.Errorf("%s is not there", o.PartName)
		}
	}
	for _, want := range []string{
		`<w:pgSz w:w="11906" w:h="16838"/>`, `<w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"`, `w:linePitch="580"`,
		`<w:sz w:val="44"/>`, "关于&lt;整改&gt;的通知", "正文 &amp; ", "附件：1.报告", "2.清单",
	} {
		if !strings.Contains(parts["/word/document.xml"], want) {
			t.Errorf("the document lacks %s", want)
		}
	}
	var again bytes.Buffer
	if err := sample().DOCX(&again); err != nil || !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Errorf("another document for the same letter, %v", err)
	}
}

func TestPageNeedsNothingElse(t *testing.T) {
	var b strings.Builder
	if err := sample().HTML(&b); err != nil {
		t.Fatal(err)
	}
	for _, not := range []string{"http:", "https:", "<script", "<link", "url(", "<整改>", "ZgotmplZ"} {
		if strings.Contains(b.String(), not) {
			t.Errorf("the page has %q", not)
		}
	}
	for _, want := range []string{"size:A4;margin:37mm 26mm 35mm 28mm", "28.99pt", "&lt;整改&gt;", `class="first"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
