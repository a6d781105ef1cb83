-- +goose Up
-- Rows that a rule keeps out of the clean tables and a person lets in for a time. A row is
-- named by the number of its problem, which tells nothing of its key; '' is all rows of the
-- rule.
CREATE TABLE quarantine_release (
    id       INTEGER PRIMARY KEY,
    resource TEXT NOT NULL,
    rule     TEXT NOT NULL,
    number   TEXT NOT NULL,
    reason   TEXT NOT NULL,
    approver TEXT NOT NULL,
    at       TEXT NOT NULL,
    until    TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE quarantine_release;
