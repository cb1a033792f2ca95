package app

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestPace(t *testing.T) {
	now := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	p := newPace(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }), paceBurst, paceSteady, func() time.Time { return now }, false)
	ask := func(from, forwarded string) int {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = from
		if forwarded != "" {
			r.Header.Set("X-Forwarded-For", forwarded)
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		return w.Code
	}
	for n := range paceBurst {
		if ask(fmt.Sprintf("192.0.2.1:%d", 1000+n), fmt.Sprintf("203.0.113.%d", n%250)) != http.StatusOK {
			t.Fatalf("request %d was refused", n)
		}
	}
	if got := ask("192.0.2.1:9", "203.0.113.251"); got != http.StatusTooManyRequests {
		t.Errorf("after the burst: %d; a header from outside must not help", got)
	}
	if ask("192.0.2.2:9", "") != http.StatusOK {
		t.Error("another network waits too")
	}
	now = now.Add(time.Second)
	for range paceSteady {
		if ask("192.0.2.1:9", "") != http.StatusOK {
			t.Fatal("a steady walk is refused")
		}
	}
	if ask("192.0.2.1:9", "") != http.StatusTooManyRequests {
		t.Error("it runs")
	}
	p.behindProxy = true
	if ask("127.0.0.1:9", "198.51.100.9, 203.0.113.7") != http.StatusOK {
		t.Error("behind a proxy the last address counts")
	}
	for n := range 3 * paceKept / 2 {
		p.allow(fmt.Sprint("network ", n))
	}
	if len(p.by) > paceKept {
		t.Errorf("%d networks are kept", len(p.by))
	}
}
