package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/party"
)

// OneRelease is a release's id in an address.
type OneRelease struct {
	Release string `path:"release" maxLength:"128"`
}

func (o OneRelease) id() exchange.ReleaseID { return exchange.ReleaseID(o.Release) }

// Judged is what was looked at, and why it is sent back or taken back.
type Judged struct {
	Version int64  `json:"version,omitempty" doc:"the one that was looked at"`
	Why     string `json:"why,omitempty"`
}

// Bytes is a rendering as it is.
type Bytes struct {
	ContentType string `header:"Content-Type"`
	Digest      string `header:"Repr-Digest"`
	Body        []byte
}

func (h *handler) releases(api huma.API) {
	operation(api, http.MethodGet, "/incidents/{incident}/releases", "list-releases", "An incident's releases, the newest first",
		func(ctx context.Context, a party.Actor, in *Under) (*Answer[[]Release], error) {
			all, err := h.Office.Releases(ctx, a, in.id())
			return answer(releaseForms(all), err)
		})
	operation(api, http.MethodPost, "/incidents/{incident}/releases", "compose-release", "Compose a release; nothing is sent",
		func(ctx context.Context, a party.Actor, in *struct {
			Under
			Body Proposal
		}) (*Answer[Release], error) {
			p, err := in.Body.value()
			if err != nil {
				return nil, err
			}
			r, err := h.Office.Compose(ctx, a, in.id(), p)
			return answer(releaseForm(r), err)
		})
	operation(api, http.MethodGet, "/releases", "list-waiting", "Releases of all incidents that wait for approval or are about to leave",
		func(ctx context.Context, a party.Actor, _ *struct{}) (*Answer[[]Release], error) {
			all, err := h.Office.Waiting(ctx, a)
			return answer(releaseForms(all), err)
		})
	operation(api, http.MethodGet, "/releases/{release}", "get-release", "One release",
		func(ctx context.Context, a party.Actor, in *OneRelease) (*Answer[Release], error) {
			r, err := h.Office.Release(ctx, a, in.id())
			return answer(releaseForm(r), err)
		})
	operation(api, http.MethodGet, "/releases/{release}/withheld", "get-withheld", "What a release does not contain, and why",
		func(ctx context.Context, a party.Actor, in *OneRelease) (*Answer[[]exchange.Withheld], error) {
			all, err := h.Office.Stays(ctx, a, in.id())
			return answer(all, err)
		})
	operation(api, http.MethodGet, "/releases/{release}/renderings/{name}", "get-rendering", "Exactly the bytes of one form",
		func(ctx context.Context, a party.Actor, in *struct {
			OneRelease
			Name string `path:"name" enum:"stix,sheet,csv,list"`
		}) (*Bytes, error) {
			x, body, err := h.Office.Rendered(ctx, a, in.id(), in.Name)
			if err != nil {
				return nil, err
			}
			return &Bytes{ContentType: x.Media, Digest: "sha-256-hex=" + x.Sum, Body: body}, nil
		})
	judged := func(id, path, summary string, do func(context.Context, party.Actor, exchange.ReleaseID, Judged) (exchange.Release, error)) {
		operation(api, http.MethodPost, "/releases/{release}/"+path, id, summary,
			func(ctx context.Context, a party.Actor, in *struct {
				OneRelease
				Body Judged
			}) (*Answer[Release], error) {
				r, err := do(ctx, a, in.id(), in.Body)
				return answer(releaseForm(r), err)
			})
	}
	judged("approve-release", "approve", "The second person's yes to exactly what was rendered",
		func(ctx context.Context, a party.Actor, id exchange.ReleaseID, j Judged) (exchange.Release, error) {
			return h.Office.Approve(ctx, a, id, j.Version)
		})
	judged("send-back-release", "send-back", "The second person's no, with the reason",
		func(ctx context.Context, a party.Actor, id exchange.ReleaseID, j Judged) (exchange.Release, error) {
			return h.Office.SendBack(ctx, a, id, j.Version, j.Why)
		})
	judged("withdraw-release", "withdraw", "Take a release back before it has left",
		func(ctx context.Context, a party.Actor, id exchange.ReleaseID, j Judged) (exchange.Release, error) {
			return h.Office.Withdraw(ctx, a, id, j.Why)
		})
}

func releaseForms(all []exchange.Release) []Release {
	out := make([]Release, len(all))
	for k, r := range all {
		out[k] = releaseForm(r)
	}
	return out
}
