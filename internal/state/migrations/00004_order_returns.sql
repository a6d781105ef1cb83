-- +goose Up
-- Work lists that came back filled in and were taken over: each once, by its digest.
CREATE TABLE order_return (
    digest     TEXT PRIMARY KEY,
    department TEXT NOT NULL,
    at         TEXT NOT NULL,
    acts       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE order_return;
