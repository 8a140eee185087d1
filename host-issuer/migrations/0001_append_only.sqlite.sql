-- SQLite's part: the chain is appended to. Against mistakes; what an attacker does, `eid ledger verify` finds.

CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the events of a ledger are never changed'); END;

CREATE TRIGGER events_are_not_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the events of a ledger are never removed'); END;

CREATE TRIGGER events_follow_each_other BEFORE INSERT ON events
WHEN NEW.sequence <> 1 + COALESCE((SELECT MAX(sequence) FROM events), 0)
BEGIN SELECT RAISE(ABORT, 'an event of a ledger follows the last one'); END;

CREATE TRIGGER checkpoints_are_not_changed BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the checkpoints of a ledger are never changed'); END;

CREATE TRIGGER checkpoints_are_not_removed BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the checkpoints of a ledger are never removed'); END;
