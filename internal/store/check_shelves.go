package store

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"hash"
)

// A shelfCheck gathers, by shelving, the sums that its rows give.
type shelfCheck struct {
	*checking
	sums  map[[2]string]hash.Hash // by organisation and shelving
	kinds map[[2]string]string
	where map[[2]string]string // the collection of each
	want  map[[2]string][]byte
	laid  map[[2]string]map[int64]bool // the entries a shelving laid
}

// checkShelves holds every entry, what it came with and what took it away against the
// shelving that the ledger tells of; its bytes against their sum; and its place among the
// versions of its object against what follows from the others.
func (c *checking) checkShelves() error {
	s := &shelfCheck{c, map[[2]string]hash.Hash{}, map[[2]string]string{}, map[[2]string]string{}, map[[2]string][]byte{}, map[[2]string]map[int64]bool{}}
	_, err := list(c, c.q, func(rows *sql.Rows) (none struct{}, err error) {
		var key [2]string
		var kind, where string
		var want []byte
		if err := rows.Scan(&key[0], &key[1], &kind, &where, &want); err != nil {
			return none, err
		}
		s.sums[key], s.kinds[key], s.where[key], s.want[key], s.laid[key] = sha256.New(), kind, where, want, map[int64]bool{}
		return none, nil
	}, `SELECT org, id, kind, collection, sum FROM shelvings`)
	if err := c.tolerate(err, "check.unreadable", "shelvings"); err != nil {
		return err
	}
	for _, step := range []func() error{s.readLaid, s.readSupports, s.readTaken, s.readPlaces} {
		if err := step(); err != nil {
			return err
		}
	}
	for key, sum := range s.sums {
		if !bytes.Equal(sum.Sum(nil), s.want[key]) {
			c.found("check.row", "shelvings", key[1])
		}
	}
	return nil
}

func (s *shelfCheck) readLaid() error {
	return s.each("entries", "org, laid, added, audience, id, type, version, instant, sum, raw_sum, raw, gone, collection", "ttiittttbbbtt", "org, laid, added", func(row []any) {
		key := [2]string{row[0].(string), row[1].(string)}
		sum, ok := s.sums[key]
		if !ok || s.kinds[key] != laid || s.where[key] != row[12] {
			s.found("check.row", "entries", row[4].(string))
			return
		}
		s.laid[key][row[2].(int64)] = true
		rawSum, raw, gone := row[9].([]byte), row[10].([]byte), row[11].(string)
		hashRow(sum, row[2].(int64), row[3].(int64), row[4].(string), row[5].(string), row[6].(string), row[7].(string), row[8].([]byte), rawSum)
		is := sha256.Sum256(raw)
		if gone == "" && !bytes.Equal(is[:], rawSum) || gone != "" && len(raw) > 0 {
			s.found("check.row", "entries", row[4].(string))
		}
	})
}

func (s *shelfCheck) readSupports() error {
	own := map[[2]string]int{}
	err := s.each("supports", "org, shelving, added, collection", "ttit", "org, shelving, added", func(row []any) {
		key := [2]string{row[0].(string), row[1].(string)}
		sum, ok := s.sums[key]
		if !ok || s.where[key] != row[3] {
			s.found("check.row", "supports", key[1])
			return
		}
		if s.laid[key][row[2].(int64)] {
			own[key]++
			return
		}
		hashSupport(sum, row[2].(int64))
	})
	for key, rows := range s.laid {
		if len(rows) != own[key] {
			s.found("check.row", "supports", key[1])
		}
	}
	return err
}

func (s *shelfCheck) readTaken() error {
	rows, err := s.q.QueryContext(s, `SELECT org, gone, added, id FROM entries WHERE gone <> '' ORDER BY org, gone, added`)
	if err != nil {
		return s.tolerate(err, "check.unreadable", "entries")
	}
	defer rows.Close()
	for rows.Next() {
		var key [2]string
		var added int64
		var id string
		if err := rows.Scan(&key[0], &key[1], &added, &id); err != nil {
			return s.tolerate(err, "check.unreadable", "entries")
		}
		sum, ok := s.sums[key]
		if !ok || s.kinds[key] != taken {
			s.found("check.row", "entries", id)
			continue
		}
		hashSupport(sum, added)
	}
	return s.tolerate(rows.Err(), "check.unreadable", "entries")
}

// readPlaces asks which versions are the first and the last.
func (s *shelfCheck) readPlaces() error {
	rows, err := s.q.QueryContext(s, `SELECT id FROM (
		SELECT id, gone, is_first, is_last,
			CASE WHEN gone = '' THEN ROW_NUMBER() OVER (PARTITION BY org, collection, audience, id, gone = '' ORDER BY instant, added) END AS from_first,
			CASE WHEN gone = '' THEN ROW_NUMBER() OVER (PARTITION BY org, collection, audience, id, gone = '' ORDER BY instant DESC, added DESC) END AS from_last
		FROM entries) AS placed
		WHERE is_first <> (CASE WHEN from_first = 1 THEN 1 ELSE 0 END) OR is_last <> (CASE WHEN from_last = 1 THEN 1 ELSE 0 END)`)
	if err != nil {
		return s.tolerate(err, "check.unreadable", "entries")
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return s.tolerate(err, "check.unreadable", "entries")
		}
		s.found("check.row", "entries", id)
	}
	return s.tolerate(rows.Err(), "check.unreadable", "entries")
}
