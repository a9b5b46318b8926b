-- The journal: one row for each statement that changes a target, written before it is sent. Its outcome is written
-- after the reply, or when it was settled.
CREATE TABLE commits (
    sync_run_id TEXT NOT NULL,
    n           INTEGER NOT NULL,            -- order in the run, from 1
    sync        TEXT NOT NULL,
    mode        TEXT NOT NULL,               -- of the plan: insert, merge, mirror, replace
    change      TEXT NOT NULL,               -- JSON: kind, target, scratch, version before it, rows, signature
    watermark   TEXT,                        -- JSON: in force once this is known to be committed; NULL: it stays
    previous    TEXT,                        -- JSON: in force before this run, for undo; NULL: none
    sent_at     TEXT NOT NULL,
    outcome     TEXT NOT NULL DEFAULT '',    -- '': not known yet; committed, not_committed, undone
    evidence    TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (sync_run_id, n)
) STRICT;

CREATE INDEX commits_unsettled ON commits (sync) WHERE outcome = '';
