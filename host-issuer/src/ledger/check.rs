//! What an entry must look like to be taken into the chain.
//!
//! Identifiers have exact forms, so that nothing that is no identifier (a name, a citizen number) gets into the ledger in the place
//! of one; free text is short and one line.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::error::{Conflict, LedgerError};
use super::event::{Entry, Event, JobState, OfficerEntry, timestamp};

/// Longest content of an event, in bytes.
pub const MAX_CONTENT: usize = 64 * 1024;
/// Most entries of one call.
pub const MAX_ENTRIES: usize = 100_000;
/// Longest free text and longest name, in bytes.
pub const MAX_TEXT: usize = 256;
/// Longest manifest of a chip, in bytes.
pub const MAX_MANIFEST: usize = 48 * 1024;
/// Most public keys of a chip in one event.
pub const MAX_KEYS: usize = 32;
/// Most officers, and most lines of a count.
pub const MAX_LIST: usize = 100;

/// The content of the event that this entry becomes.
///
/// # Errors
/// [`Conflict::Malformed`] with the field and its rule.
pub fn content(entry: &Entry) -> Result<Vec<u8>, LedgerError> {
    time(&entry.at)?;
    name("station", &entry.station)?;
    name("actor", &entry.actor)?;
    event(&entry.event)?;
    let content = serde_json::to_vec(entry).map_err(|_| malformed("content", "is no JSON"))?;
    if content.len() > MAX_CONTENT {
        return Err(malformed("content", "is longer than 65536 bytes"));
    }
    Ok(content)
}

fn malformed(field: &'static str, rule: &'static str) -> LedgerError {
    LedgerError::Conflict(Conflict::Malformed { field, rule })
}

fn event(event: &Event) -> Result<(), LedgerError> {
    match event {
        Event::Opened {
            ledger,
            checkpoint_key,
        } => {
            lower_hex("ledger", ledger, 32)?;
            point("checkpoint_key", checkpoint_key)
        }
        Event::OfficersSet { officers } => self::officers(officers),
        Event::ChipRegistered {
            serial,
            manifest,
            keys,
            delivery,
            applet_version,
            station,
            moves: _,
        } => {
            chip(serial)?;
            if manifest.len() > MAX_MANIFEST {
                return Err(malformed("manifest", "is longer than 49152 bytes"));
            }
            self::keys(keys)?;
            name("delivery", delivery)?;
            name("applet_version", applet_version)?;
            name("station", station)
        }
        Event::ChipRefused {
            serial,
            reader,
            reason,
        } => {
            chip(serial)?;
            name("reader", reader)?;
            name("reason", reason)
        }
        Event::CardRefused { reader, reason } => {
            name("reader", reader)?;
            name("reason", reason)
        }
        Event::ChipMoved {
            serial,
            from,
            to,
            moves: _,
        } => {
            chip(serial)?;
            name("from", from)?;
            name("to", to)
        }
        Event::ChipKeysDrawn { serial, job, keys } => {
            chip(serial)?;
            self::job(job)?;
            self::keys(keys)
        }
        Event::ChipQuarantined { serial, reason } | Event::ChipSpoiled { serial, reason } => {
            chip(serial)?;
            name("reason", reason)
        }
        Event::ChipReleased { serial, approval } | Event::ChipDestroyed { serial, approval } => {
            chip(serial)?;
            sha256("approval", approval)
        }
        Event::BatchCreated { batch, profile, .. } => {
            self::batch(batch)?;
            name("profile", profile)
        }
        Event::JobAccepted {
            job,
            batch,
            content_sha256,
            citizen,
            province,
            replaces,
            reason: _,
        } => {
            self::job(job)?;
            self::batch(batch)?;
            sha256("content_sha256", content_sha256)?;
            sha256("citizen", citizen)?;
            if province.len() != 3 || !province.bytes().all(|digit| digit.is_ascii_digit()) {
                return Err(malformed("province", "must be three digits"));
            }
            replaces.as_deref().map_or(Ok(()), card)
        }
        Event::BatchStarted { batch, approval } | Event::BatchClosed { batch, approval } => {
            self::batch(batch)?;
            sha256("approval", approval)
        }
        Event::JobCancelled { job, reason } | Event::JobRefused { job, reason } => {
            self::job(job)?;
            name("reason", reason)
        }
        Event::JobRetried { job, approval } => {
            self::job(job)?;
            maybe_approval(approval.as_deref())
        }
        Event::ProductionIntended {
            job,
            attempt: _,
            chip: serial,
            card_id,
            reader,
        } => {
            self::job(job)?;
            chip(serial)?;
            card(card_id)?;
            name("reader", reader)
        }
        Event::SignatureIntended {
            job, document_signer, ..
        } => {
            self::job(job)?;
            name("document_signer", document_signer)
        }
        Event::SignatureMade {
            job,
            document_signer,
            security_object_sha256,
            ..
        } => {
            self::job(job)?;
            name("document_signer", document_signer)?;
            sha256("security_object_sha256", security_object_sha256)
        }
        Event::ActivationIntended { job, attempt: _ } | Event::JobPurged { job } => self::job(job),
        Event::PrintDataGiven { job, card_id } | Event::CardAccepted { job, card_id } => {
            self::job(job)?;
            card(card_id)
        }
        Event::CardIssued {
            job,
            attempt: _,
            receipt_sha256,
        } => {
            self::job(job)?;
            sha256("receipt_sha256", receipt_sha256)
        }
        Event::ProductionFailed {
            job, reason, state, ..
        } => {
            self::job(job)?;
            name("reason", reason)?;
            match state {
                JobState::Pending | JobState::Failed => Ok(()),
                JobState::Issued | JobState::Cancelled => {
                    Err(malformed("state", "must be PENDING or FAILED"))
                }
            }
        }
        Event::CardChanged {
            card_id,
            reason,
            approval,
            state: _,
        } => {
            card(card_id)?;
            name("reason", reason)?;
            maybe_approval(approval.as_deref())
        }
        Event::ApprovalUsed {
            approval,
            subject,
            requested_by,
            approved_by,
            purpose: _,
        } => {
            sha256("approval", approval)?;
            name("subject", subject)?;
            two_people(requested_by, approved_by)
        }
        Event::ApprovalRefused {
            approval,
            subject,
            reason,
            purpose: _,
        } => {
            sha256("approval", approval)?;
            name("subject", subject)?;
            name("reason", reason)
        }
        Event::QuotaExtended {
            document_signer,
            approval,
            signatures: _,
        } => {
            name("document_signer", document_signer)?;
            sha256("approval", approval)
        }
        Event::ShiftOpened {
            operator,
            batch,
            after: _,
            digest,
            signed_at,
            signature,
        } => {
            name("operator", operator)?;
            self::batch(batch)?;
            sha256("digest", digest)?;
            name("signed_at", signed_at)?;
            name("signature", signature)
        }
        Event::ShiftClosed {
            operator,
            supervisor,
            counted,
            approval,
        } => {
            if counted.len() > MAX_LIST {
                return Err(malformed("counted", "has more than 100 lines"));
            }
            two_people(operator, supervisor)?;
            sha256("approval", approval)
        }
    }
}

/// One form of a time: its order as a text is its order.
fn time(at: &str) -> Result<(), LedgerError> {
    match OffsetDateTime::parse(at, &Rfc3339) {
        Ok(time) if timestamp(time) == at => Ok(()),
        _ => Err(malformed(
            "at",
            "must be like 2026-11-24T09:00:00Z, in whole seconds",
        )),
    }
}

fn name(field: &'static str, text: &str) -> Result<(), LedgerError> {
    if text.trim().is_empty() || text.len() > MAX_TEXT || text.chars().any(char::is_control) {
        return Err(malformed(field, "must be one line of 1 to 256 bytes"));
    }
    Ok(())
}

fn digits(text: &str, length: usize, allowed: fn(u8) -> bool) -> bool {
    text.len() == length && text.bytes().all(allowed)
}

fn lower_hex(field: &'static str, text: &str, length: usize) -> Result<(), LedgerError> {
    match digits(text, length, |digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')) {
        true => Ok(()),
        false => Err(malformed(
            field,
            "must be lower-case hexadecimal digits, as many as it has",
        )),
    }
}

fn sha256(field: &'static str, text: &str) -> Result<(), LedgerError> {
    lower_hex(field, text, 64)
}

fn maybe_approval(approval: Option<&str>) -> Result<(), LedgerError> {
    approval.map_or(Ok(()), |approval| sha256("approval", approval))
}

fn job(job: &str) -> Result<(), LedgerError> {
    lower_hex("job", job, 32)
}

fn chip(serial: &str) -> Result<(), LedgerError> {
    match digits(serial, 20, |digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F')) {
        true => Ok(()),
        false => Err(malformed("serial", "must be 20 capital hexadecimal digits")),
    }
}

fn card(card_id: &str) -> Result<(), LedgerError> {
    match digits(card_id, 16, |digit| {
        digit.is_ascii_digit() || digit.is_ascii_uppercase()
    }) {
        true => Ok(()),
        false => Err(malformed("card_id", "must be 16 capital letters and digits")),
    }
}

fn batch(batch: &str) -> Result<(), LedgerError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if batch.is_empty() || batch.len() > 64 || !batch.bytes().all(allowed) {
        return Err(malformed(
            "batch",
            "must be 1 to 64 letters, digits, '-', '_' and '.'",
        ));
    }
    Ok(())
}

fn keys(keys: &[String]) -> Result<(), LedgerError> {
    if keys.len() > MAX_KEYS {
        return Err(malformed("keys", "has more than 32 entries"));
    }
    keys.iter().try_for_each(|key| sha256("keys", key))
}

fn point(field: &'static str, text: &str) -> Result<(), LedgerError> {
    match digits(text, 130, |digit| digit.is_ascii_hexdigit()) && text.starts_with("04") {
        true => Ok(()),
        false => Err(malformed(
            field,
            "must be an uncompressed point of P-256, hexadecimal",
        )),
    }
}

fn officers(officers: &[OfficerEntry]) -> Result<(), LedgerError> {
    if officers.is_empty() || officers.len() > MAX_LIST {
        return Err(malformed("officers", "must be 1 to 100"));
    }
    for (place, officer) in officers.iter().enumerate() {
        name("officers", &officer.name)?;
        point("officers", &officer.public_key)?;
        let same = |other: &OfficerEntry| {
            other.name == officer.name || other.public_key.eq_ignore_ascii_case(&officer.public_key)
        };
        if officers.iter().skip(place + 1).any(same) {
            return Err(malformed("officers", "names a person or a key twice"));
        }
    }
    Ok(())
}

fn two_people(one: &str, other: &str) -> Result<(), LedgerError> {
    name("requested_by", one)?;
    name("approved_by", other)?;
    match one == other {
        true => Err(malformed("approved_by", "must be another person than who asked")),
        false => Ok(()),
    }
}
