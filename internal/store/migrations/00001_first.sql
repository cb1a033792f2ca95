-- The first tables. Every row carries the organisation that owns it, and every reference
-- carries it too, so that a row cannot point at another organisation's.
--
-- The text is plain enough for SQLite and PostgreSQL: ids are made by the program, times
-- are RFC 3339 in UTC to the second, seq is the number of the ledger entry that tells of
-- the row, and nothing happens by trigger.

-- +goose Up
CREATE TABLE ledger_entries (
    seq        BIGINT NOT NULL PRIMARY KEY,
    org        TEXT   NOT NULL,
    at         TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    act        TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    commitment BYTEA  NOT NULL,
    UNIQUE (org, seq)
);

CREATE TABLE organisations (
    id      TEXT   NOT NULL PRIMARY KEY,
    name    TEXT   NOT NULL,
    created TEXT   NOT NULL,
    seq     BIGINT NOT NULL,
    FOREIGN KEY (id, seq) REFERENCES ledger_entries (org, seq)
);

CREATE TABLE ledger_contents (
    seq  BIGINT NOT NULL PRIMARY KEY,
    org  TEXT   NOT NULL,
    salt BYTEA  NOT NULL,
    body BYTEA  NOT NULL,
    FOREIGN KEY (org, seq) REFERENCES ledger_entries (org, seq)
);

CREATE TABLE ledger_hashes (
    idx  BIGINT NOT NULL PRIMARY KEY,
    org  TEXT   NOT NULL,
    hash BYTEA  NOT NULL
);

CREATE TABLE ledger_checkpoints (
    size   BIGINT NOT NULL PRIMARY KEY,
    org    TEXT   NOT NULL,
    signed BYTEA  NOT NULL
);

CREATE TABLE incidents (
    org      TEXT   NOT NULL REFERENCES organisations (id),
    id       TEXT   NOT NULL,
    codename TEXT   NOT NULL,
    opened   TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, seq) REFERENCES ledger_entries (org, seq)
);

CREATE TABLE items (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    incident   TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    status     TEXT   NOT NULL,
    value_type TEXT   NOT NULL,
    value_hash TEXT   NOT NULL,
    value      TEXT   NOT NULL,
    body       BYTEA  NOT NULL,
    first_seq  BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, incident) REFERENCES incidents (org, id),
    FOREIGN KEY (org, seq) REFERENCES ledger_entries (org, seq)
);

CREATE INDEX items_by_incident ON items (org, incident, first_seq);

CREATE TABLE decisions (
    org      TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    incident TEXT   NOT NULL,
    item     TEXT   NOT NULL,
    outcome  TEXT   NOT NULL,
    code     TEXT   NOT NULL,
    point    TEXT   NOT NULL,
    made     TEXT   NOT NULL,
    seq      BIGINT NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, incident) REFERENCES incidents (org, id),
    FOREIGN KEY (org, item) REFERENCES items (org, id),
    FOREIGN KEY (org, seq) REFERENCES ledger_entries (org, seq)
);

CREATE INDEX decisions_by_incident ON decisions (org, incident, seq);

CREATE TABLE parcels (
    org      TEXT   NOT NULL,
    id       TEXT   NOT NULL,
    incident TEXT   NOT NULL,
    media    TEXT   NOT NULL,
    label    TEXT   NOT NULL,
    reach    TEXT   NOT NULL,
    sender   TEXT   NOT NULL,
    sealed   TEXT   NOT NULL,
    sum      BYTEA  NOT NULL,
    body     BYTEA  NOT NULL,
    seq      BIGINT NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org, incident) REFERENCES incidents (org, id),
    FOREIGN KEY (org, seq) REFERENCES ledger_entries (org, seq)
);

CREATE INDEX parcels_by_incident ON parcels (org, incident, seq);
