package fault

import (
	"errors"
	"testing"

	"guiji/internal/text"
)

func TestMessageTellsEveryJoinedError(t *testing.T) {
	err := errors.Join(New(Config, "command.usage"), errors.Join(New(Gate, "command.interrupted"), errors.New("plain")))
	if got, want := Message(text.ZH, err), "用法有误\n已中断\nplain"; got != want {
		t.Errorf("Message = %q, want %q", got, want)
	}
	if got := ExitCode(err); got != 2 {
		t.Errorf("ExitCode = %d, want that of the first, 2", got)
	}
}
