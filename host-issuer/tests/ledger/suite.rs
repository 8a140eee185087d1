//! What every store of a ledger must do. A store of another database runs [`all`] with its own factory.

#[path = "suite/approvals.rs"]
mod approvals;
#[path = "suite/cards.rs"]
mod cards;
#[path = "suite/chain.rs"]
mod chain;
#[path = "suite/chips.rs"]
mod chips;
#[path = "suite/jobs.rs"]
mod jobs;

use host_issuer::ledger::{Entry, LedgerStore};

/// Makes a new store that begins with these entries.
pub type Factory<'a> = &'a dyn Fn(&[Entry]) -> Box<dyn LedgerStore>;

/// What a store must do.
pub type Test = fn(Factory<'_>);

/// Everything, by name: a failure says which.
pub const ALL: &[(&str, Test)] = &[
    ("the chain binds every event", chain::binds_every_event),
    ("a ledger opens once", chain::opens_once),
    ("all entries of a call or none", chain::all_or_none),
    ("entries have exact forms", chain::exact_forms),
    ("chips enter stock once", chips::enter_once),
    ("chips change as they may", chips::change_as_they_may),
    ("keys belong to one chip", chips::keys_belong_to_one_chip),
    ("an application is one job", jobs::an_application_is_one_job),
    (
        "batches start whole and end done",
        jobs::batches_start_whole_and_end_done,
    ),
    (
        "a card is accepted once and purged then",
        jobs::a_card_is_accepted_once_and_purged_then,
    ),
    (
        "a job is refused before any attempt",
        jobs::a_job_is_refused_before_any_attempt,
    ),
    ("an attempt goes step by step", jobs::an_attempt_goes_step_by_step),
    (
        "what died in between is found",
        jobs::what_died_in_between_is_found,
    ),
    ("keys of jobs can be destroyed", jobs::keys_can_be_destroyed),
    ("one valid card of a citizen", cards::one_valid_card),
    ("a renewal takes the place of the card", cards::renewal),
    ("strangers share nine digits", cards::strangers_share_nine_digits),
    ("a card identifier is given once", cards::identifier_once),
    ("cards are suspended and revoked", cards::suspended_and_revoked),
    ("approvals allow one thing once", approvals::allow_one_thing_once),
    (
        "officers and signers are counted",
        approvals::officers_and_signers,
    ),
];
