package main

import (
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"guiji/internal/text"
	"guiji/pipelines"
)

// newProgress is a bar on a terminal; elsewhere the log's lines tell enough.
func (a *app) newProgress() pipelines.Progress {
	if a.json || !terminal(os.Stderr) {
		return silent{}
	}
	return &bar{lang: a.language()}
}

type silent struct{}

func (silent) Stage(string)        {}
func (silent) Rows(string, int64)  {}
func (silent) Done(string, string) {}

// bar shows the stage and the rows read so far.
type bar struct {
	mu   sync.Mutex
	lang text.Lang
	bar  *progressbar.ProgressBar
}

func (b *bar) Stage(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		_ = b.bar.Finish()
	}
	b.bar = progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetDescription(text.Format(b.lang, text.Key("command.stage."+name))),
		progressbar.OptionSetItsString(text.Format(b.lang, "command.rows")),
		progressbar.OptionShowIts(), progressbar.OptionShowCount(), progressbar.OptionSpinnerType(14),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetSpinnerChangeInterval(100*time.Millisecond), progressbar.OptionSetRenderBlankState(true), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(20),
	)
}

func (b *bar) Rows(_ string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bar != nil {
		_ = b.bar.Add64(n)
	}
}

func (b *bar) Done(string, string) {}

// end clears the bar before the summary is printed.
func endProgress(p pipelines.Progress) {
	if b, ok := p.(*bar); ok && b.bar != nil {
		_ = b.bar.Finish()
	}
}
