-- +goose Up
-- What a department holds to be wrong in a golden record (数据异议). What became of it is
-- told by its acts alone.
CREATE TABLE dispute (
    id         INTEGER PRIMARY KEY,
    number     TEXT NOT NULL UNIQUE,
    entity     TEXT NOT NULL,
    golden_id  TEXT NOT NULL,
    entity_key TEXT NOT NULL,
    element    TEXT NOT NULL,
    department TEXT NOT NULL,
    authority  TEXT NOT NULL,
    release    INTEGER NOT NULL
) STRICT;

CREATE TABLE dispute_act (
    dispute    INTEGER NOT NULL REFERENCES dispute (id),
    seq        INTEGER NOT NULL,
    verb       TEXT NOT NULL,
    at         TEXT NOT NULL,
    department TEXT NOT NULL,
    office     TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    PRIMARY KEY (dispute, seq)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE dispute_act;
DROP TABLE dispute;
