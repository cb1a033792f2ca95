package wakatest_test

import (
	"encoding/json"
	"log/slog"
	"testing"
)

// split gives the objects of a bundle.
func split(t *testing.T, bundle []byte) []json.RawMessage {
	t.Helper()
	var b struct {
		Objects []json.RawMessage `json:"objects"`
	}
	if err := json.Unmarshal(bundle, &b); err != nil {
		t.Fatal(err)
	}
	return b.Objects
}

// quiet is a log that nobody reads.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
