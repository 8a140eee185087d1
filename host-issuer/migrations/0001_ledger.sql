-- The tables of a ledger, for SQLite and PostgreSQL: text, 64-bit integers, and no more.
--
-- `events` is the chain. Everything below it but `checkpoints` and `job_keys` is the sum of the events and can be made again
-- from them. What must never be twice is unique here, whatever a program believes.

CREATE TABLE events (
    sequence BIGINT PRIMARY KEY CHECK (sequence > 0),
    content TEXT NOT NULL,
    digest TEXT NOT NULL
);

-- Signatures over the end of the chain at some moments.
CREATE TABLE checkpoints (
    sequence BIGINT PRIMARY KEY CHECK (sequence > 0),
    digest TEXT NOT NULL,
    at TEXT NOT NULL,
    signature TEXT NOT NULL
);

-- The wrapped keys of personal data, which are destroyed one day and therefore in no chain.
CREATE TABLE job_keys (
    job TEXT PRIMARY KEY,
    wrapped TEXT NOT NULL
);

CREATE TABLE ledger (
    only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
    ledger TEXT NOT NULL,
    checkpoint_key TEXT NOT NULL
);

CREATE TABLE officers (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('operator', 'supervisor', 'auditor')),
    public_key TEXT NOT NULL UNIQUE,
    place BIGINT NOT NULL
);

-- Approvals that counted, each for one event.
CREATE TABLE approvals (
    approval TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    subject TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    approved_by TEXT NOT NULL,
    -- The number of the event that it allowed.
    spent BIGINT UNIQUE,
    CHECK (requested_by <> approved_by)
);

CREATE TABLE document_signers (
    serial TEXT PRIMARY KEY,
    asked BIGINT NOT NULL,
    made BIGINT NOT NULL,
    extended BIGINT NOT NULL,
    CHECK (0 <= made AND made <= asked AND 0 <= extended)
);

CREATE TABLE batches (
    batch TEXT PRIMARY KEY,
    profile TEXT NOT NULL,
    jobs BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('CREATED', 'STARTED', 'CLOSED')),
    created_at TEXT NOT NULL,
    sequence BIGINT NOT NULL UNIQUE,
    CHECK (accepted <= jobs)
);

CREATE TABLE jobs (
    job TEXT PRIMARY KEY,
    batch TEXT NOT NULL REFERENCES batches (batch),
    content_sha256 TEXT NOT NULL,
    citizen TEXT NOT NULL,
    province TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('first', 'renewal', 'replacement')),
    replaces TEXT,
    state TEXT NOT NULL CHECK (state IN ('PENDING', 'ISSUED', 'CANCELLED', 'FAILED')),
    attempts BIGINT NOT NULL,
    reason TEXT,
    accepted_at TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    -- Whether its card was looked at and found right: from then on its personal data have to go.
    accepted BIGINT NOT NULL CHECK (accepted IN (0, 1)),
    purged BIGINT NOT NULL CHECK (purged IN (0, 1)),
    sequence BIGINT NOT NULL UNIQUE
);

CREATE INDEX jobs_of_a_batch ON jobs (batch, sequence);
CREATE INDEX jobs_in_a_state ON jobs (state, sequence);
-- One application is one job, unless that was cancelled; the same application for another card is another one.
CREATE UNIQUE INDEX one_job_of_an_application ON jobs (content_sha256, (COALESCE(replaces, ''))) WHERE state <> 'CANCELLED';

CREATE TABLE chips (
    serial TEXT PRIMARY KEY,
    manifest TEXT NOT NULL,
    delivery TEXT NOT NULL,
    applet_version TEXT NOT NULL,
    station TEXT NOT NULL,
    -- How often it was handed over.
    moves BIGINT NOT NULL CHECK (moves >= 0),
    state TEXT NOT NULL CHECK (state IN ('BLANK', 'IN_PRODUCTION', 'ISSUED', 'QUARANTINED', 'SPOILED', 'DESTROYED')),
    reason TEXT,
    job TEXT REFERENCES jobs (job)
);

CREATE INDEX chips_in_a_state ON chips (state, station);
CREATE INDEX chips_of_a_delivery ON chips (delivery);

CREATE TABLE chip_keys (
    public_key TEXT PRIMARY KEY,
    serial TEXT NOT NULL REFERENCES chips (serial)
);

CREATE TABLE cards (
    card_id TEXT PRIMARY KEY,
    chip TEXT NOT NULL REFERENCES chips (serial),
    job TEXT NOT NULL REFERENCES jobs (job),
    citizen TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('NEW', 'ACTIVE', 'SUSPENDED', 'REVOKED')),
    issued_at TEXT,
    replaced_by TEXT REFERENCES cards (card_id),
    CHECK (state = 'REVOKED' OR (state = 'NEW') = (issued_at IS NULL))
);

CREATE INDEX cards_of_a_citizen ON cards (citizen);
CREATE INDEX cards_by_time ON cards (issued_at);
CREATE UNIQUE INDEX one_valid_card_of_a_citizen ON cards (citizen) WHERE state IN ('ACTIVE', 'SUSPENDED');
CREATE UNIQUE INDEX one_card_in_production_of_a_citizen ON cards (citizen) WHERE state = 'NEW';
CREATE UNIQUE INDEX one_card_of_a_job ON cards (job) WHERE state <> 'REVOKED';
CREATE UNIQUE INDEX one_card_of_a_chip ON cards (chip) WHERE state <> 'REVOKED';
-- A chip that was an issued card never becomes another one.
CREATE UNIQUE INDEX one_issued_card_of_a_chip ON cards (chip) WHERE issued_at IS NOT NULL;

CREATE TABLE attempts (
    job TEXT NOT NULL REFERENCES jobs (job),
    attempt BIGINT NOT NULL CHECK (attempt > 0),
    chip TEXT NOT NULL REFERENCES chips (serial),
    card_id TEXT NOT NULL UNIQUE REFERENCES cards (card_id),
    reader TEXT NOT NULL,
    step TEXT NOT NULL CHECK (step IN ('intended', 'signing', 'signed', 'activating', 'issued', 'failed')),
    began_at TEXT NOT NULL,
    PRIMARY KEY (job, attempt)
);

CREATE UNIQUE INDEX one_open_attempt_of_a_job ON attempts (job) WHERE step NOT IN ('issued', 'failed');
CREATE UNIQUE INDEX one_open_attempt_on_a_chip ON attempts (chip) WHERE step NOT IN ('issued', 'failed');
