package fault_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/wakachi/wakachi/internal/fault"
)

const secret = "諏訪湖医療センター"

func TestAnErrorNeverShowsItsCause(t *testing.T) {
	cause := fmt.Errorf("reading the page of %s: %w", secret, fs.ErrPermission)
	e := fault.Wrap(cause, fault.Invalid, "document.empty", "memo.txt")
	for _, verb := range []string{"%v", "%s", "%q", "%+v"} {
		for name, err := range map[string]error{"alone": e, "wrapped": fmt.Errorf("share: %w", e), "joined": errors.Join(e, errors.New("other"))} {
			if shown := fmt.Sprintf(verb, err); strings.Contains(shown, secret) || !strings.Contains(shown, "document.empty") {
				t.Errorf("%s, %s: %q", name, verb, shown)
			}
		}
	}
	if !errors.Is(e, fs.ErrPermission) {
		t.Error("the cause cannot be asked for")
	}
}

func TestErrorGivesCodeAndArguments(t *testing.T) {
	for _, c := range []struct {
		err  *fault.Error
		want string
	}{
		{fault.New(fault.Usage, "cli.flag"), "cli.flag"},
		{fault.New(fault.TooLarge, "document.too-large", "a.log", "64 MB"), "document.too-large: a.log, 64 MB"},
		{fault.Wrap(nil, fault.Conflict, "store.conflict"), "store.conflict"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if cause := errors.Unwrap(fault.Wrap(nil, fault.Conflict, "store.conflict")); cause != nil {
		t.Errorf("a nil cause came back as %v", cause)
	}
}

func TestKindOf(t *testing.T) {
	inner := fault.New(fault.NotFound, "store.not-found")
	for _, c := range []struct {
		name string
		err  error
		want fault.Kind
	}{
		{"no error", nil, fault.Internal},
		{"an error of somebody else", fs.ErrNotExist, fault.Internal},
		{"one of ours", inner, fault.NotFound},
		{"one of ours inside another's", fmt.Errorf("x: %w", inner), fault.NotFound},
		{"the outer one counts", fault.Wrap(inner, fault.Damaged, "store.damaged"), fault.Damaged},
		{"beside another", errors.Join(fs.ErrNotExist, inner), fault.NotFound},
		{"the zero error", &fault.Error{}, fault.Internal},
	} {
		if got := fault.KindOf(c.err); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The tokens stand in JSON that others read: a changed one is a broken promise.
func TestKindsAreStableTokens(t *testing.T) {
	for kind, want := range map[fault.Kind]string{
		fault.Internal: "internal", fault.Usage: "usage", fault.Invalid: "invalid", fault.Unsupported: "unsupported",
		fault.TooLarge: "too-large", fault.NotFound: "not-found", fault.Withheld: "withheld", fault.Conflict: "conflict",
		fault.Unavailable: "unavailable", fault.Damaged: "damaged", fault.Forbidden: "forbidden", fault.Forbidden + 1: "internal", 255: "internal",
	} {
		if got := kind.String(); got != want {
			t.Errorf("kind %d is %q, want %q", kind, got, want)
		}
	}
}

func TestKindsHaveAStatus(t *testing.T) {
	for kind, want := range map[fault.Kind]int{
		fault.Internal: 500, fault.Usage: 400, fault.Invalid: 422, fault.TooLarge: 413, fault.NotFound: 404, fault.Conflict: 409,
		fault.Unavailable: 503, fault.Forbidden: 403, fault.Withheld: 422, fault.Damaged: 500, fault.Unsupported: 422, 200: 500,
	} {
		if got := kind.Status(); got != want {
			t.Errorf("%v is %d, want %d", kind, got, want)
		}
		if back, ok := fault.ParseKind(kind.String()); ok && back != kind && kind <= fault.Forbidden {
			t.Errorf("%v is read back as %v", kind, back)
		}
	}
	if _, ok := fault.ParseKind("friendly"); ok {
		t.Error("a kind there is not")
	}
}
