//! The authorities and the terminal of the history: a CVCA that changes its key month by month, a document verifier,
//! and a terminal that may read fingers.

use super::model::Model;
use crate::pki::{Holder, Pki};
use crate::reader::{self, CAN, Opened};
use crate::secure_messaging::{SELECT_APPLICATION, SecureMessaging};
use crate::sim::memory::RamMemory;
use crate::support::TestCard;

/// The chip's static key is thirty-two times this.
pub(super) const STATIC_SCALAR: u8 = 6;
/// Number of the CVCA's last key.
pub(super) const LAST: u8 = 9;
const FINGERS: u8 = 3;
const EF_CVCA: u8 = 0x1C;
const SET_DST: [u8; 4] = [0, 0x22, 0x81, 0xB6];
const VERIFY_CERTIFICATE: [u8; 4] = [0, 0x2A, 0, 0xBE];

/// The CVCA with this key, from one on.
pub(super) fn cvca(number: u8) -> Holder {
    const NAMES: [&str; LAST as usize] = [
        "VNCVCA00001",
        "VNCVCA00002",
        "VNCVCA00003",
        "VNCVCA00004",
        "VNCVCA00005",
        "VNCVCA00006",
        "VNCVCA00007",
        "VNCVCA00008",
        "VNCVCA00009",
    ];
    Holder::new(NAMES[usize::from(number) - 1], 0x40 + number)
}

fn document_verifier() -> Holder {
    Holder::new("VNDV00001", 0x32)
}

/// Days of the month in which the CVCA's key of that number is the newest.
pub(super) const fn day(number: u8, ten: u8, one: u8) -> [u8; 6] {
    [2, 6, 0, number, ten, one]
}

/// The day on which the link certificate to this key takes effect.
pub(super) const fn of_link(number: u8) -> [u8; 6] {
    day(number, 1, 0)
}

/// The day on which the document verifier's certificate takes effect.
pub(super) const fn of_verifier(number: u8) -> [u8; 6] {
    day(number, 1, 5)
}

/// The day on which the terminal's does.
pub(super) const fn of_terminal(number: u8) -> [u8; 6] {
    day(number, 2, 0)
}

fn reference(name: &str) -> Vec<u8> {
    [&[0x83, name.len() as u8], name.as_bytes()].concat()
}

/// A session in the application, in which the chip has proved itself; `None` when the card does not open.
fn session(card: &mut TestCard) -> Option<Opened> {
    let mut opened = reader::pace_by(reader::GENERIC, card, None, CAN, b"654321").ok()?;
    let select = [0, 0xA4, 4, 0x0C];
    if opened.session.status(card, select, &SELECT_APPLICATION) != "9000" {
        return None;
    }
    reader::chip_authentication(card, &mut opened, STATIC_SCALAR).ok()?;
    Some(opened)
}

/// The newest key of the CVCA, as EF.CVCA names it.
fn newest(card: &mut TestCard, session: &mut SecureMessaging) -> u8 {
    let (content, status) = session.send(card, [0, 0xB0, 0x80 | EF_CVCA, 0], &[], Some(&[0]));
    assert_eq!(status, "9000");
    assert_eq!(content[..2], [0x42, 11]);
    content[12] - b'0'
}

/// PSO:VERIFY CERTIFICATE for a certificate of this issuer, not yet sent.
fn verification(
    card: &mut TestCard,
    session: &mut SecureMessaging,
    issuer: &Holder,
    certificate: &[u8],
) -> Vec<u8> {
    assert_eq!(session.status(card, SET_DST, &reference(issuer.name)), "9000");
    session.protect(VERIFY_CERTIFICATE, certificate, None, true)
}

/// A link certificate to the CVCA's next key; `None` when there is none.
pub(super) fn link(card: &mut TestCard) -> Option<Vec<u8>> {
    let Opened { mut session, .. } = session(card)?;
    let number = newest(card, &mut session);
    if number == LAST {
        return None;
    }
    let (old, new) = (cvca(number), cvca(number + 1));
    let certificate = old.certifies_from(of_link(number + 1), &new, 0xC3);
    Some(verification(card, &mut session, &old, &certificate))
}

/// The document verifier's certificate of the CVCA's newest key.
pub(super) fn verifier(card: &mut TestCard) -> Option<Vec<u8>> {
    let Opened { mut session, .. } = session(card)?;
    let number = newest(card, &mut session);
    let issuer = cvca(number);
    let certificate = issuer.certifies_from(of_verifier(number), &document_verifier(), 0x83);
    Some(verification(card, &mut session, &issuer, &certificate))
}

/// The terminal's certificate, behind the document verifier's.
pub(super) fn terminal(card: &mut TestCard) -> Option<Vec<u8>> {
    let Opened { mut session, .. } = session(card)?;
    let number = newest(card, &mut session);
    let (issuer, verifier) = (cvca(number), document_verifier());
    let certificate = issuer.certifies_from(of_verifier(number), &verifier, 0x83);
    let command = verification(card, &mut session, &issuer, &certificate);
    assert_eq!(session.open_response(&card.try_send(&command)?).1, "9000");
    let terminal = Holder::new("VNIS00001", 0x33);
    let certificate = verifier.certifies_from(of_terminal(number), &terminal, 0x01);
    Some(verification(card, &mut session, &verifier, &certificate))
}

/// From every trust point of the model a chain leads to the fingers, which no session sees without one.
pub(super) fn reads_fingers(nvm: &RamMemory, model: &Model, place: &str) {
    for number in &model.trust {
        let mut card = TestCard::with_memory(nvm.clone());
        let mut opened = session(&mut card).expect(place);
        assert_eq!(
            newest(&mut card, &mut opened.session),
            model.trust[0],
            "{place}: EF.CVCA"
        );
        assert_eq!(opened.session.read(&mut card, FINGERS), "6982", "{place}");
        let holders = [cvca(*number), document_verifier(), Holder::new("VNIS00001", 0x33)];
        let status = Pki(holders, 0x01).authenticate(
            &mut opened.session,
            &mut card,
            &opened.id_ic,
            &opened.terminal_key,
        );
        assert_eq!(status, "9000", "{place}: trust point {number}");
        assert_eq!(opened.session.read(&mut card, FINGERS), "9000", "{place}");
    }
}
