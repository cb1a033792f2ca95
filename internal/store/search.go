package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wakachi/wakachi/internal/incident"
	"github.com/wakachi/wakachi/internal/party"
)

// The index holds each item's words in overlapping pieces of two characters, so that
// Japanese without spaces, and a part of a digest, are found. A piece has the letters'
// code points and not the letters, for the tokenizer to leave it whole.

// words gives what an item is found by.
func words(i incident.Item) string {
	return strings.Join([]string{i.Value.Value, i.Technique, i.Family, i.Text}, " ")
}

// pieces gives the tokens of a text and how many they are: pairs of neighbouring letters
// or digits, folded, in their order. A gap between words is a piece of its own.
func pieces(text string) string {
	const base = "0123456789abcdefghijklmnopqrstuvwxyz"
	var out strings.Builder
	code := func(r rune) {
		for shift := 20; shift >= 0; shift -= 5 {
			out.WriteByte(base[r>>shift&31])
		}
	}
	prev := rune(-1)
	for _, r := range strings.ToLower(norm.NFKC.String(text)) {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) {
			prev = -1
			continue
		}
		if prev >= 0 {
			code(prev)
			code(r)
			out.WriteByte(' ')
		}
		prev = r
	}
	return out.String()
}

func (w *Writing) index(id, incidentID, text string) error {
	if err := w.unindex(id); err != nil {
		return err
	}
	var n int64
	err := w.tx.QueryRowContext(w, `INSERT INTO search_rows (org, id, incident) VALUES ($1, $2, $3)
		ON CONFLICT (org, id) DO UPDATE SET incident = excluded.incident RETURNING n`, w.org, id, incidentID).Scan(&n)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(w, `INSERT INTO search_words (rowid, words) VALUES ($1, $2)`, n, owner(w.org)+" "+pieces(text))
	return err
}

func (w *Writing) unindex(id string) error {
	var n int64
	err := w.tx.QueryRowContext(w, `SELECT n FROM search_rows WHERE org = $1 AND id = $2`, w.org, id).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		_, err = w.tx.ExecContext(w, `DELETE FROM search_words WHERE rowid = $1`, n)
	}
	return err
}

// reindex makes the words of an item anew from its row, after a purge, and lets the index
// forget what it has struck out.
func (w *Writing) reindex(id string) error {
	if err := w.indexRow(id); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(w, `INSERT INTO search_words (search_words) VALUES ('optimize')`)
	return err
}

func (w *Writing) indexRow(id string) error {
	i, err := one(w, w.tx, scanItem, `SELECT seq, body FROM items WHERE org = $1 AND id = $2 AND kind <> $3`, w.org, id, purgedKind)
	if err == nil {
		var of string
		if err := w.tx.QueryRowContext(w, `SELECT incident FROM items WHERE org = $1 AND id = $2`, w.org, id).Scan(&of); err != nil {
			return err
		}
		return w.index(id, of, words(i))
	}
	if err := w.unindex(id); err != nil {
		return err
	}
	_, err = w.tx.ExecContext(w, `DELETE FROM search_rows WHERE org = $1 AND id = $2`, w.org, id)
	return err
}

// owner is the word by which an organisation's rows are told from others' inside the index,
// so that what others have does not make a search slower.
func owner(org party.OrgID) string {
	_, id, _ := strings.Cut(string(org), "-")
	return "org" + id
}

// A Found is an item that holds what was searched for.
type Found struct {
	Incident incident.ID
	Item     incident.Item
}

// Search lists an organisation's items that hold the text, the last to come first, at most
// limit. Width, case and what stands between words do not matter; one letter alone finds
// nothing.
func (s *Store) Search(ctx context.Context, org party.OrgID, text string, limit int) ([]Found, error) {
	if err := knowOrganisation(ctx, s.reader, org); err != nil {
		return nil, fail(err)
	}
	var phrases []string
	for _, word := range strings.FieldsFunc(norm.NFKC.String(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	}) {
		if p := strings.TrimSpace(pieces(word)); p != "" {
			phrases = append(phrases, `"`+p+`"`)
		}
	}
	if len(phrases) == 0 || len(phrases) > 32 {
		return nil, nil
	}
	return list(ctx, s.reader, func(rows *sql.Rows) (Found, error) {
		var f Found
		var body []byte
		if err := rows.Scan(&f.Incident, &f.Item.Version, &body); err != nil {
			return f, err
		}
		version := f.Item.Version
		_, i, err := itemOf(body)
		f.Item = i
		f.Item.Version = version
		return f, err
	}, `SELECT i.incident, i.seq, i.body FROM search_words JOIN search_rows r ON r.n = search_words.rowid
		JOIN items i ON i.org = r.org AND i.id = r.id
		WHERE search_words MATCH $1 AND r.org = $2 AND i.kind <> '' ORDER BY search_words.rowid DESC LIMIT $3`,
		`"`+owner(org)+`" AND `+strings.Join(phrases, " AND "), org, limit)
}
