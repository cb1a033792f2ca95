package app

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

// A store that does not answer shows in /readyz, without its reason, and not in /healthz.
func TestReadiness(t *testing.T) {
	h := probes(func(context.Context) error { return errors.New("disk /srv/akamatsu is gone") }, http.NotFoundHandler())
	for path, want := range map[string]int{"/healthz": 200, "/readyz": 503} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if body := w.Body.String(); w.Code != want || body != map[int]string{200: "ok\n", 503: "not ready\n"}[want] {
			t.Errorf("%s: %d %q", path, w.Code, body)
		}
	}
}
