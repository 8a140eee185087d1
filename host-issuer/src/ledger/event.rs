//! What can happen, as it is written into the chain.
//!
//! An entry is JSON with its fields in the order of the types below, so that one entry has one form:
//!
//! ```text
//! {"at":"2026-11-24T09:00:00Z","station":"hn-01","actor":"An","event":{"kind":"production_intended","job":"…",…}}
//! ```
//!
//! The intent comes before what it is about, the outcome after it: `production_intended` before the first command that changes a
//! chip, `signature_intended` before the signer is asked, `activation_intended` before the command that makes a card of the chip.

mod words;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub(super) use self::words::names;
pub use self::words::{CardState, ChipState, JobKind, JobState, OfficerEntry, Purpose, Role, StockCount};

/// A batch, such as `2026-11-24-hn-01-003`.
pub type BatchId = String;
/// A job: 32 lower-case hexadecimal digits.
pub type JobId = String;
/// A card: 16 capital letters and digits.
pub type CardId = String;
/// A chip's serial number: 20 capital hexadecimal digits.
pub type Serial = String;
/// A citizen: HMAC-SHA-256 over the citizen number under a key that is kept outside the ledger; 64 lower-case hexadecimal digits.
pub type CitizenKey = String;
/// SHA-256, 64 lower-case hexadecimal digits.
pub type Sha256Hex = String;

/// Schema of the entries; it is digested with each of them.
pub const ENTRY_SCHEMA: &str = "eid.ledger/1";

/// Something that happened: when, where, by whose doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// RFC 3339, UTC, whole seconds: [`timestamp`].
    pub at: String,
    /// Name of the station.
    pub station: String,
    /// Name of the officer who had it done; `station` where nobody did.
    pub actor: String,
    /// What happened.
    pub event: Event,
}

impl Entry {
    /// Something that happens now.
    #[must_use]
    pub fn new(now: OffsetDateTime, station: &str, actor: &str, event: Event) -> Self {
        Self {
            at: timestamp(now),
            station: station.to_owned(),
            actor: actor.to_owned(),
            event,
        }
    }
}

/// A time as the ledger writes it: RFC 3339, UTC, whole seconds, always 20 characters (`2026-11-24T09:00:00Z`), so that the order of
/// the texts is the order of the times.
#[must_use]
pub fn timestamp(time: OffsetDateTime) -> String {
    let whole = time.to_utc().truncate_to_second();
    // Only a year that has no four digits has no such form; no clock tells one.
    whole.format(&Rfc3339).unwrap_or_default()
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The ledger begins. Always the first event, and only the first.
    Opened {
        /// Random, 32 hexadecimal digits: no two ledgers have one identifier.
        ledger: String,
        /// The key that signs checkpoints: uncompressed point of P-256, hexadecimal.
        checkpoint_key: String,
    },
    /// Who may do what from now on; takes the place of all who were named before.
    OfficersSet {
        /// The officers.
        officers: Vec<OfficerEntry>,
    },

    /// A chip came into stock.
    ChipRegistered {
        /// The chip.
        serial: Serial,
        /// What its maker says of it (`eid.chip/1`), the keys that it drew ahead included.
        manifest: String,
        /// SHA-256 of each public key that it has: attestation, drawn ahead.
        keys: Vec<Sha256Hex>,
        /// The delivery that it came with.
        delivery: String,
        /// Version of its applet.
        applet_version: String,
        /// The station that has it now.
        station: String,
        /// How often it was handed over before: 0 for one that came from its maker.
        #[serde(default, skip_serializing_if = "is_zero")]
        moves: u32,
    },
    /// A chip went to another station, or came back from one: in the ledger of each of the two.
    ChipMoved {
        /// The chip.
        serial: Serial,
        /// Where it was.
        from: String,
        /// Where it is.
        to: String,
        /// Which hand-over of this chip it is, from 1. The number only grows: a hand-over that was taken in before moves nothing.
        moves: u32,
    },
    /// A chip drew new keys for a job.
    ChipKeysDrawn {
        /// The chip.
        serial: Serial,
        /// The job.
        job: JobId,
        /// SHA-256 of each public key.
        keys: Vec<Sha256Hex>,
    },
    /// A chip is kept apart: what it holds is not known.
    ChipQuarantined {
        /// The chip.
        serial: Serial,
        /// Why, as a stable id.
        reason: String,
    },
    /// A chip was on a reader and no card was made of it: it is not in stock here, or is issued already, or has another issuer's
    /// keys. Nothing was done to it, and what the tables say of the chip with this serial number stays.
    ChipRefused {
        /// The serial number that it tells; proved only where the reason is no wrong key.
        serial: Serial,
        /// The reader's name.
        reader: String,
        /// Why, as a stable id such as `chip.unknown`.
        reason: String,
    },
    /// A card was on a reader and no card was made of it: it is operational, and tells nobody which one it is.
    CardRefused {
        /// The reader's name.
        reader: String,
        /// Why, as a stable id such as `chip.not_blank`.
        reason: String,
    },
    /// A chip in quarantine was found blank, or made blank: it may be used again. Two people.
    ChipReleased {
        /// The chip.
        serial: Serial,
        /// The approval, by its digest.
        approval: Sha256Hex,
    },
    /// A chip or its card is of no use any more, and kept until it is destroyed.
    ChipSpoiled {
        /// The chip.
        serial: Serial,
        /// Why, as a stable id or in the operator's words.
        reason: String,
    },
    /// It was destroyed before two pairs of eyes.
    ChipDestroyed {
        /// The chip.
        serial: Serial,
        /// The approval, by its digest.
        approval: Sha256Hex,
    },

    /// A batch was taken in; its jobs follow.
    BatchCreated {
        /// The batch.
        batch: BatchId,
        /// The profile of its cards.
        profile: String,
        /// How many jobs it has.
        jobs: u32,
    },
    /// An application was accepted: a job of this batch.
    JobAccepted {
        /// The job.
        job: JobId,
        /// Its batch.
        batch: BatchId,
        /// SHA-256 of the application: record, images, profile.
        content_sha256: Sha256Hex,
        /// Whose card it is.
        citizen: CitizenKey,
        /// Province of the application, three digits.
        province: String,
        /// Why the card is made.
        reason: JobKind,
        /// The card that it replaces.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<CardId>,
    },
    /// Cards of this batch may be made. Two people.
    BatchStarted {
        /// The batch.
        batch: BatchId,
        /// The approval, by its digest.
        approval: Sha256Hex,
    },
    /// Nothing is left to do in it.
    BatchClosed {
        /// The batch.
        batch: BatchId,
        /// The approval, by its digest.
        approval: Sha256Hex,
    },
    /// No card can be made for a job: its citizen has one that this would not replace. The job failed.
    JobRefused {
        /// The job.
        job: JobId,
        /// Why, as a stable id such as `citizen.has_card`.
        reason: String,
    },
    /// A job will not be done; or its card, which was never accepted, is valid no more and none is made in its place.
    JobCancelled {
        /// The job.
        job: JobId,
        /// Why, in the operator's words.
        reason: String,
    },
    /// A job that failed is to be tried again. Two people where a card of it was issued and spoiled.
    JobRetried {
        /// The job.
        job: JobId,
        /// The approval, by its digest, where it needed one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approval: Option<Sha256Hex>,
    },

    /// This chip is about to be made this card: it may be changed from now on.
    ProductionIntended {
        /// The job.
        job: JobId,
        /// The attempt, from 1.
        attempt: u32,
        /// The chip.
        chip: Serial,
        /// The card.
        card_id: CardId,
        /// The reader's name.
        reader: String,
    },
    /// The signer is about to be asked.
    SignatureIntended {
        /// The job.
        job: JobId,
        /// The attempt.
        attempt: u32,
        /// Serial number of the document signer's certificate.
        document_signer: String,
        /// How many signatures.
        signatures: u32,
    },
    /// It signed.
    SignatureMade {
        /// The job.
        job: JobId,
        /// The attempt.
        attempt: u32,
        /// Serial number of the document signer's certificate.
        document_signer: String,
        /// How many signatures.
        signatures: u32,
        /// SHA-256 of EF.SOD.
        security_object_sha256: Sha256Hex,
    },
    /// Everything was read back and is right: the chip is about to become operational.
    ActivationIntended {
        /// The job.
        job: JobId,
        /// The attempt.
        attempt: u32,
    },
    /// The card is issued; the card that it replaces is revoked by that.
    CardIssued {
        /// The job.
        job: JobId,
        /// The attempt.
        attempt: u32,
        /// SHA-256 of the receipt.
        receipt_sha256: Sha256Hex,
    },
    /// The attempt came to nothing.
    ProductionFailed {
        /// The job.
        job: JobId,
        /// The attempt.
        attempt: u32,
        /// Why, as a stable id.
        reason: String,
        /// What the chip is now: blank (it was not touched, or was found to be loadable again), quarantined or spoiled.
        chip: ChipState,
        /// What the job is now: pending or failed.
        state: JobState,
    },
    /// What is printed on a card was handed out, for the printer. As often as it happens, and before it does.
    PrintDataGiven {
        /// The job.
        job: JobId,
        /// The card.
        card_id: CardId,
    },
    /// The finished card was looked at and is right: nothing personal of its job is needed any more.
    CardAccepted {
        /// The job.
        job: JobId,
        /// The card.
        card_id: CardId,
    },
    /// A job's personal data are gone from this station.
    JobPurged {
        /// The job.
        job: JobId,
    },

    /// A card is suspended, valid again, or revoked.
    CardChanged {
        /// The card.
        card_id: CardId,
        /// What it is now.
        state: CardState,
        /// Why, as a stable id or in the operator's words.
        reason: String,
        /// The approval, by its digest, where it needed one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approval: Option<Sha256Hex>,
    },

    /// Another person said yes to the event of the same transaction that names it.
    ApprovalUsed {
        /// SHA-256 of the request (`eid.request/1`) that both signed; where that is about several chips, of the request and the
        /// serial number of one. No second one with this digest.
        approval: Sha256Hex,
        /// What for.
        purpose: Purpose,
        /// To what: a batch, a chip, a card, a document signer.
        subject: String,
        /// Who asked.
        requested_by: String,
        /// Who said yes.
        approved_by: String,
    },
    /// An approval was presented that does not count. As often as that happens.
    ApprovalRefused {
        /// SHA-256 of the request, as it was presented.
        approval: Sha256Hex,
        /// What for.
        purpose: Purpose,
        /// To what.
        subject: String,
        /// Why not, as a stable id.
        reason: String,
    },
    /// A document signer may be used beyond its quota.
    QuotaExtended {
        /// Serial number of its certificate.
        document_signer: String,
        /// How many signatures more.
        signatures: u32,
        /// The approval, by its digest.
        approval: Sha256Hex,
    },
    /// An officer begins to make cards of a batch, and proves who it is: see [`shift`](crate::station::shift).
    ShiftOpened {
        /// Who.
        operator: String,
        /// What for.
        batch: BatchId,
        /// Where the ledger ended then: so many events.
        after: u64,
        /// With this digest, 64 lower-case hexadecimal digits.
        digest: Sha256Hex,
        /// When it was signed, RFC 3339.
        signed_at: String,
        /// The officer's signature over the statement, DER in capital hexadecimal.
        signature: String,
    },
    /// A shift is over: what was counted, by two people.
    ShiftClosed {
        /// Who had the shift.
        operator: String,
        /// Who counted with them.
        supervisor: String,
        /// What should be there, and what was.
        counted: Vec<StockCount>,
        /// The approval, by its digest.
        approval: Sha256Hex,
    },
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "what serde calls")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_has_one_form_and_is_read_back() {
        let entry = Entry {
            at: "2026-11-24T09:00:00Z".into(),
            station: "hn-01".into(),
            actor: "An".into(),
            event: Event::ProductionFailed {
                job: "00".repeat(16),
                attempt: 2,
                reason: "chip.removed".into(),
                chip: ChipState::Quarantined,
                state: JobState::Pending,
            },
        };
        let json = serde_json::to_string(&entry).unwrap();
        assert_eq!(
            json,
            "{\"at\":\"2026-11-24T09:00:00Z\",\"station\":\"hn-01\",\"actor\":\"An\",\"event\":{\"kind\":\"production_failed\",\
             \"job\":\"00000000000000000000000000000000\",\"attempt\":2,\"reason\":\"chip.removed\",\
             \"chip\":\"QUARANTINED\",\"state\":\"PENDING\"}}"
        );
        assert_eq!(serde_json::from_str::<Entry>(&json).unwrap(), entry);
        let unknown = json.replace("\"attempt\":2", "\"attempt\":2,\"more\":1");
        assert!(serde_json::from_str::<Entry>(&unknown).is_err());
    }
}
