//! What offices, stations and chip makers send each other.

use personalization::approval::{Approval, Officer, require};
use personalization::attestation::StockManifest;
use personalization::pki::cv_proposal::CvProposal;
use personalization::prepared::PreparedCard;
use personalization::script::offline::OfflineScript;
use personalization::sealed_file::SealedFile;
use personalization::signer::Pkcs11Uri;
use personalization::stock::delivery::Delivery;

/// A sealed file, a prepared card, an offline script, a manifest, a delivery, an officer, an approval, a proposal, a key's URI. What is
/// taken is written as it was meant.
pub fn office(data: &[u8]) {
    if let Ok(file) = SealedFile::parse(data) {
        let _ = file.serial();
    }
    if let Ok(card) = PreparedCard::from_der(data) {
        let again = card.to_der().unwrap();
        assert!(PreparedCard::from_der(&again).unwrap() == card);
    }
    if let Ok(script) = OfflineScript::from_der(data) {
        let (first, last) = script.attempts();
        assert!(first <= last);
        let again = script.to_der().unwrap();
        assert!(OfflineScript::from_der(&again).unwrap() == script);
    }
    let Ok(text) = core::str::from_utf8(data) else {
        return;
    };
    if let Ok(manifest) = StockManifest::from_json(text) {
        assert_eq!(StockManifest::from_json(&manifest.to_json()), Ok(manifest));
    }
    if let Ok(delivery) = Delivery::from_json(text) {
        assert!(!delivery.chips.is_empty());
    }
    if let Ok(officer) = Officer::from_json(data) {
        // One officer is not enough for anything.
        assert!(require(&[officer], &[], data).is_err());
    }
    let _ = Approval::from_json(data);
    if let Ok(proposal) = CvProposal::from_json(data) {
        assert!(proposal.validity().is_ok() && proposal.to_json().is_ok());
    }
    if let Ok(uri) = text.parse::<Pkcs11Uri>() {
        let _ = uri.must_name_a_key();
    }
}
