// Package letter writes an office's letter (公文) as HTML for print and as DOCX, with
// margins and type after GB/T 9704-2012 (党政机关公文格式): A4, margins 37, 35, 28 and 26 mm,
// body in 仿宋 of size 3 (16 pt), title in 小标宋 of size 2 (22 pt), 22 lines of 28 signs a
// page. quality/report and cmd import it; it imports internal/text and compiles
// without DuckDB.
package letter

// Letter is one letter, in the order its parts stand in.
type Letter struct {
	Number      string // 发文字号, as it is to be filled in: 〔　　〕　　号
	Title       string
	To          string // 主送机关, with its colon
	Body        []Paragraph
	Attachments []string // 附件, in their order
	Attached    string   // the word before them, with its colon: 附件：
	From        string   // 发文机关署名; "" where it is left to be filled in
	Date        string   // 成文日期
	Lang        string   // of the text, as HTML names it: zh-CN
}

// Level is how a paragraph is set.
type Level int

// The levels: body, and headings of the first (一、) and second (（一）) order.
const (
	Body Level = iota
	First
	Second
)

// Paragraph is one of the body's; each begins two signs in.
type Paragraph struct {
	Level Level
	Text  string
}

// The page of GB/T 9704-2012, clause 5.2.1: a type area of 156 mm × 225 mm.
const (
	marginTop, marginBottom, marginLeft, marginRight = 37, 35, 28, 26 // mm

	bodyPoints, titlePoints, footPoints = 16, 22, 14 // 3号, 2号, 4号

	linesOfPage, signsOfLine = 22, 28
)

// linePoints is the distance of lines: 225 mm in 22 lines.
func linePoints() float64 { return 225 / 25.4 * 72 / linesOfPage }

// signPoints is the width of a sign: 156 mm in 28 signs, a little less than the type's.
func signPoints() float64 { return 156 / 25.4 * 72 / signsOfLine }
