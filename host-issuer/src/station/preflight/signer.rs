//! The document signer: key, certificate and quota. It is not asked to sign: each signature is accounted.

use personalization::pki::directory::{DocumentSignerDirectory, DocumentSignerState, KeyPlace};
use time::OffsetDateTime;

use super::{Area, Finding, Needs};
use crate::environment::Machine;

pub(super) fn may_sign(
    machine: &dyn Machine,
    directory: &DocumentSignerDirectory,
    needs: &Needs<'_>,
    now: OffsetDateTime,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    match directory.key_place() {
        Ok(KeyPlace::File(path)) if !machine.exists(&path) => findings.push(
            Finding::missing(
                Area::Signer,
                "signer.no_key",
                format!("its key is gone: {}", path.display()),
            )
            .mend("eid pki ds rotate"),
        ),
        // The token is asked when its PIN is there, before the first card.
        Ok(KeyPlace::Token(uri)) if !machine.exists(uri.module_path()) => findings.push(
            Finding::missing(
                Area::Signer,
                "signer.no_module",
                format!(
                    "the token's library is not there: {}",
                    uri.module_path().display()
                ),
            )
            .mend(
                "install the token's PKCS#11 library, or correct the URI in the document signer's directory",
            ),
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
    let wanted = u64::from(needs.cards).saturating_mul(u64::from(needs.signatures_per_card));
    let end = status.usage_end.date();
    let found = format!("the document signer has {left} signatures left, until {end}");
    let finding = match status.state {
        DocumentSignerState::InUse | DocumentSignerState::RotationDue | DocumentSignerState::Exhausted
            if left < wanted =>
        {
            Finding::missing(
                Area::Signer,
                "signer.quota",
                format!("{found}: too few for {} cards", needs.cards),
            )
            .mend("make fewer cards with --limit, have two people allow more (`eid approve request --purpose extend-quota`), or `eid pki ds rotate`")
        }
        DocumentSignerState::InUse => Finding::ready(Area::Signer, "signer", found),
        DocumentSignerState::RotationDue => {
            Finding::attention(Area::Signer, "signer.rotation_due", found).mend("eid pki ds rotate")
        }
        // The clock may be what is wrong.
        state => Finding::missing(
            Area::Signer,
            "signer.must_not_sign",
            format!("by this machine's clock ({now}) the document signer is {}", state.word()),
        )
        .mend("timedatectl status")
        .mend("eid pki ds rotate"),
    };
    findings.push(finding);
    findings
}
