//! The chips that a run may start with. Each is made once by the test bench's naive issuer.

use crate::pki::Pki;
use crate::support::*;
use card_applet::sim::memory::RamMemory;
use sha1::{Digest, Sha1};
use test_vectors::{bac, pace};

/// What stands in DG1 and DG2, which only a session may read.
pub const PROTECTED: [u8; 16] = *b"\xD1only in session";
/// What stands in DG3, which only a terminal with the right may read.
pub const FINGERS: [u8; 16] = *b"\xD3only with right";
/// CAN and PIN.
pub const SECRET: &[u8] = b"123456";
/// The PUK, which is longer.
pub const PUK: &[u8] = b"3141592653";
/// Identifier of the chip's static key.
pub const KEY_ID: u8 = 13;
/// Its scalar is thirty-two times this.
pub const STATIC_SCALAR: u8 = 6;

/// Bytes of the chip's memory: the journal, a card's files, and so little more that a script can fill it.
const MEMORY: usize = 20 * 1024;

thread_local! {
    static STATES: [RamMemory; 5] = {
        let operational = |mrz_information: &str| {
            let mut card = personalised(mrz_information);
            assert_eq!(activate(&mut card), "9000");
            card
        };
        let (by_pace, by_bac) = (pace::worked_example().password, bac::worked_example().mrz_information);
        [
            TestCard::manufactured_with(RamMemory::with_size(MEMORY)),
            TestCard::blank_with(RamMemory::with_size(MEMORY)),
            personalised(&by_pace),
            operational(&by_pace),
            operational(&by_bac),
        ]
        .map(TestCard::into_memory)
    };
}

/// A chip as manufactured (0), with the issuer's keys (1), loaded (2), operational with the MRZ of
/// appendix G.1 (3) or of appendix D (4) of 9303-11; other numbers begin anew.
pub fn start(state: u8) -> TestCard {
    STATES.with(|states| TestCard::with_memory(states[usize::from(state) % states.len()].clone()))
}

/// A chip with everything that an operational card can have, not yet activated.
fn personalised(mrz_information: &str) -> TestCard {
    let mut card = TestCard::blank_with(RamMemory::with_size(MEMORY));
    let mut issuer = Issuer::open(&mut card, 0x30, &ISSUER);
    issuer
        .card
        .rng
        .script
        .borrow_mut()
        .push_back(vec![STATIC_SCALAR; 32]);
    for template in ["A606 84010D 80010D", "B606 840100 80010C"] {
        let request = format!("{template} 8710 00112233445566778899AABBCCDDEEFF");
        assert!(issuer.send(0x47, 0x80, 0, &bytes(&request)).ends_with("9000"));
    }
    // Generic mapping with AES-128 on brainpoolP256r1, integrated mapping with AES-256 there, and chip authentication
    // mapping with AES-192.
    let info = |oid: &str| format!("3012060A04007F0007020204{oid}0201020201 0D");
    issuer.load(
        0x011C,
        0x1C,
        0x00,
        &bytes(&format!("313C{}{}{}", info("0202"), info("0404"), info("0603"))),
    );
    // Stands for EF.CardSecurity, which is there where there is chip authentication mapping.
    issuer.load(0x011D, 0x1D, 0x42, &bytes("3000"));
    issuer.create_application();
    issuer.load(0x011E, 0x1E, 0x41, &bytes(EF_COM));
    issuer.load(0x011D, 0x1D, 0x41, &bytes("77023000"));
    issuer.load(
        0x0101,
        0x01,
        0x41,
        &[&bytes("61135F1F10")[..], &PROTECTED].concat(),
    );
    issuer.load(
        0x0102,
        0x02,
        0x41,
        &[&bytes("75820400")[..], &PROTECTED.repeat(64)].concat(),
    );
    issuer.load(0x0103, 0x03, 0xE1, &[&bytes("6310")[..], &FINGERS].concat());
    issuer.load(0x0105, 0x05, 0x43, &PROTECTED);
    issuer.load(
        0x010E,
        0x0E,
        0x41,
        &bytes("6E13 3111 300F 060A04007F00070202030202 020101"),
    );
    let mrz = Sha1::digest(mrz_information);
    assert_eq!(issuer.put_password(1, 0x02, &mrz), "F09000");
    for (password, secret) in [(2, SECRET), (3, SECRET), (4, PUK)] {
        assert_eq!(issuer.put_password(password, 0x01, secret), "F09000");
    }
    assert_eq!(issuer.put_keys(0x50, 0, &ADMINISTRATION), "5090009000");
    card.reset();
    Pki::new().trust(&mut card);
    card
}
