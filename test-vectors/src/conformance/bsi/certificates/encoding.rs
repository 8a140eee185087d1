//! A verifier's certificate with one thing wrong: it is refused, and its key verifies nothing.

use super::session::not_imported;
use super::{each, verifier_body};
use crate::conformance::bench::{Bench, Chain, Opened};
use crate::conformance::case::Case;
use crate::conformance::verdict::Played;
use crate::oracle::cv_certificate::{CvBody, CvCertificate, Part, tag};

/// No digits at all.
const NO_DIGITS: [u8; 6] = [0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F];
/// id-IS with another last arc: no terminal of this protocol.
const OTHER_AUTHORIZATION: [u8; 9] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x03, 0x01, 0x02, 0x02];
/// Under id-TA, and no algorithm.
const OTHER_ALGORITHM: [u8; 10] = [0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x02, 0x05, 0x01];

pub(super) fn cases() -> Vec<Case> {
    vec![
        certificate("ISO7816_J_3", |right| {
            right.bent(tag::SIGNATURE, |part| {
                crate::conformance::bsi::change_last(&mut part.value)
            })
        }),
        certificate("ISO7816_J_4", |right| right.without(tag::SIGNATURE)),
        certificate("ISO7816_J_5", |right| right.without(tag::BODY)),
        body("ISO7816_J_6", |_, right| right.without(tag::AUTHORIZATION)),
        body("ISO7816_J_7", |_, right| right.without(tag::EFFECTIVE)),
        body("ISO7816_J_8", |_, right| right.without(tag::EXPIRATION)),
        body("ISO7816_J_9", |_, right| right.with(tag::EFFECTIVE, NO_DIGITS)),
        body("ISO7816_J_10", |_, right| right.with(tag::EXPIRATION, NO_DIGITS)),
        certificate("ISO7816_J_17", |right| {
            right.bent(tag::BODY, |part| part.tag = 0x7F4F)
        }),
        certificate("ISO7816_J_18", |right| {
            right.bent(tag::SIGNATURE, |part| part.tag = 0x5F38)
        }),
        body("ISO7816_J_19", |opened, right| {
            right.with(tag::EFFECTIVE, on_the_32nd(opened.authority.effective.to_bytes()))
        }),
        // Of the last month, so that nothing but the day is wrong with it on a card of any date.
        body("ISO7816_J_20", |opened, right| {
            right.with(
                tag::EXPIRATION,
                on_the_32nd(opened.authority.expiration.to_bytes()),
            )
        }),
        body("ISO7816_J_21", |opened, right| {
            let last = opened.authority.expiration;
            let before = last.plus_days(-1);
            right
                .with(tag::EFFECTIVE, last.to_bytes())
                .with(tag::EXPIRATION, before.to_bytes())
        }),
        body("ISO7816_J_23", |_, right| {
            right.within(tag::AUTHORIZATION, |parts| {
                replace_oid(parts, &OTHER_AUTHORIZATION)
            })
        }),
        body("ISO7816_J_24", |_, right| {
            right.within(tag::PUBLIC_KEY, |parts| replace_oid(parts, &OTHER_ALGORITHM))
        }),
    ]
}

/// Another object identifier among these objects.
pub(super) fn replace_oid(parts: &mut [Part], oid: &[u8]) {
    for part in parts.iter_mut().filter(|part| part.tag == tag::OID) {
        part.value = oid.to_vec();
    }
}

/// The same month's day that no month has.
fn on_the_32nd([y1, y2, m1, m2, _, _]: [u8; 6]) -> [u8; 6] {
    [y1, y2, m1, m2, 3, 2]
}

/// A case of a right certificate that is bent after it was signed.
fn certificate(id: &'static str, bend: fn(CvCertificate) -> CvCertificate) -> Case {
    each(id, move |bench, opened, chain| {
        refused(bench, opened, chain, &bend(chain.verifier_certificate.clone()))
    })
}

/// A case of a body that is bent before it is signed.
fn body(id: &'static str, bend: fn(&Opened, CvBody) -> CvBody) -> Case {
    each(id, move |bench, opened, chain| {
        let body = bend(opened, verifier_body(opened, chain));
        refused(bench, opened, chain, &body.sign(&opened.authority.party.key))
    })
}

fn refused(bench: &mut Bench<'_>, opened: &Opened, chain: &Chain, bad: &CvCertificate) -> Played {
    let authority = &opened.authority.party.name;
    bench.show_refused(authority, bad, "the verifier's bad certificate")?;
    not_imported(bench, opened, chain)?;
    bench.expect_date_unchanged(opened.opening)
}
