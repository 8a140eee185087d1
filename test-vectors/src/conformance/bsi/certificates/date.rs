//! What is refused does not move the card's date.
//!
//! The bad certificate begins on the last day of the CVCA's own one. A card that took that day for today would not accept the good one
//! that is shown afterwards, which ends on the day before.

use super::encoding::replace_oid;
use super::{begin, each, verifier_body};
use crate::conformance::bench::{Bench, Chain, Opened, Opening};
use crate::conformance::bsi::change_last;
use crate::conformance::case::Case;
use crate::conformance::expect::StatusSet;
use crate::conformance::verdict::Played;
use crate::oracle::cv_certificate::{CvBody, CvCertificate, Part, Role, rights, tag};

/// id-CA with an algorithm: a key of another protocol.
const OTHER_PROTOCOL: [u8; 10] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02];
/// A point in a public key.
const POINT: u32 = 0x86;
/// A tag that no public key has.
const UNKNOWN: u32 = 0x77;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("ISO7816_J_11", |bench| bench.by_each_opening(foreign_terminal)),
        each("ISO7816_J_25", |bench, opened, chain| {
            let mut name = opened.authority.party.name.clone();
            change_last(&mut name);
            let advanced = advanced(opened, chain).sign(&opened.authority.party.key);
            bench.show_under_unknown(&name, &advanced, "the verifier's certificate")?;
            bench.expect_date_unchanged(opened.opening)
        }),
        certificate("ISO7816_J_26", |right| {
            right.bent(tag::BODY, |part| part.tag = 0x7F4F)
        }),
        certificate("ISO7816_J_27", |right| {
            right.bent(tag::SIGNATURE, |part| part.tag = 0x5F38)
        }),
        certificate("ISO7816_J_28", |right| {
            right.bent(tag::BODY, |part| part.length_error = 1)
        }),
        certificate("ISO7816_J_29", |right| {
            right.bent(tag::SIGNATURE, |part| part.length_error = 1)
        }),
        certificate("ISO7816_J_30", |right| {
            right.bent(tag::SIGNATURE, |part| increase(&mut part.value))
        }),
        certificate("ISO7816_J_31", |right| {
            right.bent(tag::SIGNATURE, |part| {
                part.value.pop();
            })
        }),
        certificate("ISO7816_J_33", |right| {
            right.bent(tag::SIGNATURE, |part| {
                let half = part.value.len() / 2;
                part.value.iter_mut().take(half).for_each(|byte| *byte = 0);
            })
        }),
        certificate("ISO7816_J_34", |right| {
            right.bent(tag::SIGNATURE, |part| {
                let half = part.value.len() / 2;
                part.value.iter_mut().skip(half).for_each(|byte| *byte = 0);
            })
        }),
        each("ISO7816_J_35", |bench, opened, chain| {
            let advanced = advanced(opened, chain).sign(&opened.authority.party.key);
            let what = "a verifier's certificate for which no key was named";
            bench.verify(&advanced, what, StatusSet::REFUSAL)?;
            bench.expect_date_unchanged(opened.opening)
        }),
        key("ISO7816_J_36", |parts| replace_oid(parts, &OTHER_PROTOCOL)),
        key("ISO7816_J_37", |parts| parts.retain(|part| part.tag != tag::OID)),
        key("ISO7816_J_38", |parts| parts.retain(|part| part.tag != POINT)),
        key("ISO7816_J_41", |parts| parts.push(Part::new(UNKNOWN, [0x01]))),
    ]
}

/// The verifier's certificate, beginning on the CVCA's last day.
fn advanced(opened: &Opened, chain: &Chain) -> CvBody {
    let last = opened.authority.expiration;
    verifier_body(opened, chain).with(tag::EFFECTIVE, last.to_bytes())
}

/// The number one greater, of the same length.
fn increase(number: &mut [u8]) {
    for byte in number.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            break;
        }
    }
}

/// A case of an advanced certificate that is bent after it was signed.
fn certificate(id: &'static str, bend: fn(CvCertificate) -> CvCertificate) -> Case {
    each(id, move |bench, opened, chain| {
        refused(
            bench,
            opened,
            &bend(advanced(opened, chain).sign(&opened.authority.party.key)),
        )
    })
}

/// A case of an advanced certificate whose public key is bent before it is signed.
fn key(id: &'static str, bend: fn(&mut Vec<Part>)) -> Case {
    each(id, move |bench, opened, chain| {
        let body = advanced(opened, chain).within(tag::PUBLIC_KEY, bend);
        refused(bench, opened, &body.sign(&opened.authority.party.key))
    })
}

fn refused(bench: &mut Bench<'_>, opened: &Opened, bad: &CvCertificate) -> Played {
    let authority = &opened.authority.party.name;
    bench.show_refused(authority, bad, "the verifier's bad certificate")?;
    bench.expect_trust_unchanged(opened)?;
    bench.expect_date_unchanged(opened.opening)
}

/// A foreign verifier's terminal is accepted and moves no date: one that ends before the first began is accepted afterwards.
fn foreign_terminal(bench: &mut Bench<'_>, opening: Opening) -> Played {
    let (opened, _) = begin(bench, opening)?;
    let authority = &opened.authority;
    let last = authority.expiration;
    let chain = bench.chain_under(authority, Role::ForeignVerifier, rights::BOTH, rights::BOTH);
    for valid in [(last, last), (authority.effective, last.plus_days(-1))] {
        let opened = bench.open_for_terminal(opening)?;
        let terminal = chain
            .verifier
            .certify(&chain.terminal, Role::Terminal, rights::BOTH, valid);
        let authority = &opened.authority.party.name;
        let what = "the foreign verifier's certificate";
        bench.show(authority, &chain.verifier_certificate, what)?;
        let what = format!("its terminal's certificate from {} until {}", valid.0, valid.1);
        bench.show(&chain.verifier.name, &terminal, &what)?;
    }
    Ok(())
}
