package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"time"

	"github.com/wakachi/wakachi/internal/fault"
	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/ledger"
	"github.com/wakachi/wakachi/internal/parcel"
	"github.com/wakachi/wakachi/internal/party"
	"github.com/wakachi/wakachi/internal/tlp"
)

// SealParcel keeps a parcel that was released from an incident. The link to the incident
// is for the organisation's own eyes: the parcel that is read back knows nothing of it.
//
// Errors: fault.Invalid for a parcel that permits nothing, fault.Conflict for an id that
// is taken.
func (s *Store) SealParcel(ctx context.Context, org party.OrgID, by string, id incident.ID, p parcel.Parcel) error {
	return s.write(ctx, org, by, func(w *Writing) error { return w.SealParcel(id, p) })
}

// SealParcel is Store.SealParcel as part of a larger act.
func (w *Writing) SealParcel(id incident.ID, p parcel.Parcel) error {
	if !isID(string(p.ID())) || p.Label() == tlp.Unknown || p.Reach() == party.Nobody || p.Media() == "" || len(p.Body()) == 0 {
		return fault.New(fault.Invalid, "store.parcel")
	}
	if err := knowIncident(w, w.tx, w.org, id); err != nil {
		return err
	}
	sum := p.Sum()
	f := parcelForm{
		ID: string(p.ID()), Incident: string(id), Media: p.Media(), Label: p.Label().String(), Reach: p.Reach().String(),
		Sender: string(p.Sender()), Sealed: clock(p.Sealed()), Sum: sum[:],
	}
	seq, err := w.recordForm(ledger.ParcelSealed, f.ID, f.Incident, f)
	if err != nil {
		return err
	}
	return w.insert(`INSERT INTO parcels (org, id, incident, media, label, reach, sender, sealed, sum, body, seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (org, id) DO NOTHING`,
		w.org, f.ID, f.Incident, f.Media, f.Label, f.Reach, f.Sender, f.Sealed, f.Sum, p.Body(), seq)
}

const parcelColumns = `SELECT id, media, body, label, reach, sender, sealed, sum FROM parcels WHERE org = $1 AND media <> '' AND `

// ReadParcel gives a parcel back. One whose bytes are not those that were sealed is
// fault.Damaged and is not handed out.
func (s *Store) ReadParcel(ctx context.Context, org party.OrgID, id parcel.ID) (parcel.Parcel, error) {
	return one(ctx, s.reader, scanParcel, parcelColumns+`id = $2`, org, id)
}

// Parcels lists what was released from an incident, the oldest first.
func (s *Store) Parcels(ctx context.Context, org party.OrgID, id incident.ID) ([]parcel.Parcel, error) {
	if err := knowIncident(ctx, s.reader, org, id); err != nil {
		return nil, fail(err)
	}
	return list(ctx, s.reader, scanParcel, parcelColumns+`incident = $2 ORDER BY seq`, org, id)
}

func scanParcel(rows *sql.Rows) (parcel.Parcel, error) {
	var id, media, label, reach, sender, sealed string
	var body, sum []byte
	if err := rows.Scan(&id, &media, &body, &label, &reach, &sender, &sealed, &sum); err != nil {
		return parcel.Parcel{}, err
	}
	l, err := tlp.Parse(label)
	if err != nil {
		return parcel.Parcel{}, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	r, err := party.ParseReach(reach)
	if err != nil {
		return parcel.Parcel{}, fault.Wrap(err, fault.Damaged, "store.damaged")
	}
	var at time.Time
	if err := readClock(sealed, &at); err != nil {
		return parcel.Parcel{}, err
	}
	if got := sha256.Sum256(body); string(got[:]) != string(sum) {
		return parcel.Parcel{}, fault.New(fault.Damaged, "store.damaged")
	}
	return parcel.Seal(parcel.ID(id), media, body, l, r, party.Pseudonym(sender), at), nil
}
