package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/phrase"
)

// spoken gives what a voice says about an error, and the exit code.
func spoken(lang phrase.Language, err error) (string, int) {
	var b strings.Builder
	code := voice{&b, lang}.fail(err)
	return b.String(), code
}

func TestArgumentsCannotMoveTheCursorOrForgeALine(t *testing.T) {
	for _, name := range []string{
		"a\nerror: all is well", "a\r\x1b[2Kfine", "\x07bell", "tab\there", "\u202egnp.exe", "zero\u200bwidth", "a\u2028b\u2029c", "\u009b31m", "\x00", "\u061cx",
	} {
		for _, lang := range []phrase.Language{phrase.Japanese, phrase.English} {
			got, _ := spoken(lang, fault.New(fault.NotFound, "cli.open", name))
			if lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n"); len(lines) != 2 {
				t.Errorf("%q: %d lines, want the error and its hint: %q", name, len(lines), got)
			}
			if bad := strings.IndexAny(got, "\r\x1b\x07\t\u202e\u200b\u2028\u2029\u009b\x00\u061c"); bad >= 0 {
				t.Errorf("%q: %q has a control character at %d", name, got, bad)
			}
			if !strings.Contains(got, "\ufffd") {
				t.Errorf("%q: nothing shows that a character was left out: %q", name, got)
			}
		}
	}
}

func TestNamesAreShownAsTheyAre(t *testing.T) {
	for _, name := range []string{"調査メモ（第2版）.md", "a b.txt", "e\u0301.md", "👪.txt", "C:\\メモ\\a.txt"} {
		if got, _ := spoken(phrase.Japanese, fault.New(fault.NotFound, "cli.open", name)); !strings.Contains(got, name) {
			t.Errorf("%q is shown as %q", name, got)
		}
	}
}

func TestWhatIsNotAFaultShowsNothingOfItself(t *testing.T) {
	const secret = "諏訪湖医療センター"
	for _, err := range []error{
		errors.New("no row for " + secret),
		fmt.Errorf("%s: %w", secret, errors.New("deep")),
		errors.Join(errors.New(secret), errors.New("b")),
		fault.Wrap(errors.New(secret), fault.Internal, "cli.internal"),
		fmt.Errorf("page of %s: %w", secret, fault.New(fault.Invalid, "profile.encoding", "p.yaml")),
	} {
		got, code := spoken(phrase.English, err)
		if strings.Contains(got, secret) || strings.Contains(got, "deep") || code != exitFailed {
			t.Errorf("%v: exit %d, %q", err, code, got)
		}
		if !strings.HasPrefix(got, "error: ") {
			t.Errorf("%q does not begin as errors do", got)
		}
	}
}

func TestKindsBecomeExitCodes(t *testing.T) {
	for kind, want := range map[fault.Kind]int{
		fault.Usage: 2, fault.Withheld: 3, fault.Forbidden: 3,
		fault.Internal: 1, fault.Invalid: 1, fault.Unsupported: 1, fault.TooLarge: 1, fault.NotFound: 1,
		fault.Conflict: 1, fault.Unavailable: 1, fault.Damaged: 1, 200: 1,
	} {
		if _, code := spoken(phrase.English, fault.New(kind, "store.not-found")); code != want {
			t.Errorf("%v is exit code %d, want %d", kind, code, want)
		}
	}
}

func TestTokensInArgumentsBecomeWords(t *testing.T) {
	got, _ := spoken(phrase.English, fault.New(fault.Invalid, "profile.term", "p.yaml", "organization.names[0]", "disguise.too-short"))
	if !strings.Contains(got, "is too short to tell from other words") || strings.Contains(got, "disguise.") {
		t.Errorf("%q", got)
	}
}
