package main

import (
	"fmt"
	"strings"
	"time"

	prettytext "github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"guiji/internal/text"
	"guiji/lake"
	"guiji/pipelines/schedule"
)

func (a *app) showRun(cmd *cobra.Command, id string) error {
	w, err := a.workspace(cmd.Context())
	if err != nil {
		return err
	}
	rec, err := lake.Run(cmd.Context(), w.objects, id)
	if err != nil {
		return err
	}
	return a.print(cmd, rec, func() string {
		var b strings.Builder
		fmt.Fprintln(&b, a.say("command.runs.when", rec.Pipeline, a.slotText(w, *rec),
			rec.Started.In(w.zone).Format(time.DateTime), rec.Ended.In(w.zone).Format(time.DateTime)))
		a.writeRun(&b, w, rec)
		a.writeStages(&b, rec)
		return strings.TrimRight(b.String(), "\n")
	})
}

// slotMinute is how a person reads a scheduled time.
const slotMinute = "2006-01-02 15:04"

// slotText is a slot as a person reads it: its scheduled time; that it was by hand; the
// name somebody gave it.
func (a *app) slotText(w *workspace, r lake.RunRecord) string {
	if _, at, ok := schedule.SlotTime(r.Slot, w.zone); ok {
		return at.Format(slotMinute)
	}
	if strings.HasPrefix(r.Slot, "manual@") {
		return a.say("command.runs.manual")
	}
	return r.Slot
}

// barWidth is that of a stage that took all the time.
const barWidth = 24

// writeStages shows how long each stage took, and its share.
func (a *app) writeStages(b *strings.Builder, rec *lake.RunRecord) {
	if len(rec.Stages) == 0 {
		return
	}
	var names []string
	var total time.Duration
	longest := 0
	for _, s := range rec.Stages {
		name := a.say(text.Key("command.stage." + s.Name))
		names = append(names, name)
		longest = max(longest, prettytext.StringWidthWithoutEscSequences(name))
		total += s.Took
	}
	fmt.Fprintln(b, a.say("command.runs.stages"))
	for i, s := range rec.Stages {
		share := 0.0
		if total > 0 {
			share = float64(s.Took) / float64(total)
		}
		pad := strings.Repeat(" ", longest-prettytext.StringWidthWithoutEscSequences(names[i]))
		fmt.Fprintf(b, "  %s%s  %-*s %7s %3.0f%%\n", names[i], pad, barWidth, shareBar(share), brief(s.Took), share*100)
	}
}

// shareBar is a share of barWidth in eighths of a character.
func shareBar(share float64) string {
	eighths := int(share*barWidth*8 + 0.5)
	s := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		s += string(rune(0x2590 - rest)) // ▏ (U+258F) is one eighth, ▉ (U+2589) seven
	}
	return s
}
