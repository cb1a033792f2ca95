package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/party"
)

// PutItems keeps confirmed items of an incident, all or none, each with an entry of its
// own in the ledger, so that each can be purged alone. An item without an id is new and
// gets one; an item with one replaces what the incident had under it. The items are given
// back with their ids and versions, in their order. An item whose Version is not 0 replaces
// that version and no other.
//
// Errors: fault.Invalid for an item without a kind, fault.Conflict for an id that another
// incident of the organisation has, and for a version that is not the last any more.
func (s *Store) PutItems(ctx context.Context, org party.OrgID, by string, id incident.ID, items []incident.Item) ([]incident.Item, error) {
	var out []incident.Item
	err := s.write(ctx, org, by, func(w *Writing) (err error) {
		out, err = w.PutItems(id, items)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// PutItems is Store.PutItems as part of a larger act.
func (w *Writing) PutItems(id incident.ID, items []incident.Item) ([]incident.Item, error) {
	if err := knowIncident(w, w.tx, w.org, id); err != nil {
		return nil, err
	}
	out := slices.Clone(items)
	for k := range out {
		if out[k].ID == "" {
			made, err := newID("item", w.random)
			if err != nil {
				return nil, err
			}
			out[k].ID = incident.ItemID(made)
		}
		if err := w.putItem(id, &out[k]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (w *Writing) putItem(id incident.ID, i *incident.Item) error {
	if !isID(string(i.ID)) || i.Kind == purgedKind {
		return fault.New(fault.Invalid, "store.entry")
	}
	columns, body, err := itemRow(formOf(id, *i))
	if err != nil {
		return err
	}
	seq, err := w.record(ledger.ItemChanged, string(i.ID), string(id), body)
	if err != nil {
		return err
	}
	args := append([]any{w.org, i.ID, id, body, seq}, columns...)
	err = w.insert(`INSERT INTO items (org, id, incident, body, first_seq, seq, kind, status, stand, value_type, value_hash, value)
		VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (org, id) DO UPDATE SET body = excluded.body, seq = excluded.seq, kind = excluded.kind,
			status = excluded.status, stand = excluded.stand, value_type = excluded.value_type, value_hash = excluded.value_hash, value = excluded.value
		WHERE items.incident = excluded.incident AND ($12 = 0 OR items.seq = $12)`, append(args, i.Version)...)
	if err != nil {
		return err
	}
	i.Version = seq
	return w.index(string(i.ID), string(id), words(*i))
}

// Items lists the items of an incident in the order in which they were first kept. An
// item that was purged is left out.
func (s *Store) Items(ctx context.Context, org party.OrgID, id incident.ID) ([]incident.Item, error) {
	if err := knowIncident(ctx, s.reader, org, id); err != nil {
		return nil, fail(err)
	}
	return list(ctx, s.reader, scanItem, `SELECT seq, body FROM items
		WHERE org = $1 AND incident = $2 AND kind <> $3 ORDER BY first_seq`, org, id, purgedKind)
}

// Item gives one item of an organisation.
func (s *Store) Item(ctx context.Context, org party.OrgID, id incident.ItemID) (incident.Item, error) {
	return one(ctx, s.reader, scanItem, `SELECT seq, body FROM items WHERE org = $1 AND id = $2 AND kind <> $3`, org, id, purgedKind)
}

// IncidentOf gives the incident an item belongs to.
func (s *Store) IncidentOf(ctx context.Context, org party.OrgID, id incident.ItemID) (incident.ID, error) {
	var of incident.ID
	err := s.reader.QueryRowContext(ctx, `SELECT incident FROM items WHERE org = $1 AND id = $2`, org, id).Scan(&of)
	return of, missing(err)
}

func scanItem(rows *sql.Rows) (incident.Item, error) {
	var body []byte
	var seq int64
	if err := rows.Scan(&seq, &body); err != nil {
		return incident.Item{}, err
	}
	_, i, err := itemOf(body)
	i.Version = seq
	if err != nil {
		return incident.Item{}, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	return i, nil
}

// A Count is how many items of one kind and stand an incident has.
type Count struct {
	Kind  incident.Kind
	Stand incident.Stand
	Items int
}

// Counts counts an incident's items. Purged ones do not count.
func (s *Store) Counts(ctx context.Context, org party.OrgID, id incident.ID) ([]Count, error) {
	if err := knowIncident(ctx, s.reader, org, id); err != nil {
		return nil, fail(err)
	}
	return list(ctx, s.reader, func(rows *sql.Rows) (n Count, err error) {
		return n, rows.Scan(&n.Kind, &n.Stand, &n.Items)
	}, `SELECT kind, stand, COUNT(*) FROM items WHERE org = $1 AND incident = $2 AND kind <> $3 GROUP BY kind, stand`, org, id, purgedKind)
}
