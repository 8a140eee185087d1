//! The document signer: certificate and quota. It is not asked to sign.

use personalization::pki::directory::{DocumentSignerDirectory, DocumentSignerState, KeyPlace};
use time::OffsetDateTime;

use super::{Area, Finding};

pub(super) fn may_sign(directory: &DocumentSignerDirectory, cards: u32, now: OffsetDateTime) -> Vec<Finding> {
    let mut findings = Vec::new();
    match directory.key_place() {
        Ok(KeyPlace::File(path)) if !path.exists() => findings.push(
            Finding::missing(
                Area::Signer,
                "signer.no_key",
                format!("its key is gone: {}", path.display()),
            )
            .mend("eid pki ds rotate"),
        ),
        Ok(_) => {}
        Err(error) => findings.push(Finding::missing(Area::Signer, "signer.no_key", error.to_string())),
    }
    let status = match directory.status(now) {
        Ok(status) => status,
        Err(error) => {
            findings.push(Finding::missing(
                Area::Signer,
                "signer.unreadable",
                error.to_string(),
            ));
            return findings;
        }
    };
    let left = status.max_signatures.saturating_sub(status.signatures);
    let end = status.usage_end.date();
    let found = format!("the document signer has {left} signatures left, until {end}");
    let finding = match status.state {
        // A card with Chip Authentication data in the master file (EF.CardSecurity) takes two; only the profile tells. One is certain.
        DocumentSignerState::InUse | DocumentSignerState::RotationDue if left < u64::from(cards) => {
            Finding::missing(
                Area::Signer,
                "signer.quota",
                format!("{found}: too few for {cards} cards"),
            )
            .mend("eid pki ds rotate")
            .mend("or make fewer cards with --limit")
        }
        DocumentSignerState::InUse => Finding::ready(Area::Signer, "signer", found),
        DocumentSignerState::RotationDue => {
            Finding::attention(Area::Signer, "signer.rotation_due", found).mend("eid pki ds rotate")
        }
        state => Finding::missing(
            Area::Signer,
            "signer.must_not_sign",
            format!("the document signer is {}", state.word()),
        )
        .mend("timedatectl status")
        .mend("eid pki ds rotate"),
    };
    findings.push(finding);
    findings
}
