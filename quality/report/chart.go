package report

import (
	"fmt"
	"html/template"
	"math"
	"strings"

	"guiji/quality"
)

// A chart's size in its own units; it grows with the page.
const (
	chartWidth, chartHeight           = 640, 170
	chartLeft, chartRight, chartTop   = 40, 16, 18
	chartBottom                       = 28
	sparkWidth, sparkHeight, sparkPad = 96, 20, 3
)

// scale is the lowest score a chart shows: somewhat below the least, so that small changes
// are seen, and labelled, so that they are not mistaken for large ones.
func scale(values []float64) float64 {
	least := 100.0
	for _, v := range values {
		least = min(least, v)
	}
	for _, low := range []float64{99, 98, 95, 90, 80, 60} {
		if least >= low+(100-low)/4 {
			return low
		}
	}
	return max(0, math.Floor(least/10)*10-10)
}

// Line draws the scores of the past, "" for fewer than two. A hollow point had other rules
// than the one before it.
func (p page) Line(points []point) template.HTML {
	if len(points) < 2 {
		return ""
	}
	values := make([]float64, len(points))
	for i, x := range points {
		values[i] = x.Card.Score
	}
	low := scale(values)
	x := func(i int) float64 {
		return chartLeft + float64(i)*(chartWidth-chartLeft-chartRight)/float64(len(points)-1)
	}
	y := func(v float64) float64 {
		return chartTop + (100-v)/(100-low)*(chartHeight-chartTop-chartBottom)
	}
	var s strings.Builder
	fmt.Fprintf(&s, `<svg class="chart" viewBox="0 0 %d %d" role="img" aria-label="%s">`, chartWidth, chartHeight, template.HTMLEscapeString(p.lineText(points)))
	for _, v := range []float64{low, (low + 100) / 2, 100} {
		fmt.Fprintf(&s, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text class="axis" x="%d" y="%.1f" text-anchor="end">%.4g</text>`, chartLeft, chartWidth-chartRight, y(v), y(v), chartLeft-6, y(v)+4, v)
	}
	path := make([]string, len(points))
	for i, v := range values {
		path[i] = fmt.Sprintf("%.1f,%.1f", x(i), y(v))
	}
	fmt.Fprintf(&s, `<polyline class="line" points="%s"/>`, strings.Join(path, " "))
	for i, pt := range points {
		class := "dot"
		if pt.Other {
			class = "dot other"
		}
		fmt.Fprintf(&s, `<circle class="%s" cx="%.1f" cy="%.1f" r="4"/>`, class, x(i), y(values[i]))
		anchor := "middle"
		if i == 0 {
			anchor = "start"
		} else if i == len(points)-1 {
			anchor = "end"
		}
		if i == 0 || i == len(points)-1 || len(points) <= 6 || i%3 == 0 && i < len(points)-2 {
			fmt.Fprintf(&s, `<text class="axis" x="%.1f" y="%d" text-anchor="%s">%s</text>`, x(i), chartHeight-8, anchor, pt.Day.Format("01-02"))
		}
		if i == 0 || i == len(points)-1 {
			fmt.Fprintf(&s, `<text class="value" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x(i), y(values[i])-8, anchor, mark(values[i]))
		}
	}
	s.WriteString("</svg>")
	return template.HTML(s.String())
}

// lineText says a line in words, for those who do not see it.
func (p page) lineText(points []point) string {
	parts := make([]string, len(points))
	for i, x := range points {
		parts[i] = x.Day.Format("2006-01-02") + " " + mark(x.Card.Score)
	}
	return p.t("report.trend.line", strings.Join(parts, ", "))
}

// Changed reports whether any point had other rules than the one before.
func (p page) Changed(points []point) bool {
	for _, x := range points {
		if x.Other {
			return true
		}
	}
	return false
}

// Spark draws one dimension's scores of the past, small; "" for fewer than two.
func (p page) Spark(points []point, code string) template.HTML {
	var values []float64
	for _, x := range points {
		for _, d := range x.Card.Dimensions {
			if d.Code == code && d.Evaluated {
				values = append(values, d.Score)
			}
		}
	}
	if len(values) < 2 {
		return ""
	}
	low := scale(values)
	path := make([]string, len(values))
	for i, v := range values {
		path[i] = fmt.Sprintf("%.1f,%.1f", sparkPad+float64(i)*(sparkWidth-2*sparkPad)/float64(len(values)-1), sparkPad+(100-v)/(100-low)*(sparkHeight-2*sparkPad))
	}
	end := strings.Split(path[len(path)-1], ",")
	return template.HTML(fmt.Sprintf(`<svg class="spark" viewBox="0 0 %d %d" aria-hidden="true"><polyline class="line" points="%s"/><circle class="dot" cx="%s" cy="%s" r="2.5"/></svg>`,
		sparkWidth, sparkHeight, strings.Join(path, " "), end[0], end[1]))
}

// mark is a score, cut and never rounded up: 100.00 is said only where nothing fails.
func mark(score float64) string {
	hundredths := math.Floor(score*100 + 1e-7)
	if score < 100 && hundredths >= 10_000 {
		hundredths = 9_999
	}
	return fmt.Sprintf("%.2f", hundredths/100)
}

// ScoreText is a score with its grade, or that nothing was evaluated.
func (p page) ScoreText(card quality.Scorecard) string {
	if !card.Evaluated {
		return p.t("report.unrated")
	}
	if card.Grade == "" {
		return mark(card.Score)
	}
	return p.t("report.score.grade", mark(card.Score), card.Grade)
}
