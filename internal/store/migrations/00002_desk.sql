-- Objects are records whose fields the store does not look into: accounts, audiences,
-- answers, releases. lookup finds one without knowing whose it is, such as the hash of a
-- token; it is empty for most. Sessions come and go and are not in the ledger.

-- +goose Up
CREATE TABLE objects (
    org       TEXT   NOT NULL,
    sort      TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    parent    TEXT   NOT NULL,
    lookup    TEXT   NOT NULL,
    body      BYTEA  NOT NULL,
    first_seq BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    PRIMARY KEY (org, sort, id),
    FOREIGN KEY (org) REFERENCES organisations (id),
    FOREIGN KEY (org, seq) REFERENCES ledger_entries (org, seq)
);

CREATE INDEX objects_by_parent ON objects (org, sort, parent, first_seq);

CREATE UNIQUE INDEX objects_by_lookup ON objects (sort, lookup) WHERE lookup <> '';

CREATE INDEX ledger_by_subject ON ledger_entries (org, subject, seq);

ALTER TABLE items ADD COLUMN stand TEXT NOT NULL DEFAULT '';

CREATE INDEX items_by_stand ON items (org, incident, kind, stand);

CREATE INDEX incidents_by_seq ON incidents (org, seq);

-- Which acts belong to an incident. It derives from the rows and can be made anew.
CREATE TABLE scopes (
    org   TEXT   NOT NULL,
    scope TEXT   NOT NULL,
    seq   BIGINT NOT NULL,
    PRIMARY KEY (org, scope, seq)
);

INSERT INTO scopes (org, scope, seq) SELECT e.org, i.incident, e.seq FROM ledger_entries e JOIN items i ON i.org = e.org AND i.id = e.subject;

INSERT INTO scopes (org, scope, seq) SELECT org, id, seq FROM incidents;

INSERT INTO scopes (org, scope, seq) SELECT org, incident, seq FROM decisions;

INSERT INTO scopes (org, scope, seq) SELECT org, incident, seq FROM parcels;

CREATE TABLE sessions (
    sum     TEXT  NOT NULL PRIMARY KEY,
    org     TEXT  NOT NULL,
    account TEXT  NOT NULL,
    until   TEXT  NOT NULL,
    body    BYTEA NOT NULL
);

CREATE INDEX sessions_by_account ON sessions (org, account);

-- Words of items, in pieces of two characters. It derives from items and can be made anew.
CREATE TABLE search_rows (
    n        INTEGER PRIMARY KEY,
    org      TEXT NOT NULL,
    id       TEXT NOT NULL,
    incident TEXT NOT NULL,
    UNIQUE (org, id)
);

CREATE VIRTUAL TABLE search_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 0");
