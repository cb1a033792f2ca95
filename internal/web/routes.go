package web

import "net/http"

// A Route is one thing a browser can ask for.
type Route struct {
	Method, Pattern string
	Open            bool // also for those who have not signed in
	Papers          bool // brings files
	do              func(*asking) error
}

// Routes lists everything a browser can ask for, assets aside.
func Routes() []Route {
	const get, post = http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Pattern: "/setup", Open: true, do: (*asking).setupPage},
		{Method: post, Pattern: "/setup", Open: true, do: (*asking).setup},
		{Method: get, Pattern: "/sign-in", Open: true, do: (*asking).signInPage},
		{Method: post, Pattern: "/sign-in", Open: true, do: (*asking).signIn},
		{Method: post, Pattern: "/sign-out", do: (*asking).signOut},

		{Method: get, Pattern: "/{$}", do: (*asking).board},
		{Method: post, Pattern: "/incidents", do: (*asking).open},
		{Method: get, Pattern: "/search", do: (*asking).search},

		{Method: get, Pattern: "/incidents/{incident}", do: (*asking).desk},
		{Method: get, Pattern: "/incidents/{incident}/lane/{class}", do: (*asking).lane},
		{Method: post, Pattern: "/incidents/{incident}/papers", Papers: true, do: (*asking).takeIn},
		{Method: post, Pattern: "/incidents/{incident}/judge", do: (*asking).judge},
		{Method: post, Pattern: "/incidents/{incident}/confirm-all", do: (*asking).confirmAll},
		{Method: post, Pattern: "/incidents/{incident}/undo", do: (*asking).undo},
		{Method: get, Pattern: "/incidents/{incident}/about", do: (*asking).about},
		{Method: post, Pattern: "/incidents/{incident}/about", do: (*asking).describe},
		{Method: get, Pattern: "/incidents/{incident}/add", do: (*asking).addPage},
		{Method: post, Pattern: "/incidents/{incident}/add", do: (*asking).add},
		{Method: get, Pattern: "/incidents/{incident}/history", do: (*asking).history},
		{Method: get, Pattern: "/incidents/{incident}/items/{item}", do: (*asking).item},
		{Method: post, Pattern: "/incidents/{incident}/items/{item}", do: (*asking).correct},
		{Method: post, Pattern: "/incidents/{incident}/items/{item}/split", do: (*asking).split},

		{Method: get, Pattern: "/incidents/{incident}/flow/{flow}", do: (*asking).flow},
		{Method: post, Pattern: "/incidents/{incident}/flow/{flow}", do: (*asking).answer},
		{Method: post, Pattern: "/incidents/{incident}/flow/{flow}/choice", do: (*asking).chooseFlow},
		{Method: get, Pattern: "/incidents/{incident}/sheet/{sheet}", do: (*asking).sheet},
		{Method: post, Pattern: "/incidents/{incident}/sheet/{sheet}", do: (*asking).tick},

		{Method: get, Pattern: "/incidents/{incident}/share", do: (*asking).composePage},
		{Method: post, Pattern: "/incidents/{incident}/share", do: (*asking).compose},
		{Method: get, Pattern: "/releases/{release}", do: (*asking).release},
		{Method: get, Pattern: "/releases/{release}/file/{name}", do: (*asking).rendering},
		{Method: post, Pattern: "/releases/{release}/approve", do: (*asking).approve},
		{Method: post, Pattern: "/releases/{release}/send-back", do: (*asking).sendBack},
		{Method: post, Pattern: "/releases/{release}/withdraw", do: (*asking).withdraw},

		{Method: get, Pattern: "/parcels/{parcel}", do: (*asking).effect},
		{Method: post, Pattern: "/parcels/{parcel}/recall", do: (*asking).recall},
		{Method: post, Pattern: "/parcels/{parcel}/answers/{answer}/read", do: (*asking).readAnswer},
		{Method: get, Pattern: "/incidents/{incident}/shared", do: (*asking).inbox},
		{Method: post, Pattern: "/incidents/{incident}/shared/{parcel}", do: (*asking).takeShared},

		{Method: get, Pattern: "/deadlines", do: (*asking).deadlines},
		{Method: post, Pattern: "/deadlines", do: (*asking).setOwnRules},
		{Method: post, Pattern: "/deadlines/reminding", do: (*asking).setReminding},
		{Method: get, Pattern: "/deadlines/calendar", do: (*asking).calendar},
		{Method: post, Pattern: "/signing", do: (*asking).setSigning},
		{Method: get, Pattern: "/incidents/{incident}/deadlines", do: (*asking).clocks},
		{Method: post, Pattern: "/incidents/{incident}/deadlines", do: (*asking).declare},
		{Method: get, Pattern: "/incidents/{incident}/facts", do: (*asking).facts},
		{Method: post, Pattern: "/incidents/{incident}/facts", do: (*asking).sayFacts},
		{Method: get, Pattern: "/incidents/{incident}/course", do: (*asking).course},
		{Method: post, Pattern: "/incidents/{incident}/course", do: (*asking).enterDeed},
		{Method: post, Pattern: "/incidents/{incident}/stakeholders", do: (*asking).setStakeholder},
		{Method: get, Pattern: "/incidents/{incident}/publications", do: (*asking).publications},
		{Method: post, Pattern: "/incidents/{incident}/publications", do: (*asking).draft},
		{Method: get, Pattern: "/incidents/{incident}/filings", do: (*asking).filings},
		{Method: get, Pattern: "/incidents/{incident}/filings/{form}", do: (*asking).filing},
		{Method: post, Pattern: "/incidents/{incident}/filings/{form}", do: (*asking).file},
		{Method: get, Pattern: "/incidents/{incident}/filings/{form}/file/{format}", do: (*asking).filingFile},
		{Method: get, Pattern: "/publications/{publication}/file/{format}", do: (*asking).publicationFile},
		{Method: get, Pattern: "/publications/{publication}", do: (*asking).publication},
		{Method: post, Pattern: "/publications/{publication}", do: (*asking).actOnPublication},

		{Method: get, Pattern: "/feeds", do: (*asking).feeds},
		{Method: post, Pattern: "/feeds", do: (*asking).subscribe},
		{Method: post, Pattern: "/feeds/{feed}/end", do: (*asking).unsubscribe},
		{Method: post, Pattern: "/incidents/{incident}/arrivals/{arrival}", do: (*asking).takeArrival},

		{Method: get, Pattern: "/guidance", do: (*asking).guidance},
		{Method: get, Pattern: "/guidance/explanation", do: (*asking).explanation},
		{Method: get, Pattern: "/guidance/{question}", do: (*asking).question},

		{Method: get, Pattern: "/profile", do: (*asking).profile},
		{Method: post, Pattern: "/profile", do: (*asking).setProfile},
		{Method: get, Pattern: "/communities", do: (*asking).communities},
		{Method: post, Pattern: "/communities", do: (*asking).setCommunity},
		{Method: post, Pattern: "/communities/join", do: (*asking).join},
		{Method: post, Pattern: "/communities/link", do: (*asking).link},
		{Method: get, Pattern: "/communities/{community}/held", do: (*asking).held},
		{Method: post, Pattern: "/communities/{community}/members", do: (*asking).setMember},
		{Method: post, Pattern: "/communities/{community}/groups", do: (*asking).setGroup},
		{Method: post, Pattern: "/communities/{community}/tenants", do: (*asking).foundTenant},
		{Method: post, Pattern: "/people/deputies", do: (*asking).nameDeputy},
		{Method: post, Pattern: "/people/deputies/{account}/end", do: (*asking).endDeputy},
		{Method: get, Pattern: "/people", do: (*asking).people},
		{Method: post, Pattern: "/people", do: (*asking).createAccount},
		{Method: post, Pattern: "/people/{account}", do: (*asking).changeAccount},
		{Method: get, Pattern: "/me", do: (*asking).me},
		{Method: post, Pattern: "/me/password", do: (*asking).setPassword},
		{Method: post, Pattern: "/me/totp", do: (*asking).setTOTP},
		{Method: post, Pattern: "/me/tokens", do: (*asking).makeToken},
		{Method: post, Pattern: "/me/tokens/{token}/end", do: (*asking).endToken},
		{Method: get, Pattern: "/ledger", do: (*asking).ledger},
	}
}
