package indicator_test

import (
	"testing"

	"github.com/wakachi/wakachi/internal/indicator"
)

func TestAWordSaysWhatTheNameBeforeItIs(t *testing.T) {
	for _, c := range []struct {
		text  string
		what  indicator.Type
		value string
	}{
		{"shkwrk というプロセスが動いていた", indicator.File, "shkwrk"},
		{"中身は tidebot っていう ELF", indicator.File, "tidebot"},
		{"通信に \"TideSync/3.1\" という名乗りを使う", indicator.UserAgent, "TideSync/3.1"},
		{"タスクに「TideNight」が増えていた", indicator.Task, "TideNight"},
		{"タスク スケジューラには TideKeep が登録されていた", indicator.Task, "TideKeep"},
		{"ブラウザ名は「tidefetch/2.0」と記録", indicator.UserAgent, "tidefetch/2.0"},
		{"from a@tide.example, subject Your berth is waiting.", indicator.Subject, "Your berth is waiting"},
		{"件名 Tide tables attached", indicator.Subject, "Tide tables attached"},
	} {
		found := false
		for _, m := range new(indicator.Finder).Line(nil, c.text) {
			found = found || m.Type == c.what && m.Value.Value == c.value
		}
		if !found {
			t.Errorf("%s: no %s %q", c.text, c.what, c.value)
		}
	}
	for _, text := range []string{"タスクに追加した", "犯人という人", "the subject of the meeting", "タスクは 3 件"} {
		if got := new(indicator.Finder).Line(nil, text); len(got) > 0 {
			t.Errorf("%s: %v", text, got)
		}
	}
}
