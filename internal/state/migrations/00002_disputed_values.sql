-- +goose Up
-- The value a dispute is about, as golden records showed it when it was filed: known is 0
-- of disputes filed before this was kept. The release that brought another is the act's.
ALTER TABLE dispute ADD COLUMN value TEXT;
ALTER TABLE dispute ADD COLUMN known INTEGER NOT NULL DEFAULT 0;
ALTER TABLE dispute_act ADD COLUMN release INTEGER NOT NULL DEFAULT 0;

-- An erasure under way: until its row is gone the copies of this machine, or the store's
-- copy of the state, may still hold what it takes out.
CREATE TABLE erasure (
    begun TEXT NOT NULL
) STRICT;

-- +goose Down
DROP TABLE erasure;
ALTER TABLE dispute_act DROP COLUMN release;
ALTER TABLE dispute DROP COLUMN known;
ALTER TABLE dispute DROP COLUMN value;
