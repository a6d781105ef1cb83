-- +goose Up
-- When a release was withdrawn before its day; '' is never.
ALTER TABLE quarantine_release ADD COLUMN withdrawn TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE quarantine_release DROP COLUMN withdrawn;
