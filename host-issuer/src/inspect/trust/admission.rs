//! What a certificate must be before anybody asks whether it is believed.

use ::time::OffsetDateTime;

use super::folder::Anchor;
use super::store::check_own_signature;
use crate::inspect::certificate::Certificate;
use crate::inspect::time;
use crate::inspect::weak_keys::weakness;

/// Refuses what is no sound CSCA certificate, or has a key that is not to be believed.
///
/// # Errors
/// The reason.
pub(super) fn admissible(
    certificate: &Certificate,
    anchors: &[Anchor],
    now: OffsetDateTime,
) -> Result<(), String> {
    if !certificate.is_ca() {
        return Err("no CSCA certificate: it may not certify".into());
    }
    if let Some(unknown) = certificate.extensions().unknown_critical.first() {
        return Err(format!("unknown critical extension {unknown}"));
    }
    if certificate.not_before() > now {
        let day = time::date(certificate.not_before());
        return Err(format!("valid from {day} only"));
    }
    let key = certificate.public_key().map_err(|error| error.to_string())?;
    if let Some(weakness) = weakness(&key) {
        return Err(weakness.to_string());
    }
    check_own_signature(certificate)?;
    let of_another_state = anchors.iter().find(|anchor| {
        anchor.certificate.subject_public_key() == certificate.subject_public_key()
            && anchor.certificate.country() != certificate.country()
    });
    match of_another_state {
        Some(anchor) => Err(format!(
            "weak key: {} of another State has the same",
            anchor.certificate.subject()
        )),
        None => Ok(()),
    }
}

/// Whether two certificates are over the same key for the same name: what is believed of one holds for the other.
pub(super) fn same_holder(left: &Certificate, right: &Certificate) -> bool {
    left.subject_public_key() == right.subject_public_key()
        && crate::inspect::certificate::same_name(left.subject_name(), right.subject_name())
}

/// Whether the key of `old` vouches for the key in `link` (Doc 9303-12 §7.1.1.5).
///
/// # Errors
/// Why a certificate that `old` signed is no link all the same. `Ok(false)`: another key signed it.
pub(super) fn links(old: &Certificate, link: &Certificate) -> Result<bool, String> {
    if !old.may_have_issued(link) || link.verify_signed_by(old).is_err() {
        return Ok(false);
    }
    let scheme = link.scheme().map_err(|error| error.to_string())?;
    if !scheme.hash().is_acceptable() {
        return Err(format!("{} is not believed", scheme.hash().name()));
    }
    if old.country() != link.country() {
        return Err("it leads to another State".into());
    }
    if !link.is_self_issued() && !link.extensions().name_change {
        return Err("it changes the name and does not say so (nameChange)".into());
    }
    if link.not_before() < old.not_before() {
        return Err("it leads back to an older key".into());
    }
    if link.not_before() > old.not_after() {
        return Err("it was issued when the old certificate had expired".into());
    }
    Ok(true)
}
