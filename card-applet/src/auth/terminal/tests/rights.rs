//! Chains that are valid, and what they allow.

use super::pki::*;
use crate::auth::terminal::{Binding, Selected};
use crate::crypto::curve::Curve;
use crate::error::Error;
use crate::platform::SoftwareEngine;
use crate::wire::cvc::InspectionRights;

#[test]
fn a_chain_on_every_curve_gives_rights() {
    for curve in [
        Curve::P256,
        Curve::BrainpoolP256r1,
        Curve::P384,
        Curve::BrainpoolP384r1,
    ] {
        let [cvca, dv, terminal] =
            ["VNCVCA00001", "VNDV00001", "VNIS00001"].map(|name| Holder::on(curve, name));
        let mut chip = Chip::trusting(&Certificate::new(&cvca, &cvca, 0xC3).content());
        chip.verify(&Certificate::new(&cvca, &dv, 0x83)).unwrap();
        chip.verify(&Certificate::new(&dv, &terminal, 0x03)).unwrap();
        assert_eq!(
            chip.authenticate(&terminal, BINDING),
            Ok(InspectionRights::ALL),
            "{curve}"
        );
        assert_eq!(chip.today(), "2026-06-01");
    }
}

#[test]
fn rights_are_what_all_certificates_allow_and_reserved_bits_none() {
    for (chats, rights) in [
        ([0xC3, 0x83, 0x01], 1),
        ([0xC3, 0x81, 0x03], 1),
        ([0xC2, 0x83, 0x03], 2),
        ([0xC2, 0x81, 0x03], 0),
        ([0xFF, 0xBF, 0x3C], 0),
        ([0xFF, 0x7F, 0x3F], 3),
    ] {
        let (mut chip, terminal) = chip_with_chain(chats);
        let granted = chip.authenticate(&terminal, BINDING).unwrap();
        assert_eq!(granted.bits(), rights, "{chats:02X?}");
    }
}

#[test]
fn the_signature_is_bound_to_chip_challenge_and_session() {
    let (mut chip, terminal) = chip_with_chain([0xC3, 0x83, 0x03]);
    let wrong = [
        Binding {
            id_ic: &[0x1D; 32],
            ..BINDING
        },
        Binding {
            terminal_key: &[0x7F; 32],
            ..BINDING
        },
        Binding {
            id_ic: BINDING.terminal_key,
            terminal_key: BINDING.id_ic,
        },
    ];
    for binding in wrong {
        assert_eq!(chip.authenticate(&terminal, binding), Err(Error::Authentication));
    }
    // The signature over another challenge.
    let data = object(&[0x83], terminal.name.as_bytes());
    let (_, challenged) = Selected::select(&data, chip.imported.as_ref())
        .unwrap()
        .challenge(&mut Counting(1))
        .unwrap();
    let signature = terminal.sign(&[BINDING.id_ic, &[2; 8], BINDING.terminal_key].concat());
    let key = chip.imported.as_ref().unwrap();
    assert!(matches!(
        challenged.authenticate(&signature, key, BINDING, &mut SoftwareEngine),
        Err(Error::Authentication)
    ));
    // Nothing is lost by failing: the next try is right.
    assert!(chip.authenticate(&terminal, BINDING).is_ok());
}
