-- +goose Up
-- What people did about work orders (整改事项). The orders themselves are in the releases;
-- a number names one.
CREATE TABLE order_act (
    number     TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    verb       TEXT NOT NULL,
    at         TEXT NOT NULL,
    department TEXT NOT NULL,
    office     TEXT NOT NULL,
    assigned   TEXT NOT NULL,
    reason     TEXT NOT NULL,
    approver   TEXT NOT NULL,
    until      TEXT NOT NULL,
    dispute    TEXT NOT NULL,
    PRIMARY KEY (number, seq)
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE order_act;
