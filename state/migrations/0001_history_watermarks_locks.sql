-- One row for each sync of each invocation that was started or refused. Times are UTC, fixed width, so that they sort.
CREATE TABLE runs (
    sync_run_id      TEXT PRIMARY KEY,
    run_id           TEXT NOT NULL,
    sync             TEXT NOT NULL,
    mode             TEXT NOT NULL,
    status           TEXT NOT NULL,
    started_at       TEXT NOT NULL,
    finished_at      TEXT,
    host             TEXT NOT NULL,
    pid              INTEGER NOT NULL,
    error            TEXT NOT NULL DEFAULT '',
    error_type       TEXT NOT NULL DEFAULT '',
    error_stage      TEXT NOT NULL DEFAULT '',
    error_suggestion TEXT NOT NULL DEFAULT '',
    scratch          INTEGER NOT NULL DEFAULT 0, -- 1: the run may have left scratch behind
    report           TEXT NOT NULL DEFAULT '{}'  -- counts, warnings, rejects as JSON
) STRICT;

CREATE INDEX runs_by_sync ON runs (sync, started_at);
CREATE INDEX runs_with_scratch ON runs (sync) WHERE scratch = 1;

-- How far an incremental sync has come.
CREATE TABLE watermarks (
    sync         TEXT PRIMARY KEY,
    cursor_field TEXT NOT NULL,
    value_type   TEXT,                        -- NULL: nothing was passed yet
    value        TEXT,
    open_values  TEXT NOT NULL DEFAULT '[]',  -- values at or below value at which rows may still have to be sent, JSON
    ahead        INTEGER NOT NULL DEFAULT 0,  -- 1: rows beyond value were sent too; sent has their hashes
    columns      TEXT NOT NULL DEFAULT '[]',  -- the columns that the hashes cover, JSON
    sent         BLOB NOT NULL,               -- hashes of sent rows at open values, with their numbers
    sync_run_id  TEXT NOT NULL,
    saved_at     TEXT NOT NULL
) STRICT;

-- One row for each sync that is running.
CREATE TABLE locks (
    sync        TEXT PRIMARY KEY,
    sync_run_id TEXT NOT NULL,
    run_id      TEXT NOT NULL,
    host        TEXT NOT NULL,
    domain      TEXT NOT NULL,  -- in which pid means something: boot and pid namespace; '' if unknown
    pid         INTEGER NOT NULL,
    pid_started TEXT NOT NULL,  -- tells a process from a later one with its pid; '' if unknown
    since       TEXT NOT NULL,
    heartbeat   TEXT NOT NULL,
    beats       INTEGER NOT NULL
) STRICT;
