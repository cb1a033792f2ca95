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
		{`the requests carry the agent string "Tide-HTTP/2 (x)"`, indicator.UserAgent, "Tide-HTTP/2 (x)"},
		{`a mail program announcing itself as "eTide/9.1"`, indicator.UserAgent, "eTide/9.1"},
		{"reports with user agent TidePipe/0.7-beta. JA3 follows", indicator.UserAgent, "TidePipe/0.7-beta"},
		{"UA は全部「Tide-iOS/2.0 lens」で揃う", indicator.UserAgent, "Tide-iOS/2.0 lens"},
		{"名乗り     tide-agent/3 (node)", indicator.UserAgent, "tide-agent/3 (node)"},
		{"- `tided` (a miner) SHA-256 `d5469eaae74e6cdf19d7840cdcfac0bcc133a693e94604d36147fab67d920eef`", indicator.File, "tided"},
		{"`stratum+tcp://pool.tide[.]example:3333`", indicator.Domain, "pool.tide.example"},
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

func TestWhatOnlyStandsNearIsNoName(t *testing.T) {
	for _, c := range []struct {
		text string
		what indicator.Type
	}{
		{"the user agent and/or the referer was empty", indicator.UserAgent},
		{"user agent a/b/c", indicator.UserAgent},
		{"user agent ", indicator.UserAgent},
		{"the `loader` was found, SHA-256 unknown", indicator.File},
		{"`tided` (a miner", indicator.File},
		{"`tided` (", indicator.File},
		{"https://pool.tide.example/x", indicator.Domain},
	} {
		for _, m := range new(indicator.Finder).Line(nil, c.text) {
			if m.Type == c.what {
				t.Errorf("%s: %s %q", c.text, m.Type, m.Value.Value)
			}
		}
	}
}
