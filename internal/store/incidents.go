package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/party"
)

// An Organisation is one that keeps its incidents here.
type Organisation struct {
	ID      party.OrgID // made by the store
	Name    string      // for its own eyes; may be empty
	Created time.Time   // UTC, to the second
}

// CreateOrganisation makes an organisation with a random id. by is the account that does
// it, "local" for the command line, here and in all methods.
func (s *Store) CreateOrganisation(ctx context.Context, by, name string) (Organisation, error) {
	id, err := newID("org", s.random)
	if err != nil {
		return Organisation{}, fail(err)
	}
	o := Organisation{ID: party.OrgID(id), Name: name}
	err = s.write(ctx, o.ID, by, func(w *Writing) error {
		o.Created = w.at
		seq, err := w.recordForm(organisationCreated, id, "", organisationForm{id, name, clock(w.at)})
		if err != nil {
			return err
		}
		return w.insert(`INSERT INTO organisations (id, name, created, seq) VALUES ($1, $2, $3, $4)`, id, name, clock(w.at), seq)
	})
	if err != nil {
		return Organisation{}, err
	}
	return o, nil
}

// Organisation gives the asking organisation's own row.
func (s *Store) Organisation(ctx context.Context, org party.OrgID) (Organisation, error) {
	o := Organisation{ID: org}
	var created string
	err := s.reader.QueryRowContext(ctx, `SELECT name, created FROM organisations WHERE id = $1`, org).Scan(&o.Name, &created)
	if err == nil {
		o.Created, err = time.Parse(time.RFC3339, created)
	}
	if err != nil {
		return Organisation{}, missing(err)
	}
	return o, nil
}

// OpenIncident begins a record. codename is made by wakachi and says nothing.
func (s *Store) OpenIncident(ctx context.Context, org party.OrgID, by, codename string) (incident.Incident, error) {
	id, err := newID("inc", s.random)
	if err != nil {
		return incident.Incident{}, fail(err)
	}
	i := incident.Incident{ID: incident.ID(id), Owner: org, Codename: codename}
	err = s.write(ctx, org, by, func(w *Writing) error {
		if err := knowOrganisation(w, w.tx, org); err != nil {
			return err
		}
		i.Opened = w.at
		seq, err := w.recordForm(ledger.IncidentOpened, id, id, incidentForm{id, codename, clock(w.at)})
		if err != nil {
			return err
		}
		return w.insert(`INSERT INTO incidents (org, id, codename, opened, seq) VALUES ($1, $2, $3, $4, $5)`, org, id, codename, clock(w.at), seq)
	})
	if err != nil {
		return incident.Incident{}, err
	}
	return i, nil
}

// Incidents lists an organisation's incidents, the oldest first.
func (s *Store) Incidents(ctx context.Context, org party.OrgID) ([]incident.Incident, error) {
	if err := knowOrganisation(ctx, s.reader, org); err != nil {
		return nil, fail(err)
	}
	return list(ctx, s.reader, scanIncident, `SELECT org, id, codename, opened FROM incidents WHERE org = $1 ORDER BY seq`, org)
}

// IncidentPage lists limit incidents after the first skip, the newest first, and how many
// there are in all.
func (s *Store) IncidentPage(ctx context.Context, org party.OrgID, skip, limit int) (page []incident.Incident, all int, err error) {
	if err := knowOrganisation(ctx, s.reader, org); err != nil {
		return nil, 0, fail(err)
	}
	if err := s.reader.QueryRowContext(ctx, `SELECT COUNT(*) FROM incidents WHERE org = $1`, org).Scan(&all); err != nil {
		return nil, 0, fail(err)
	}
	page, err = list(ctx, s.reader, scanIncident, `SELECT org, id, codename, opened FROM incidents
		WHERE org = $1 ORDER BY seq DESC LIMIT $2 OFFSET $3`, org, limit, skip)
	return page, all, err
}

// Incident gives one of an organisation's incidents.
func (s *Store) Incident(ctx context.Context, org party.OrgID, id incident.ID) (incident.Incident, error) {
	return one(ctx, s.reader, scanIncident, `SELECT org, id, codename, opened FROM incidents WHERE org = $1 AND id = $2`, org, id)
}

func scanIncident(rows *sql.Rows) (incident.Incident, error) {
	var i incident.Incident
	var opened string
	if err := rows.Scan(&i.Owner, &i.ID, &i.Codename, &opened); err != nil {
		return i, err
	}
	return i, readClock(opened, &i.Opened)
}

// A Decision is what somebody decided about one item.
type Decision struct {
	ID       string          // made by the store
	Incident incident.ID     // must hold Item
	Item     incident.ItemID // what it is about
	Outcome  string          // token, such as "share" or "withhold"
	Reason   incident.Reason // why, and on which point of the guidance
	Made     time.Time       // set by the store; UTC, to the second
}

// RecordDecision keeps a decision about an item of an incident. Decisions are never
// changed; a later one about the same item stands beside the earlier.
func (s *Store) RecordDecision(ctx context.Context, org party.OrgID, by string, d Decision) (Decision, error) {
	id, err := newID("dec", s.random)
	if err != nil {
		return Decision{}, fail(err)
	}
	d.ID = id
	err = s.write(ctx, org, by, func(w *Writing) error {
		var there int
		err := w.tx.QueryRowContext(w, `SELECT 1 FROM items WHERE org = $1 AND id = $2 AND incident = $3`, org, d.Item, d.Incident).Scan(&there)
		if err != nil {
			return missing(err)
		}
		d.Made = w.at
		f := decisionForm{id, string(d.Incident), string(d.Item), d.Outcome, d.Reason.Code, d.Reason.Point, clock(w.at)}
		seq, err := w.recordForm(ledger.Decided, id, f.Incident, f)
		if err != nil {
			return err
		}
		return w.insert(`INSERT INTO decisions (org, id, incident, item, outcome, code, point, made, seq)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, org, f.ID, f.Incident, f.Item, f.Outcome, f.Code, f.Point, f.Made, seq)
	})
	if err != nil {
		return Decision{}, err
	}
	return d, nil
}

// Decisions lists what was decided in an incident, the oldest first.
func (s *Store) Decisions(ctx context.Context, org party.OrgID, id incident.ID) ([]Decision, error) {
	if err := knowIncident(ctx, s.reader, org, id); err != nil {
		return nil, fail(err)
	}
	return list(ctx, s.reader, scanDecision, `SELECT id, incident, item, outcome, code, point, made FROM decisions
		WHERE org = $1 AND incident = $2 ORDER BY seq`, org, id)
}

func scanDecision(rows *sql.Rows) (Decision, error) {
	var d Decision
	var made string
	if err := rows.Scan(&d.ID, &d.Incident, &d.Item, &d.Outcome, &d.Reason.Code, &d.Reason.Point, &made); err != nil {
		return d, err
	}
	return d, readClock(made, &d.Made)
}

// knowOrganisation and knowIncident answer fault.NotFound for what is not there, or not
// this organisation's.
func knowOrganisation(ctx context.Context, q querier, org party.OrgID) error {
	var there int
	return missing(q.QueryRowContext(ctx, `SELECT 1 FROM organisations WHERE id = $1`, org).Scan(&there))
}

func knowIncident(ctx context.Context, q querier, org party.OrgID, id incident.ID) error {
	var there int
	return missing(q.QueryRowContext(ctx, `SELECT 1 FROM incidents WHERE org = $1 AND id = $2`, org, id).Scan(&there))
}

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return notFound()
	}
	return fail(err)
}

func readClock(text string, into *time.Time) error {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	*into = t
	return nil
}

// list reads all rows of a question; one the first, or fault.NotFound.
func list[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fail(err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fail(err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fail(err)
	}
	return out, nil
}

func one[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), query string, args ...any) (T, error) {
	all, err := list(ctx, q, scan, query, args...)
	if err == nil && len(all) == 0 {
		err = notFound()
	}
	if err != nil {
		var none T
		return none, err
	}
	return all[0], nil
}
