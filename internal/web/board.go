package web

import (
	"net/http"
	"strconv"

	"github.com/wakachi/wakachi/internal/casework"
	"github.com/wakachi/wakachi/internal/exchange"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/parcel"
)

const pageSize = 50

type boardBody struct {
	Lines       []casework.Line
	All         int
	Page, Pages int
	Waiting     []exchange.Release
	Profile     bool            // the organisation has one
	Found       []parcel.Search // in its own logs, and told to nobody yet
}

func (a *asking) board() error {
	if !a.actor.May("read") {
		a.redirect("/people")
		return nil
	}
	page := max(a.number("page"), 1)
	lines, all, err := a.Casework.Board(a.ctx(), a.actor, (page-1)*pageSize, pageSize)
	if err != nil {
		return err
	}
	waiting, err := a.Office.Waiting(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	p, err := a.Casework.Profile(a.ctx(), a.actor)
	if err != nil {
		return err
	}
	b := boardBody{Lines: lines, All: all, Page: page, Pages: (all + pageSize - 1) / pageSize, Waiting: waiting, Profile: p.Version != 0}
	if a.Searches != nil {
		if b.Found, err = a.Searches.Unanswered(a.ctx(), a.actor); err != nil {
			return err
		}
	}
	a.show(http.StatusOK, "board", "web.board", b)
	return nil
}

// number reads a number of the address; 0 for what is none.
func (a *asking) number(name string) int {
	n, _ := strconv.Atoi(a.r.FormValue(name))
	return n
}

// open begins an incident; notes that came with it are taken in at once.
func (a *asking) open() error {
	i, err := a.Casework.Open(a.ctx(), a.actor, incident.Case{})
	if err != nil {
		return err
	}
	a.redirect("/incidents/" + string(i.ID))
	return nil
}

type searchBody struct {
	Query     string
	Incidents []casework.Record
	Found     []casework.Found
	Full      bool // there may be more
}

func (a *asking) search() error {
	const most = 100
	q := a.form("q")
	found, err := a.Casework.Search(a.ctx(), a.actor, q, most)
	if err != nil {
		return err
	}
	incidents, err := a.Casework.FindIncidents(a.ctx(), a.actor, q, most)
	if err != nil {
		return err
	}
	a.show(http.StatusOK, "search", "web.search", searchBody{q, incidents, found, len(found) == most})
	return nil
}
