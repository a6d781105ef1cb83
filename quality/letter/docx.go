package letter

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
)

// DOCX writes the letter as Office Open XML (ISO/IEC 29500, transitional), the same bytes
// for the same letter.
func (l *Letter) DOCX(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, body string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRels},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/document.xml", l.document()},
		{"word/styles.xml", styles()},
		{"word/settings.xml", settings},
		{"word/fontTable.xml", fontTable},
		{"word/footer1.xml", footer("right")},
		{"word/footer2.xml", footer("left")},
	} {
		out, err := z.Create(part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(out, xml.Header+part.body); err != nil {
			return err
		}
	}
	return z.Close()
}

const (
	wordSpace = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	office    = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	partType  = "application/vnd.openxmlformats-officedocument.wordprocessingml."

	contentTypes = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="` + partType + `document.main+xml"/>` +
		`<Override PartName="/word/styles.xml" ContentType="` + partType + `styles+xml"/><Override PartName="/word/settings.xml" ContentType="` + partType + `settings+xml"/>` +
		`<Override PartName="/word/fontTable.xml" ContentType="` + partType + `fontTable+xml"/><Override PartName="/word/footer1.xml" ContentType="` + partType + `footer+xml"/>` +
		`<Override PartName="/word/footer2.xml" ContentType="` + partType + `footer+xml"/></Types>`
	packageRels  = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + `officeDocument" Target="word/document.xml"/></Relationships>`
	documentRels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + `styles" Target="styles.xml"/>` +
		`<Relationship Id="rId2" Type="` + office + `settings" Target="settings.xml"/><Relationship Id="rId3" Type="` + office + `fontTable" Target="fontTable.xml"/>` +
		`<Relationship Id="rId4" Type="` + office + `footer" Target="footer1.xml"/><Relationship Id="rId5" Type="` + office + `footer" Target="footer2.xml"/></Relationships>`
	settings = `<w:settings ` + wordSpace + `><w:evenAndOddHeaders/><w:characterSpacingControl w:val="compressPunctuation"/></w:settings>`
	// Where a type is not on a machine, its nearest is named.
	fontTable = `<w:fonts ` + wordSpace + `><w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
		`<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>` +
		`<w:font w:name="黑体"><w:altName w:val="SimHei"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
		`<w:font w:name="楷体_GB2312"><w:altName w:val="楷体"/><w:charset w:val="86"/><w:family w:val="modern"/></w:font>` +
		`<w:font w:name="宋体"><w:altName w:val="SimSun"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font></w:fonts>`
)

// The letter's types.
const (
	fangSong = "仿宋_GB2312"
	bigSong  = "方正小标宋简体"
	heiTi    = "黑体"
	kaiTi    = "楷体_GB2312"
	song     = "宋体"
)

func twips(points float64) int { return int(math.Round(20 * points)) }

func millimetres(mm float64) int { return twips(mm / 25.4 * 72) }

func styles() string {
	tight := fmt.Sprintf(`<w:spacing w:val="%d"/>`, twips(signPoints()-bodyPoints)) // a grid of signs is not laid out alike by all programs
	return `<w:styles ` + wordSpace + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts(fangSong) + tight + size(bodyPoints) + `<w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault>` +
		fmt.Sprintf(`<w:pPrDefault><w:pPr><w:spacing w:before="0" w:after="0" w:line="%d" w:lineRule="exact"/></w:pPr></w:pPrDefault></w:docDefaults>`, twips(linePoints())) +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:pPr><w:jc w:val="both"/></w:pPr></w:style></w:styles>`
}

func fonts(name string) string {
	return `<w:rFonts w:ascii="` + name + `" w:hAnsi="` + name + `" w:eastAsia="` + name + `" w:cs="` + name + `"/>`
}

func size(points int) string {
	return fmt.Sprintf(`<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, 2*points, 2*points)
}

func run(properties, s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // to a builder: no error
	return `<w:r><w:rPr>` + properties + `</w:rPr><w:t xml:space="preserve">` + b.String() + `</w:t></w:r>`
}

func paragraph(properties, runs string) string {
	return `<w:p><w:pPr>` + properties + `</w:pPr>` + runs + `</w:p>`
}

// indent begins a paragraph two signs in.
const indent = `<w:ind w:firstLineChars="200" w:firstLine="632"/>`

func (l *Letter) document() string {
	var s strings.Builder
	s.WriteString(`<w:document ` + wordSpace + `><w:body>`)
	blank := paragraph("", "")
	s.WriteString(paragraph(`<w:jc w:val="center"/>`, run("", l.Number)) + blank)
	s.WriteString(paragraph(fmt.Sprintf(`<w:spacing w:line="%d" w:lineRule="exact"/><w:jc w:val="center"/>`, twips(32)), run(fonts(bigSong)+size(titlePoints), l.Title)) + blank)
	s.WriteString(paragraph("", run("", l.To)))
	for _, p := range l.Body {
		switch p.Level {
		case First:
			s.WriteString(paragraph(`<w:keepNext/>`+indent, run(fonts(heiTi), p.Text)))
		case Second:
			s.WriteString(paragraph(indent, second(p.Text)))
		default:
			s.WriteString(paragraph(indent, run("", p.Text)))
		}
	}
	for i, a := range l.Attachments {
		if i == 0 {
			s.WriteString(blank + paragraph(`<w:ind w:leftChars="600" w:left="1895" w:hangingChars="400" w:hanging="1263"/>`, run("", fmt.Sprintf("%s1.%s", l.Attached, a))))
			continue
		}
		s.WriteString(paragraph(`<w:ind w:leftChars="600" w:left="1895" w:hangingChars="100" w:hanging="316"/>`, run("", fmt.Sprintf("%d.%s", i+1, a))))
	}
	s.WriteString(blank + blank + l.signature())
	s.WriteString(`<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>` +
		fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="%d" w:gutter="0"/>`,
			millimetres(210), millimetres(297), millimetres(marginTop), millimetres(marginRight), millimetres(marginBottom), millimetres(marginLeft), millimetres(marginBottom-12)) +
		fmt.Sprintf(`<w:docGrid w:type="lines" w:linePitch="%d"/></w:sectPr></w:body></w:document>`, twips(linePoints())))
	return s.String()
}

// second sets the heading of a paragraph of the second order apart: up to its first stop.
func second(s string) string {
	head, rest, ok := strings.Cut(s, "。")
	if !ok || len([]rune(head)) > signsOfLine {
		return run("", s)
	}
	return run(fonts(kaiTi), head+"。") + run("", rest)
}

// signature is who writes and when: the date four signs from the right, the name above
// its middle.
func (l *Letter) signature() string {
	middle := func(s string) string {
		return paragraph(fmt.Sprintf(`<w:keepNext/><w:ind w:left="%d" w:rightChars="200" w:right="632"/><w:jc w:val="center"/>`, millimetres(70)), run("", s))
	}
	return middle(l.From) + middle(l.Date)
}

// footer is the page's number, in 宋体 of size 4, one sign in from the outer edge.
func footer(side string) string {
	properties := fonts(song) + size(footPoints)
	field := `<w:r><w:rPr>` + properties + `</w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:rPr>` + properties + `</w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
		`<w:r><w:rPr>` + properties + `</w:rPr><w:fldChar w:fldCharType="separate"/></w:r>` + run(properties, "1") + `<w:r><w:rPr>` + properties + `</w:rPr><w:fldChar w:fldCharType="end"/></w:r>`
	edge := `<w:ind w:` + side + `Chars="100" w:` + side + `="280"/>`
	return `<w:ftr ` + wordSpace + `>` + paragraph(edge+`<w:jc w:val="`+side+`"/>`, run(properties, "— ")+field+run(properties, " —")) + `</w:ftr>`
}
