-- When a later run found this one dead, by that run's clock; NULL: it ended by itself. finished_at is then its last
-- heartbeat, by a clock that may be wrong.
ALTER TABLE runs ADD COLUMN buried_at TEXT;
