-- Rejected rows that a commit went past. A letter is pending until it is known whether its run has committed.
CREATE TABLE dead_letters (
    id          INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: dead_letter_ends names letters by it
    sync        TEXT NOT NULL,
    sync_run_id TEXT NOT NULL,               -- of the run that rejected the row
    pending     INTEGER NOT NULL,            -- 1: the outcome of that run is not known yet
    identity    BLOB NOT NULL,               -- tells the row from the other letters of the sync
    position    INTEGER NOT NULL,            -- in the source of that run, from 1
    column_name TEXT NOT NULL,               -- '': the row as a whole
    reason      TEXT NOT NULL,
    row_key     TEXT NOT NULL,               -- masked; '' if unknown
    read_again  INTEGER NOT NULL,            -- 1: the next run reads the row again, and with its commit the letter ends
    batch       INTEGER REFERENCES dead_letter_rows (id), -- NULL: its values were not kept
    place       INTEGER NOT NULL,            -- of the row in the batch, from 0
    rejected_at TEXT NOT NULL,
    retried_at  TEXT,                        -- NULL: never
    expires_at  TEXT                         -- NULL: never
) STRICT;

CREATE UNIQUE INDEX dead_letters_live ON dead_letters (sync, identity) WHERE pending = 0;
CREATE UNIQUE INDEX dead_letters_pending ON dead_letters (sync_run_id, identity) WHERE pending = 1;
CREATE INDEX dead_letters_by_batch ON dead_letters (batch);

-- The values of rejected rows, several in one: Arrow, compressed.
CREATE TABLE dead_letter_rows (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    sync        TEXT NOT NULL,
    sync_run_id TEXT NOT NULL,
    rows        BLOB NOT NULL
) STRICT;

-- Which letters end with the commit of a run.
CREATE TABLE dead_letter_ends (
    sync_run_id TEXT NOT NULL,
    sync        TEXT NOT NULL,
    letter      INTEGER                      -- NULL: all that earlier runs of the sync have left
) STRICT;

CREATE INDEX dead_letter_ends_by_run ON dead_letter_ends (sync_run_id);
