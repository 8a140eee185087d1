//! Link certificates.

use super::pki::*;
use crate::crypto::curve::Curve;
use crate::error::Error;
use crate::nvm::journal::Journal;
use crate::wire::cvc::Date;

#[test]
fn link_certificates_move_the_trust_points() {
    let [first, dv, _] = holders();
    let [second, third] = ["VNCVCA00002", "VNCVCA00003"].map(Holder::new);
    // The newest moves to another curve, the last keeps it without spelling it out.
    let second = Holder::on(Curve::BrainpoolP384r1, second.name);
    let third = Holder::on(Curve::BrainpoolP384r1, third.name);
    let mut chip = Chip::trusting(&Certificate::new(&first, &first, 0xC3).content());
    let references = |chip: &Chip| -> Vec<String> {
        chip.trust()
            .authority_references()
            .map(|name| String::from_utf8(name.to_vec()).unwrap())
            .collect()
    };
    let link = Certificate::new(&first, &second, 0xC3).valid([2, 7, 0, 1, 0, 1], [3, 0, 0, 1, 0, 1]);
    chip.verify(&link).unwrap();
    assert_eq!(references(&chip), [second.name, first.name]);
    assert_eq!(chip.today(), "2027-01-01");
    assert_eq!(chip.verify(&link), Err(Error::ConditionsOfUse), "known already");
    // Both verify document verifiers.
    chip.verify(&Certificate::new(&first, &dv, 0x83)).unwrap();
    let other_dv = Holder::on(Curve::BrainpoolP384r1, "VNDV00002");
    chip.verify(&Certificate::new(&second, &other_dv, 0x83)).unwrap();
    // Only the newest verifies the next link.
    let fork = Holder::new("VNCVCA0000X");
    assert_eq!(
        chip.verify(&Certificate::new(&first, &fork, 0xC3)),
        Err(Error::ConditionsOfUse)
    );
    // Expired by the chip's date, and accepted: TR-03110 wants it so.
    let next = Certificate {
        domain: None,
        ..Certificate::new(&second, &third, 0xC1)
    };
    chip.verify(&next.clone().valid([2, 6, 0, 2, 0, 1], [2, 6, 1, 2, 3, 1]))
        .unwrap();
    assert_eq!(chip.today(), "2027-01-01");
    assert_eq!(references(&chip), [third.name, second.name]);
    assert_eq!(
        chip.verify(&Certificate::new(&first, &dv, 0x83)),
        Err(Error::ReferencedData),
        "the oldest is gone"
    );
    // The newest is expired: it verifies no document verifier any more, but the next link.
    let late_dv = Holder::on(Curve::BrainpoolP384r1, "VNDV00003");
    assert_eq!(
        chip.verify(&Certificate::new(&third, &late_dv, 0x83)),
        Err(Error::ConditionsOfUse)
    );
    let fourth = Holder::on(Curve::P256, "VNCVCA00004");
    chip.verify(&Certificate::new(&third, &fourth, 0xC3)).unwrap();
    assert_eq!(references(&chip), [fourth.name], "an expired one is not offered");
    // EF.CVCA follows.
    let mut expected = vec![0; 36];
    expected[..13].copy_from_slice(&object(&[0x42], fourth.name.as_bytes()));
    assert_eq!(chip.trust().ef_cvca().unwrap()[..], expected);
}

/// The power is cut at every word of a link certificate's transaction: trust points and date move together or not.
#[test]
fn trust_points_and_date_move_together() {
    let [first, _, _] = holders();
    let second = Holder::new("VNCVCA00002");
    let link = Certificate::new(&first, &second, 0xC3).valid([2, 7, 0, 1, 0, 1], [3, 0, 0, 1, 0, 1]);
    let trusted = Certificate::new(&first, &first, 0xC3).content();
    let (mut unchanged, mut changed) = (0, 0);
    for words in 0..200 {
        let mut chip = Chip::trusting(&trusted);
        let before = chip.trust();
        chip.nvm.cut_after_words(words);
        let outcome = chip.verify(&link);
        chip.nvm.restore_power();
        chip.journal = Journal::mount(&mut chip.nvm).unwrap();
        let after = chip.trust();
        if after == before {
            unchanged += 1;
            assert!(outcome.is_err());
        } else {
            changed += 1;
            assert_eq!(after.date(), Date::new(27, 1, 1));
            assert_eq!(after.authority_references().next(), Some(second.name.as_bytes()));
            assert_eq!(after.authority_references().count(), 2);
        }
        if outcome.is_ok() {
            break;
        }
    }
    assert!(unchanged > 10 && changed >= 1, "{unchanged} {changed}");
}
