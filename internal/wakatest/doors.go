package wakatest

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/wakachi/wakachi/internal/portal"
	"github.com/wakachi/wakachi/internal/web"
)

// Doors gives the desk, the portal and the API of a House behind one address, as package app
// puts them together.
func (h *House) Doors() http.Handler {
	h.t.Helper()
	pages, ok := h.Web.(*web.Desk)
	if !ok {
		h.t.Fatalf("the desk is a %T", h.Web)
	}
	members, err := portal.New(portal.Config{
		Shares: h.Relay, Replies: h.Relay, Searches: h.Watch, Who: pages.Who, Language: web.Language, Style: pages.Style(), Icon: pages.Icon(), Now: h.Now,
		Log: slog.New(slog.DiscardHandler),
	})
	must(h, "portal", members, err)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasPrefix(path, "/api/"):
			h.API.ServeHTTP(w, r)
		case path == portal.Prefix || strings.HasPrefix(path, portal.Prefix+"/"):
			members.ServeHTTP(w, r)
		default:
			h.Web.ServeHTTP(w, r)
		}
	})
}
