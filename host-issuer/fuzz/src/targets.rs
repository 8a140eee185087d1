//! What each target does with its input. A panic is a finding.

use std::sync::LazyLock;

use host_issuer::dump::dump as take_apart;
use host_issuer::inspect::{
    Bundle, Certificate, ChipKeys, DeviationList, MasterList, Policy, Read, ReadDocument, RevocationList,
    TrustFolder, TrustItem, TrustStore, active_authentication_key, blocks, inspect, listed_data_groups,
    weakness,
};
use host_issuer::terminal::application_directory;
use host_issuer::terminal::card_access::PaceOffer;
use host_issuer::transport::replay::Session;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::test_issuer::Recipe;

/// A target: takes anything, and must not panic.
pub type Target = fn(&[u8]);

/// Every target by its name.
pub const ALL: [(&str, Target); 3] = [("document", document), ("lists", lists), ("dump", dump)];

/// When everything is looked at: the test issuer's document is valid.
const NOW: OffsetDateTime = datetime!(2026-08-01 12:00 UTC);

/// A genuine document and who is believed about it.
static GENUINE: LazyLock<(ReadDocument, TrustStore)> = LazyLock::new(|| {
    let recipe = Recipe::genuine();
    (recipe.seal(), recipe.trust())
});

/// Puts the rest of the input in the place of a file of a document that is otherwise genuine.
///
/// The first byte says which file: 1 to 16 a data group that the issuer signed so, for what decodes it is behind the signature; 17 to 20
/// EF.CardAccess, EF.CardSecurity, EF.COM and EF.SOD, about which nobody asks the issuer.
pub fn document(data: &[u8]) {
    let Some((place, file)) = data.split_first() else {
        return;
    };
    let changed = match place {
        1..=16 => {
            let mut recipe = Recipe::genuine();
            recipe.groups.insert(*place, file.to_vec());
            recipe.seal()
        }
        17..=20 => {
            let mut document = GENUINE.0.clone();
            let read = match place {
                17 => &mut document.card_access,
                18 => &mut document.card_security,
                19 => &mut document.com,
                _ => &mut document.sod,
            };
            *read = Read::Bytes(file.to_vec());
            document
        }
        _ => return,
    };
    // Decodes what is not proved, too.
    let policy = Policy {
        show_unverified: true,
        ..Policy::default()
    };
    let _ = inspect(&changed, &GENUINE.1, policy, NOW);
    let _ = listed_data_groups(file);
    let _ = ChipKeys::from_dg14(file);
    let _ = ChipKeys::from_card_security(file);
    let _ = active_authentication_key(file);
    if let Ok(offer) = PaceOffer::parse(file) {
        let _ = offer.best();
    }
    let _ = application_directory::parse(file);
}

/// Certificates, CRLs, master lists, deviation lists, bundles, and what a trust folder makes of them.
pub fn lists(data: &[u8]) {
    if let Ok(blocks) = blocks(data) {
        assert!(blocks.iter().map(|(_, der)| der.len()).sum::<usize>() <= data.len());
    }
    if let Ok(certificate) = Certificate::from_der(data) {
        assert_eq!(certificate.raw(), data);
        let _ = (certificate.subject(), certificate.issuer(), certificate.serial());
        let _ = (
            certificate.country(),
            certificate.is_link(),
            certificate.key_identifier(),
        );
        if let Ok(key) = certificate.public_key() {
            let _ = weakness(&key);
        }
    }
    if let Ok(list) = RevocationList::from_der(data) {
        let _ = (list.issuer(), list.number(), list.revoked().len());
    }
    if let Ok(list) = MasterList::from_der(data) {
        assert!(list.certificates().len() + list.unreadable().len() <= data.len());
    }
    if let Ok(list) = DeviationList::from_der(data) {
        assert!(list.deviations().len() <= data.len());
    }
    if let Ok(bundle) = Bundle::from_bytes(data.to_vec()) {
        let _ = (bundle.header(), bundle.signer(), bundle.record());
        let _ = bundle.must_be_valid(NOW);
        let _ = bundle.store();
    }
    if let Ok(items) = TrustItem::read("input", data)
        && let Ok((folder, _)) = TrustFolder::empty().import(items, &mut |_| true, NOW)
    {
        let _ = folder.store();
        assert!(folder.record_json().is_ok() && !folder.files().is_empty());
    }
}

/// Any file, as a tree; and as a recorded session of either kind: commands are written as they would be read again, a verification is
/// inspected again.
pub fn dump(data: &[u8]) {
    let tree = take_apart(data).expect("inputs are short");
    assert!(tree.length <= data.len());
    if let Ok(session) = host_issuer::verify::Session::parse(data) {
        let _ = inspect(&session.card.document, &GENUINE.1, Policy::default(), NOW);
    }
    if let Ok(text) = core::str::from_utf8(data)
        && let Ok(session) = Session::parse(text)
    {
        assert_eq!(
            Session::parse(&session.to_text()).unwrap().to_text(),
            session.to_text()
        );
    }
    if let Ok(session) = host_issuer::verify::Session::parse(data) {
        let written = session.to_json().expect("what was read can be written");
        assert!(host_issuer::verify::Session::parse(&written).is_ok());
    }
}
