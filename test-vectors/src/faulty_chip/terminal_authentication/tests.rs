use sha1::{Digest, Sha1};

use super::*;
use crate::load::{hex, list, load};

fn command(class: u8, data: Vec<u8>) -> Command {
    Command {
        class,
        instruction: 0x2A,
        p1: 0x00,
        p2: 0xBE,
        data,
        expected: None,
        extended: false,
    }
}

/// The BSI's worked example with RSA: its chain from CVCA to terminal, and the terminal's signature.
#[test]
fn terminal_of_the_worked_example() {
    let file = load("bsi-eac2-worked-example");
    let values = &list(&file["vectors"])[1]["values"];
    let value = |name: &str| hex(&values[name]);
    let content = |name: &str| find(&value(name), 0x7F21).expect("a certificate").to_vec();
    let mut terminals = Terminals::new(&[value("cvca_cert")], "100401");
    let authority = terminals.trusted[0].clone();
    assert_eq!(
        terminals.trust_points(),
        [String::from_utf8(authority.name.clone()).expect("ASCII")]
    );

    // A terminal's certificate is not the authority's to sign, and nobody but who was named signs.
    let read = |name: &str| {
        Certificate::read(&content(name), &Lapses::new(&[Lapse::TerminalNeedsNoChat])).expect("a certificate")
    };
    terminals.verifying = Some(authority.clone());
    assert!(!terminals.take(read("ta_cert"), &Lapses::default()));
    assert!(
        !terminals.take(read("dv_cert"), &Lapses::default()),
        "no MSE:Set DST"
    );

    // In two pieces.
    let dv = content("dv_cert");
    assert_eq!(terminals.whole(&command(0x10, dv[..200].to_vec())), None);
    assert_eq!(terminals.whole(&command(0x00, dv[200..].to_vec())), Some(dv));

    terminals.verifying = Some(authority);
    assert!(terminals.take(read("dv_cert"), &Lapses::default()));
    terminals.verifying = terminals.named(&read("ta_cert").holder.authority).cloned();
    assert!(terminals.take(read("ta_cert"), &Lapses::default()));
    let terminal = terminals.shown.clone().expect("a terminal");
    let message = [
        Sha1::digest(value("picc_pub_key")).to_vec(),
        value("ta_nonce"),
        Sha1::digest(value("ca_pcd_pub_key")).to_vec(),
    ]
    .concat();
    assert!(terminal.has_signed(&message, &value("ta_pcd_signature")));
    assert!(!terminal.has_signed(&message[1..], &value("ta_pcd_signature")));

    // After the last day of all of them.
    let mut later = Terminals::new(&[value("cvca_cert")], "990101");
    later.verifying = later.trusted.first().cloned();
    assert!(!later.take(read("dv_cert"), &Lapses::default()));
}
