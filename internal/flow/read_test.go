package flow_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/flow"
)

func TestReadAnswers(t *testing.T) {
	want := flow.Answers{flow.Unknown: flow.Yes, flow.Unclear: flow.CannotTell}
	for _, text := range []string{
		`{"answers":{"unknown":"yes","unclear":"cannot_tell"}}`,
		"\ufeff{\"answers\": {\"unknown\": \"yes\",\r\n \"unclear\": \"cannot_tell\"}}",
		"{\n\t\"answers\": {\n\t\t\"unknown\": \"yes\",\n\t\t\"unclear\": \"cannot_tell\"\n\t}\n}\n",
		"# who: us\nanswers:\n  unknown: yes\n  unclear: 'cannot_tell' # for now\n  not_widespread:\n",
		`{"answers":{"unknown":"yes","not_widespread":null,"unclear":"cannot_tell"},"outcomes":["consult"],"note":[1,{"x":2}]}`,
		"answers: {unknown: \"yes\", unclear: cannot_tell}",
	} {
		got, err := flow.Read("a", strings.NewReader(text), of(t, flow.Sharing))
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	if got, err := flow.Read("a", strings.NewReader(`{"answers":{}}`), of(t, flow.Sharing)); err != nil || len(got) != 0 {
		t.Errorf("no answers yet: %v, %v", got, err)
	}
}

func TestReadRefusesWhatCouldChangeTheResult(t *testing.T) {
	for text, want := range map[string]string{
		"":                                        "flow.no-answers: a",
		"# nothing\n":                             "flow.no-answers: a",
		"himitsu":                                 "flow.no-answers: a",
		"[]":                                      "flow.no-answers: a",
		"{}":                                      "flow.no-answers: a",
		"answer: {unknown: yes}":                  "flow.no-answers: a",
		"answers: [himitsu]":                      "flow.no-answers: a",
		"answers:\n":                              "flow.no-answers: a",
		"answers: {unknown: yes":                  "flow.syntax: a, 1",
		"a: 1\n answers: {":                       "flow.syntax: a, 1",
		"answers:\n  unknown: yes\n  outage: no":  "flow.unknown-question: a, 3, unknown, not_widespread, unclear",
		"answers:\n  Unknown: yes":                "flow.unknown-question: a, 2, unknown, not_widespread, unclear",
		"answers:\n  himitsu: yes":                "flow.unknown-question: a, 2, unknown, not_widespread, unclear",
		"answers:\n  5: yes":                      "flow.unknown-question: a, 2, unknown, not_widespread, unclear",
		"answers:\n\n  unknown: himitsu":          "flow.unknown-answer: a, 3, unknown",
		"answers: {unknown: true}":                "flow.unknown-answer: a, 1, unknown",
		"answers: {unknown: [yes]}":               "flow.unknown-answer: a, 1, unknown",
		"answers: {unknown: YES}":                 "flow.unknown-answer: a, 1, unknown",
		`{"answers":{"unknown":""}}`:              "flow.unknown-answer: a, 1, unknown",
		"answers: {unknown: yes, unknown: yes}":   "flow.duplicate: a, 1",
		"answers:\n  unknown: yes\n  unknown: no": "flow.duplicate: a, 3",
		"answers:\n  unknown:\n  unknown: no":     "flow.duplicate: a, 3",
		"{\"answers\":{},\n\"answers\":{}}":       "flow.duplicate: a, 2",
		"answers: {unknown: yes}\n---\nanswers: {unknown: no}": "flow.several: a",
		"x: &x yes\nanswers: {unknown: *x}":                    "flow.unknown-answer: a, 2, unknown",
		"x: &x {unknown: yes}\nanswers: {<<: *x}":              "flow.unknown-question: a, 2, unknown, not_widespread, unclear",
		"answers: {unknown: \xff\xfe}":                         "flow.encoding: a",
		strings.Repeat(" ", flow.MaxBytes+1):                   "flow.too-large: a, 16",
		strings.Repeat("[", 16000):                             "flow.syntax: a, 1",
		"answers:\n" + strings.Repeat("- ", 8000):              "flow.no-answers: a",
	} {
		got, err := flow.Read("a", strings.NewReader(text), of(t, flow.Sharing))
		if err == nil || err.Error() != want || got != nil {
			t.Errorf("%.60q: %v, %v; want %s", text, got, err, want)
		}
	}
	_, err := flow.Read("a", iotest.ErrReader(errors.New("himitsu")), of(t, flow.Sharing))
	if err == nil || err.Error() != "flow.unreadable: a" {
		t.Errorf("%v", err)
	}
	if _, err := flow.Read("a", io.LimitReader(zeroes{}, 1<<40), of(t, flow.Sharing)); code(err) != "flow.too-large" {
		t.Errorf("endless: %v", err)
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Whatever a file holds: answers of the flow, which read the same again, or a public error
// without anything of the file in it.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		`{"answers":{"unknown":"yes","not_widespread":"no","unclear":"cannot_tell"}}`,
		"answers:\n  unknown: yes\n  unclear:\n", "answers: &a {unknown: *a}", "answers: !!map\n  ? unknown\n  : yes\n",
		"answers: |\n  unknown\n", "\ufeffanswers: {unknown: 'no'}", "answers:\n- - - - -", "%YAML 1.2\n---\nanswers: {}\n...\n",
		"answers:\n  \"unkn\\u006fwn\": \"no\"\n", "<<: {answers: {}}",
	} {
		f.Add([]byte(seed))
	}
	sharing, _ := flow.Of(flow.Sharing)
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := flow.Read("a", bytes.NewReader(data), sharing)
		if err != nil {
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || got != nil {
				t.Fatalf("%v, %v", got, err)
			}
			if e.Kind == fault.Internal || !strings.HasPrefix(e.Code, "flow.") || e.Args[0] != "a" {
				t.Errorf("%v", e)
			}
			return
		}
		for q, a := range got {
			if !a.Known() || !strings.Contains("unknown not_widespread unclear", string(q)) {
				t.Errorf("%s: %s", q, a)
			}
		}
		again, _ := json.Marshal(map[string]any{"answers": got})
		if same, err := flow.Read("b", bytes.NewReader(again), sharing); err != nil || !maps.Equal(same, got) {
			t.Errorf("%s reads as %v, %v", again, same, err)
		}
	})
}
