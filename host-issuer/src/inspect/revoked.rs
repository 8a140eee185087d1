//! Whether a document signer, or the CSCA that vouches for it, is revoked, as far as the CRLs at hand say.

use std::sync::Arc;

use ::time::{Duration, OffsetDateTime};

use super::certificate::Certificate;
use super::check::{Check, CheckId};
use super::revocation::RevocationList;
use super::time;
use super::trust::{RevocationListUsed, TrustError, TrustStore};

/// A CSCA issues a CRL at least this often (Doc 9303-12 §4.2); an older one is stale whatever it says
/// itself. Two days are for its way to us.
const LONGEST_INTERVAL: Duration = Duration::days(92);

/// `revocation`: a CRL of `csca`, signed by it and fresh, does not list `ds`, and none lists `csca`. Being listed counts
/// even when the list is old; not being listed counts only when it is fresh. Tells which list that was.
pub(crate) fn check(
    ds: &Certificate,
    csca: &Certificate,
    store: &TrustStore,
    now: OffsetDateTime,
) -> (Check, Option<RevocationListUsed>) {
    let id = CheckId::Revocation;
    let lists = match believed(csca, store) {
        Ok(lists) => lists,
        Err(why) => return (Check::missing(id, why), None),
    };
    let newest = lists.iter().max_by_key(|list| list.this_update());
    let used = newest.map(|list| RevocationListUsed::new(list, now));
    if lists.iter().any(|list| list.lists(ds)) {
        let why = format!("the document signer certificate {} is revoked", ds.serial());
        return (Check::failed(id, why), used);
    }
    match csca_is_listed(csca, &lists, store) {
        Ok(false) => {}
        Ok(true) => {
            let why = format!("the CSCA certificate {} is revoked", csca.serial());
            return (Check::failed(id, why), used);
        }
        Err(why) => return (Check::missing(id, why), used),
    }
    let newest = lists
        .iter()
        .filter(|list| list.is_complete())
        .max_by_key(|list| list.this_update());
    let check = match newest {
        None => Check::missing(id, "the CRL has a critical extension that is not supported"),
        Some(newest) => freshness(newest, csca, now),
    };
    (check, used)
}

/// The CRLs for what `csca` issued, signed by it or by another believed key of the same State.
///
/// A CSCA that changed its key signs with the new one, perhaps under another name. The State must be the same: another State's CSCA
/// could name itself this one's successor, and hide a revocation or revoke what is not its own.
fn believed(csca: &Certificate, store: &TrustStore) -> Result<Vec<Arc<RevocationList>>, String> {
    let lists = store.revocation_lists_of(csca).map_err(unusable)?;
    if lists.is_empty() {
        return Err(format!("no CRL of {} at hand", csca.subject()));
    }
    let mut signed = Vec::new();
    for list in lists {
        let is_signed = list.is_issued_by(csca)
            || (list.country() == csca.country()
                && store
                    .named(list.issuer_name())
                    .map_err(unusable)?
                    .iter()
                    .any(|anchor| list.is_signed_by(anchor)));
        if is_signed {
            signed.push(list);
        }
    }
    if signed.is_empty() {
        return Err("the signature of the CRL does not verify".to_owned());
    }
    Ok(signed)
}

/// Whether the certificate of `csca` is in a believed CRL for what its issuer issued: itself, as `lists` are for, or another key of its
/// State, which signed a link certificate.
fn csca_is_listed(
    csca: &Certificate,
    lists: &[Arc<RevocationList>],
    store: &TrustStore,
) -> Result<bool, String> {
    let lists_it = |list: &RevocationList| list.is_for(csca.issuer_name()) && list.lists(csca);
    if lists.iter().any(|list| lists_it(list)) {
        return Ok(true);
    }
    if csca.is_self_issued() {
        return Ok(false);
    }
    for list in store.revocation_lists_of_issuer(csca).map_err(unusable)? {
        if list.country() == csca.country() && lists_it(&list) {
            let signers = store.named(list.issuer_name()).map_err(unusable)?;
            if signers.iter().any(|anchor| list.is_signed_by(anchor)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn unusable(error: TrustError) -> String {
    format!("the trust data cannot be used: {error}")
}

fn freshness(list: &RevocationList, csca: &Certificate, now: OffsetDateTime) -> Check {
    let id = CheckId::Revocation;
    let Some(next) = list.next_update() else {
        return Check::missing(id, "the CRL does not say until when it is valid");
    };
    let longest = list.this_update().checked_add(LONGEST_INTERVAL).unwrap_or(next);
    let until = next.min(longest);
    let window = format!("{} to {}", time::date(list.this_update()), time::date(until));
    if now > until {
        return Check::missing(id, format!("the CRL is stale: it was valid from {window}"));
    }
    if now < list.this_update() {
        return Check::missing(
            id,
            format!("the CRL is of {}, in the future", time::date(list.this_update())),
        );
    }
    Check::passed(id, format!("CRL of {}, valid from {window}", csca.subject()))
}
