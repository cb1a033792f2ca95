-- What a hub has on its shelves, and who took what. An entry is one version of a STIX object
-- in one collection for one audience; added, in microseconds since 1970, rises strictly in a
-- collection and is the reader's cursor. A shelving is one act that laid entries or took them
-- away. Receipts are written before a page leaves and bound to the ledger in sealings.

-- +goose Up
CREATE TABLE shelvings (
    org        TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    collection TEXT   NOT NULL,
    parcel     TEXT   NOT NULL,
    sum        BYTEA  NOT NULL,
    seq        BIGINT NOT NULL,
    PRIMARY KEY (org, id),
    FOREIGN KEY (org) REFERENCES organisations (id),
    FOREIGN KEY (org, seq) REFERENCES ledger_entries (org, seq)
);

CREATE TABLE entries (
    org        TEXT    NOT NULL,
    collection TEXT    NOT NULL,
    added      BIGINT  NOT NULL,
    audience   BIGINT  NOT NULL,
    id         TEXT    NOT NULL,
    type       TEXT    NOT NULL,
    version    TEXT    NOT NULL,
    instant    TEXT    NOT NULL,
    is_first   INTEGER NOT NULL,
    is_last    INTEGER NOT NULL,
    laid       TEXT    NOT NULL,
    gone       TEXT    NOT NULL,
    sum        BYTEA   NOT NULL,
    raw_sum    BYTEA   NOT NULL,
    raw        BYTEA   NOT NULL,
    PRIMARY KEY (org, collection, added),
    FOREIGN KEY (org, laid) REFERENCES shelvings (org, id)
);

CREATE INDEX entries_by_last ON entries (org, collection, is_last, added, audience);

CREATE INDEX entries_by_type ON entries (org, collection, type, is_last, added, audience);

CREATE INDEX entries_by_id ON entries (org, collection, id, instant, added);

CREATE INDEX entries_by_taking ON entries (org, gone, added) WHERE gone <> '';

-- Which shelvings an entry came with: the one that laid it and later ones of the same object.
CREATE TABLE supports (
    org        TEXT   NOT NULL,
    collection TEXT   NOT NULL,
    added      BIGINT NOT NULL,
    shelving   TEXT   NOT NULL,
    PRIMARY KEY (org, shelving, added),
    FOREIGN KEY (org, shelving) REFERENCES shelvings (org, id)
);

CREATE INDEX supports_by_entry ON supports (org, collection, added);

CREATE INDEX shelvings_by_parcel ON shelvings (org, collection, parcel);

CREATE TABLE receipts (
    n          INTEGER PRIMARY KEY,
    org        TEXT   NOT NULL,
    collection TEXT   NOT NULL,
    reader     TEXT   NOT NULL,
    account    TEXT   NOT NULL,
    via        TEXT   NOT NULL,
    since      BIGINT NOT NULL,
    upto       BIGINT NOT NULL,
    count      BIGINT NOT NULL,
    entries    BYTEA  NOT NULL,
    sum        BYTEA  NOT NULL,
    at         TEXT   NOT NULL,
    FOREIGN KEY (org) REFERENCES organisations (id)
);

CREATE INDEX receipts_by_reader ON receipts (org, collection, upto, since);
