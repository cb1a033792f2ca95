package web

import (
	"net/http"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
)

type feedsBody struct {
	Feeds   []parcel.Feed
	Offered []parcel.Collection // by a server that was asked, to choose from
	Typed   parcel.Feed
	Failed  *fault.Error
}

// feeds lists the TAXII servers of others that are followed.
func (a *asking) feeds() error { return a.showFeeds(http.StatusOK, feedsBody{}) }

func (a *asking) showFeeds(status int, b feedsBody) error {
	var err error
	if b.Feeds, err = a.Relay.Feeds(a.ctx(), a.actor); err != nil {
		return err
	}
	a.show(status, "feeds", "web.feeds", b)
	return nil
}

// subscribe follows a collection, or shows what a server offers if none was named. The secret has to be typed
// again: a page does not hold it.
func (a *asking) subscribe() error {
	if !a.actor.May(party.Administer) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Administer))
	}
	if a.Follower == nil {
		return fault.New(fault.Unavailable, "web.no-courier")
	}
	f := parcel.Feed{Name: a.form("name"), URL: a.form("url"), User: a.form("user"), Collection: parcel.CollectionID(a.form("collection"))}
	if f.Collection == "" {
		offered, err := a.Relay.Offers(a.ctx(), a.actor, a.Follower, f, a.r.PostFormValue("secret"))
		if err != nil {
			return a.feedFailed(f, err)
		}
		return a.showFeeds(http.StatusOK, feedsBody{Offered: offered, Typed: f})
	}
	if _, err := a.Relay.Subscribe(a.ctx(), a.actor, a.Follower, f, a.r.PostFormValue("secret")); err != nil {
		return a.feedFailed(f, err)
	}
	return a.didIt("/feeds", "feed", 1)
}

func (a *asking) feedFailed(f parcel.Feed, err error) error {
	x := asFault(err)
	if x.Kind == fault.Internal {
		return err
	}
	return a.showFeeds(x.Kind.Status(), feedsBody{Typed: f, Failed: x})
}

func (a *asking) unsubscribe() error {
	if err := a.Relay.Unsubscribe(a.ctx(), a.actor, a.r.PathValue("feed")); err != nil {
		return err
	}
	return a.didIt("/feeds", "feed-ended", 1)
}

// takeArrival proposes what came from a feed as items of an incident.
func (a *asking) takeArrival() error {
	if !a.actor.May(party.Write) {
		return fault.New(fault.Forbidden, "casework.right", string(party.Write))
	}
	if _, err := a.Casework.Record(a.ctx(), a.actor, a.incidentID()); err != nil {
		return err
	}
	sheet, err := a.Relay.Arrival(a.ctx(), a.actor, a.r.PathValue("arrival"))
	if err != nil {
		return err
	}
	in, err := a.Casework.TakeShared(a.ctx(), a.actor, a.incidentID(), parcel.ID(a.r.PathValue("arrival")), sheet)
	if err != nil {
		return err
	}
	return a.didIt("/incidents/"+string(a.incidentID()), "took-shared", in.Items)
}
